"""The errors: a file cannot be read, is not the form, cannot be written, or a profile is wrong.

Everything that is merely wrong *in* a form is a finding (a value), not an error.
"""

from __future__ import annotations

import errno
from typing import Final

from perfeval_xl.messages import say


class PerfevalError(Exception):
    """A problem with one file, told as a sentence: where, what, and what to do.

    ``key`` names the sentence in ``profiles/text/errors.toml``; ``values`` fill its places.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __str__(self) -> str:
        sentence = say(f"errors.{self.key}", **self.values)
        return sentence.encode("utf-8", "backslashreplace").decode()  # a file name may hold bytes that are not text


_OS_REASONS: Final = {
    errno.EACCES: "os-no-permission",
    errno.EPERM: "os-no-permission",
    errno.EROFS: "os-read-only",
    errno.ENOENT: "os-missing",
    errno.ENOTDIR: "os-not-a-folder",
    errno.EISDIR: "os-a-folder",
    errno.ENOSPC: "os-full",
    errno.ENAMETOOLONG: "os-long-name",
    errno.EBUSY: "os-in-use",
    errno.EBADF: "os-closed",
}


#: How Windows says that another program, most often Excel, has the file open.
SHARING_VIOLATIONS: Final = (32, 33)
#: Seconds between tries at a file that another program has open.
PAUSES: Final = (0.05, 0.1, 0.2, 0.4)


def is_held(error: OSError) -> bool:
    """Whether another program has the file open, most often Excel."""
    return getattr(error, "winerror", None) in SHARING_VIOLATIONS


def os_reason(error: OSError) -> str:
    """Why the operating system refused, as a sentence; its own message where we have no sentence for it."""
    key = "os-in-use" if is_held(error) else _OS_REASONS.get(error.errno or 0)
    return say(f"errors.{key}") if key else str(error.strerror or error)


class Unreadable(PerfevalError):
    """The file cannot be read: missing, damaged, encrypted, too large, or of another kind than its name says."""


class NotAForm(PerfevalError):
    """The file can be read, and holds no 项目支出绩效自评表."""


class InvalidDocument(Unreadable):
    """A JSON document that is not canonical; the sentence names the JSON path and what was expected."""


class ProfileError(PerfevalError):
    """A profile that is missing or wrong; the sentence names file, key and, for a typing slip, the near-miss."""


class CannotWrite(PerfevalError):
    """The result cannot be written where it was asked for; nothing was changed."""
