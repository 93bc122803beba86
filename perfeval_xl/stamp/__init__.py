"""A list of projects -> one pre-filled workbook for each.

``read_list`` reads the list, ``Columns`` tells which field each of its columns holds, ``stamp`` makes the workbooks and
says for every row which file it became, or why it became none. ``archive`` does all of it in memory, as one ZIP.
"""

from __future__ import annotations

from perfeval_xl.stamp.archive import Archive, archive
from perfeval_xl.stamp.columns import Columns
from perfeval_xl.stamp.file_names import NamePattern
from perfeval_xl.stamp.project_list import ProjectList, read_list
from perfeval_xl.stamp.stamping import Stamped, manifest, stamp

__all__ = [
    "Archive",
    "Columns",
    "NamePattern",
    "ProjectList",
    "Stamped",
    "archive",
    "manifest",
    "read_list",
    "stamp",
]
