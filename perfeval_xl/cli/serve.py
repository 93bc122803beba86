"""``serve``: the page and the API on this computer, or on a server of the bureau's network."""

from __future__ import annotations

import socket
import threading
import webbrowser

import click

from perfeval_xl.errors import CannotWrite, os_reason
from perfeval_xl.messages import say


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
def serve(host: str, port: int, names: tuple[str, ...], root_path: str, office: bool, no_browser: bool) -> None:
    """打开网页版和 HTTP 接口，不保存任何文件。 The page and the HTTP API; nothing is kept."""
    try:
        import uvicorn

        from perfeval_xl.web.app import create_app
        from perfeval_xl.web.settings import OWN_NAMES, Settings
    except ImportError:
        raise click.ClickException(say("cli.serve-needs-web")) from None
    settings = Settings(hosts=OWN_NAMES | {host.lower(), *map(str.lower, names)}, office=office)
    listening = _listening(host, port)
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listening.getsockname()[1]}/"
    click.echo(say("cli.serving", address=address), err=True)
    if not no_browser:
        threading.Timer(1.0, webbrowser.open, (address,)).start()
    config = uvicorn.Config(
        create_app(settings),
        root_path=root_path,
        access_log=False,
        log_level="info",
        server_header=False,
        timeout_graceful_shutdown=30,
        limit_concurrency=200,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    """A socket at that address. Raises ``CannotWrite`` when it cannot be had, most often because it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise CannotWrite("cannot-serve", path=f"{host}:{port}", detail=os_reason(error)) from None
    return listening
