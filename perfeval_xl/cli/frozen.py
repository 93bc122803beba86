"""The start of the program that PyInstaller makes (``packaging/windows``): the command line, or Python for the add-in.

The add-in starts Python as ``python -B -P -c CODE``. A frozen program is its own Python, so it takes the same.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from perfeval_xl.cli import main as command_line


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs the code behind ``-c`` where only switches stand before it, else the command line."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    switches = given[: given.index("-c")] if "-c" in given else given
    if "-c" not in given or any(switch not in ("-B", "-P") for switch in switches):
        command_line()
        return
    code, *rest = given[len(switches) + 1 :]
    sys.argv = ["-c", *rest]  # what xlwings looks into for the workbook
    exec(compile(code, "<add-in>", "exec"), {"__name__": "__main__"})
