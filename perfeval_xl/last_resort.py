"""After a programming error: the details go to a log file, the user gets one sentence that names the file."""

from __future__ import annotations

import platform
import tempfile
import time
import traceback
from pathlib import Path

from perfeval_xl.messages import say


def told(problem: BaseException) -> str:
    """The sentence for the user about an unforeseen failure, with the name of the log file if one could be written."""
    if isinstance(problem, MemoryError):
        return say("cli.no-memory")
    kind = type(problem).__name__
    log = logged(problem)
    return say("cli.mishap", kind=kind, log=log) if log else say("cli.mishap-unlogged", kind=kind)


def logged(problem: BaseException) -> Path | None:
    """Writes a log with the traceback for developers; it holds no content of the form."""
    lines = [f"Python {platform.python_version()}, {platform.platform()}\n", *traceback.format_exception(problem)]
    name = f"perfeval-{time.strftime('%Y%m%d-%H%M%S')}-"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix=name, suffix=".log", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.writelines(lines)
    except (OSError, ValueError):
        return None
    return Path(file.name)
