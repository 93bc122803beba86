"""The same package made editable: what is not changed comes out byte for byte as it went in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import IO, Any, Final

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.archive import Member, archive, member_of, new_member
from perfeval_xl.package.long_sheets import without_idle_rows
from perfeval_xl.package.parts import HELD, Parts, refuse_document_type, weigh_tree

#: Entities are not resolved and nothing is fetched: parts come from outside. Comments stay: parts are written back.
PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_blank_text=False)
Element = Any


def _namespace(root: Element) -> str:
    return etree.QName(root).namespace or ""


class Package(Parts):
    """The parts of a zip, read within the limits of ``Parts``, replaced, added and taken out."""

    def __init__(self, data: bytes, name: str) -> None:
        self._changed: dict[str, bytes | None] = {}  # first: a large package is looked through while it is opened
        super().__init__(data, name)

    def __contains__(self, part: object) -> bool:
        return super().__contains__(part) if part not in self._changed else self._changed[str(part)] is not None

    def names(self) -> list[str]:
        """The names of all parts, added ones last."""
        return [name for name in dict.fromkeys((*super().names(), *self._changed)) if name in self]

    def size(self, name: str) -> int:
        """The bytes of a part once inflated."""
        changed = self._changed.get(name)
        return super().size(name) if changed is None else len(changed)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, a megabyte at a time where it is not changed."""
        changed = self._changed.get(name)
        return super().pieces(name) if changed is None else iter((changed,))

    def opened(self, name: str) -> IO[bytes]:
        """A part as a stream of its bytes."""
        changed = self._changed.get(name)
        return super().opened(name) if changed is None else io.BytesIO(changed)

    def read(self, name: str) -> bytes:
        """The bytes of a part. Raises ``Unreadable`` when it is missing or damaged."""
        changed = self._changed.get(name)
        if changed is not None:
            return changed
        try:
            return super().read(name)
        except Unreadable as error:
            raise Unreadable("damaged-part", path=self.source, part=name) from error

    def write(self, part: str, data: bytes) -> None:
        """Replaces or adds a part."""
        self._changed[part] = data
        self._relations.clear()

    def remove(self, part: str) -> None:
        """Takes a part out."""
        self._changed[part] = None
        self._relations.clear()

    def tree(self, name: str) -> Element:
        """The root element of a part, to be changed: comments kept. Raises ``Unreadable`` for damaged XML."""
        body = without_idle_rows(self.read(name))
        weigh_tree(body, self.source, self.most_nodes)
        try:
            root = etree.fromstring(body, PARSER)
        except (etree.XMLSyntaxError, ValueError, LookupError) as error:
            raise Unreadable("damaged-part", path=self.source, part=name) from error
        refuse_document_type(root, self.source)
        if "/worksheets/" in name and name.endswith(".xml") and root.find(f"{{{_namespace(root)}}}sheetData") is None:
            raise Unreadable("damaged-part", path=self.source, part=name)  # whatever it is, it is no worksheet
        return root

    def write_tree(self, part: str, root: Element) -> None:
        """Replaces a part by a tree."""
        self.write(part, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))

    def to_bytes(self) -> bytes:
        """The package as a zip: old parts in their old order with their old dates, new ones behind.

        Raises ``Unreadable`` when a part that goes over unchanged is damaged: no broken copy is made of it.
        """
        return archive(self.members())

    def members(self) -> Iterator[Member]:
        """Every part as it goes into the zip. Raises ``Unreadable`` for a damaged one."""
        for name, info in self._members_by_name.items():
            if name not in self._changed:
                self._check(name)
                yield self._as_it_is(info)
            elif (data := self._changed[name]) is not None:
                yield new_member(info, data)
        for name, added in self._changed.items():
            if name not in self._members_by_name and added is not None:
                fresh = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                fresh.compress_type = zipfile.ZIP_DEFLATED
                yield new_member(fresh, added)

    def _check(self, name: str) -> None:
        """Looks at the checksum of a part."""
        try:
            for _ in (self.read(name),) if self.size(name) <= HELD else self.pieces(name):
                pass
        except Unreadable as error:
            raise Unreadable("damaged-part", path=self.source, part=name) from error

    def _as_it_is(self, info: zipfile.ZipInfo) -> Member:
        try:
            return member_of(self._data, info)
        except ValueError as error:
            raise Unreadable("damaged-part", path=self.source, part=info.filename) from error
