"""What is refused before any reader sees it. A worker loads this for every work, so it loads nothing large."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from perfeval_xl.batch.task import Work
from perfeval_xl.errors import Unreadable
from perfeval_xl.model import load_document
from perfeval_xl.profile import profile_ids
from perfeval_xl.sources.formats import Kind
from perfeval_xl.sources.kinds import recognise

#: Kinds that LibreOffice would have to convert.
_CONVERTED: Final = frozenset({Kind.DOC, Kind.RTF, Kind.ODT})


def _is_json(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def refuse(data: bytes, name: str, *, office: bool) -> None:
    """Raises ``Unreadable`` for what a server does not take: what starts LibreOffice, and profiles that are files."""
    if not _is_json(data):
        if not office and recognise(data, name)[0] in _CONVERTED:
            raise Unreadable("web-kind-refused", path=name)
        return
    for form in load_document(data.removeprefix(b"\xef\xbb\xbf"), name).forms:
        if form.profile not in profile_ids():
            raise Unreadable("web-profile-refused", path=name, known="、".join(profile_ids()))


@dataclass(frozen=True, slots=True)
class Careful:
    """Any work on forms, after a look at what the file is. A list of projects is no form and is not refused as one."""

    work: Work
    office: bool = False
    forms: bool = True

    def identity(self) -> str:
        """That of the work."""
        return self.work.identity()

    def __call__(self, data: bytes, name: str) -> bytes:
        """The product of the work."""
        if self.forms:
            refuse(data, name, office=self.office)
        return self.work(data, name)
