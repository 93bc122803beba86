"""Many files: found, worked on by processes of their own, one result for each, in order.

``run(paths, work)`` is the whole of it. ``work`` says what is done with one file (``CheckWork`` finds what is wrong in
it, ``FormsWork`` reads its forms); it is called in a worker process, so a file that makes a parser abort, hang or grow
without end costs that one file and nothing else. Own work is any object as ``Work`` describes::

    for outcome in run(find_sources(["forms/"]).paths, CheckWork(profile=None)):
        if outcome.error is not None:
            print(outcome.error)
        else:
            checked = outcome.decoded(Checked)
"""

from __future__ import annotations

from perfeval_xl.batch.checking import Checked, CheckWork
from perfeval_xl.batch.engine import run
from perfeval_xl.batch.forms import FormsRead, FormsWork
from perfeval_xl.batch.sources import Sources, find_sources, printable
from perfeval_xl.batch.task import Limits, Outcome, Work

__all__ = [
    "CheckWork",
    "Checked",
    "FormsRead",
    "FormsWork",
    "Limits",
    "Outcome",
    "Sources",
    "Work",
    "find_sources",
    "printable",
    "run",
]
