"""jinja2: the templates of the reports, ours or an office's own, in a sandbox and escaped.

An office's folder comes first; what it does not hold is taken from ours. A template sees the names of ``view`` alone:
it reaches no file, no module, and what a form says is text in it, never markup.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from perfeval_xl.errors import CannotWrite, Unreadable
from perfeval_xl.shown import for_documents

if TYPE_CHECKING:
    from jinja2 import BaseLoader
    from jinja2.sandbox import SandboxedEnvironment

FOLDER: Final = Path(__file__).parent / "templates"
#: Characters with a meaning in Markdown: anywhere in a line, or at its beginning.
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]<>|#~])")


def plain(value: object) -> object:
    """A text without characters that documents cannot hold; other values stay as they are."""
    return for_documents(value) if isinstance(value, str) else value


def in_markdown(value: object) -> object:
    """A value on one line with Markdown's special characters escaped."""
    return _MARKDOWN.sub(r"\\\1", " ".join(str(plain(value)).split()))


def environment(folder: Path | None, *, markdown: bool = False) -> SandboxedEnvironment:
    """An environment over an office's ``folder`` and ours. Markdown is escaped by its own rules, all else as XML."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=_loader(folder),
        autoescape=not markdown,
        finalize=in_markdown if markdown else _plain_unless_markup,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _loader(folder: Path | None) -> BaseLoader:
    from jinja2 import ChoiceLoader, FileSystemLoader

    return ChoiceLoader([FileSystemLoader(place) for place in (folder, FOLDER) if place is not None])


def _plain_unless_markup(value: object) -> object:
    """Escapes a value unless it is markup, which only our own macros make from escaped text."""
    return value if hasattr(value, "__html__") else plain(value)


def rendered(name: str, names: dict[str, Any], folder: Path | None) -> bytes:
    """A template of text filled in. Raises ``Unreadable`` for a template that is wrong, with its line."""
    from jinja2 import TemplateError

    try:
        template = environment(folder, markdown=name.endswith(".md")).get_template(name)
        return template.render(names).encode("utf-8")
    except (TemplateError, *RUNTIME) as error:
        raise wrong_template(error, name, folder) from None


#: Exceptions that mistakes of a template cause.
RUNTIME: Final = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError, RecursionError)


def wrong_template(error: Exception, name: str, folder: Path | None) -> Unreadable:
    """The sentence about a template that cannot be filled in: file, line where it is known, what is wrong."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        name, line = error.name or name, error.lineno
    else:
        line = _line(error)
    detail = str(error) or type(error).__name__
    return Unreadable("template-wrong", path=source_of(name, folder), line=line or "?", detail=detail)


def _line(error: Exception) -> int:
    """The line of the template at which it failed, 0 where that is not known: jinja2 puts templates into tracebacks."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).suffix in (".html", ".md"):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def source_of(name: str, folder: Path | None) -> Path:
    """The file of a template: the office's, else ours."""
    own = folder / name if folder is not None else None
    return own if own is not None and own.is_file() else FOLDER / name


def write_templates(folder: Path) -> None:
    """Puts our templates into ``folder`` for an office to change. Raises ``CannotWrite``; nothing is written over."""
    from perfeval_xl.files import write_atomically

    for template in sorted(FOLDER.iterdir()):
        target = folder / template.name
        if target.exists():
            raise CannotWrite("already-there", path=target)
    for template in sorted(FOLDER.iterdir()):
        write_atomically(folder / template.name, template.read_bytes())
