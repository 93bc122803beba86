"""``serve``: the page and the API on this computer, or on a server of the bureau's network."""

from __future__ import annotations

import logging
import socket
import sys
import threading
import time
import webbrowser
from typing import TYPE_CHECKING, Final

import click

from perfeval_xl.errors import CannotWrite, os_reason
from perfeval_xl.messages import say

if TYPE_CHECKING:
    import uvicorn

#: Time, then what guard or server say; neither ever has a name or content of a file.
_LOG_LINE: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"
#: Seconds that running requests have when the server is told to stop.
_LAST_SECONDS: Final = 30


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="监听地址 / where to listen")
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="端口，0 为任选 / port, 0 for any"
)
@click.option(
    "--allow-host",
    "names",
    multiple=True,
    metavar="NAME",
    help="允许的主机名 / host name to answer to",
)
@click.option("--root-path", default="", metavar="/PATH", help="反向代理的子路径 / path below a reverse proxy")
@click.option("--office", is_flag=True, help="转换 .doc 等 / have LibreOffice convert .doc")
@click.option("--no-browser", is_flag=True, help="不打开浏览器 / do not open the browser")
@click.option(
    "--megabytes", default=64, show_default=True, type=click.IntRange(1, 1024), help="一次的总大小 / size of a request"
)
@click.option(
    "--files", default=200, show_default=True, type=click.IntRange(1, 5000), help="一次的文件数 / files of a request"
)
@click.option(
    "--at-once", default=4, show_default=True, type=click.IntRange(1, 64), help="同时处理的请求 / requests at once"
)
@click.option(
    "--per-minute",
    default=120,
    show_default=True,
    type=click.IntRange(1),
    help="同一地址每分钟的请求 / requests a minute from one address",
)
def serve(
    host: str,
    port: int,
    names: tuple[str, ...],
    root_path: str,
    office: bool,
    no_browser: bool,
    megabytes: int,
    files: int,
    at_once: int,
    per_minute: int,
) -> None:
    """打开网页版和 HTTP 接口，不保存任何文件。 The page and the HTTP API; nothing is kept."""
    try:
        import uvicorn

        from perfeval_xl.web.app import create_app
        from perfeval_xl.web.settings import OWN_NAMES, Settings
    except ImportError:
        raise click.ClickException(say("cli.serve-needs-web")) from None
    settings = Settings(
        hosts=OWN_NAMES | {host.lower(), *map(str.lower, names)},
        root_path=f"/{root_path.strip('/')}" if root_path.strip("/") else "",
        office=office,
        megabytes=megabytes,
        files=files,
        at_once=at_once,
        per_minute=per_minute,
    )
    logging.basicConfig(level=logging.WARNING, format=_LOG_LINE)
    logging.getLogger("perfeval.web").setLevel(logging.INFO)
    listening = _listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=_LAST_SECONDS,
        limit_concurrency=200,
        ws="none",
    )
    server = uvicorn.Server(config)
    click.echo(say("cli.serving", address=address), err=True)
    if not no_browser:
        threading.Thread(target=_open, args=(server, address), daemon=True).start()
    server.run(sockets=[listening])


def _open(server: uvicorn.Server, address: str) -> None:
    """The page in the user's browser, once somebody answers there."""
    while not server.started:
        time.sleep(0.05)
    webbrowser.open(address)


def _listening(host: str, port: int) -> socket.socket:
    """A socket at that address. Raises ``CannotWrite`` when it cannot be had, most often because it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A port that was left a moment ago may be taken again; one that is in use may not, which Windows would allow.
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()  # from here on a client waits for the server, where it would have been refused
    except OSError as error:
        listening.close()
        raise CannotWrite("cannot-serve", path=f"{host}:{port}", detail=os_reason(error)) from None
    return listening
