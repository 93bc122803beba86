"""The parts of a zipped office file (xlsx, docx, ods), opened so that a hostile or broken one cannot do harm.

Every refusal is ``Unreadable``; nothing else leaves this module.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import IO, Final, NamedTuple
from urllib.parse import unquote

from lxml import etree

from perfeval_xl.errors import Unreadable
from perfeval_xl.package.archive import Member, content_of, member_of
from perfeval_xl.package.limits import MOST_INFLATED, MOST_NODES, MOST_PARTS, MOST_RATIO, MOST_TREE, SMALL

#: Parts up to this size are kept once inflated, for the next who asks, until they are too many.
HELD: Final = 1024 * 1024
MOST_HELD: Final = 16 * HELD
#: Parts up to this size are also remembered for the next file that has the same.
REMEMBERED: Final = 64 * 1024
#: deflate cannot inflate more than this, whatever the directory says.
DEFLATE_LIMIT: Final = 1032
_STORED_OR_DEFLATED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1


class Relation(NamedTuple):
    """A link from one part to another: the last word of its type, the part's name, and the type as it is written."""

    id: str
    type: str
    part: str
    full_type: str = ""


class Parts:
    """A zip file whose directory has been checked: total size, ratio, number of parts, no double names."""

    def __init__(self, data: bytes, source: str) -> None:
        self.source = source
        self._data = data
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            self._members_by_name = {info.filename: info for info in self._zip.infolist()}
        except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, UnicodeError) as problem:
            raise Unreadable("file-damaged", path=source) from problem
        self._relations: dict[str, list[Relation]] = {}
        self._held: dict[str, bytes] = {}
        self._held_bytes = 0
        #: Elements and attributes of a tree of this package.
        self.most_nodes = MOST_NODES * (1 + len(data) // (1024 * 1024))
        self._check_directory(len(data))

    def __contains__(self, name: object) -> bool:
        return name in self._members_by_name

    def names(self) -> list[str]:
        """The names of all parts in the order of the directory."""
        return list(self._members_by_name)

    def size(self, name: str) -> int:
        """The bytes of a part once inflated, as the directory says."""
        return self._members_by_name[name].file_size

    def read(self, name: str) -> bytes:
        """The bytes of a part. A part that is absent, damaged or longer than the directory says is refused."""
        if name in self._held:
            return self._held[name]
        try:
            body = _content(self._data, self._members_by_name[name])
        except (KeyError, ValueError) as problem:
            raise Unreadable("file-damaged", path=self.source) from problem
        if len(body) <= HELD and self._held_bytes < MOST_HELD:
            self._held[name] = body
            self._held_bytes += len(body)
        return body

    def opened(self, name: str) -> IO[bytes]:
        """A part as a stream of its bytes, for parts too large to be held."""
        try:
            return self._zip.open(name)
        except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, ValueError, NotImplementedError) as problem:
            raise Unreadable("file-damaged", path=self.source) from problem

    def read_start(self, name: str, length: int = 200) -> bytes:
        """The first bytes of a part."""
        if self.size(name) <= HELD:
            return self.read(name)[:length]
        with self.opened(name) as stream:
            return stream.read(length)

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of a part, a megabyte at a time, so that a long one is never held twice. Refuses as ``read``."""
        try:
            with self._zip.open(name) as member:
                while piece := member.read(1 << 20):
                    yield piece
        except (
            KeyError, zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, NotImplementedError
        ) as problem:  # fmt: skip
            raise Unreadable("file-damaged", path=self.source) from problem

    def xml(self, name: str) -> etree._Element:
        """The root element of an XML part. Raises ``Unreadable`` for one that is damaged or too large."""
        if name in self and self.size(name) > MOST_TREE:
            raise Unreadable("document-too-large", path=self.source)
        return parse_xml(self.read(name), self.source, self.most_nodes)

    def relations(self, part: str) -> list[Relation]:
        """The parts that ``part`` points to (``""``: the package itself). External links are left out."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> list[Relation]:
        folder, _, file = part.rpartition("/")
        rels = posixpath.join(folder, "_rels", f"{file}.rels")
        if rels not in self:
            return []
        try:
            return list(_relations_in(self.read(rels), folder))
        except Unreadable as problem:
            raise Unreadable("file-damaged", path=self.source) from problem

    def _check_directory(self, size: int) -> None:
        infos = list(self._members_by_name.values())
        inflated = sum(info.file_size for info in infos)
        squeezed = sum(info.compress_size for info in infos)
        if len(self._members_by_name) != len(self._zip.infolist()) or squeezed > size:
            raise Unreadable("file-damaged", path=self.source)
        if any(info.flag_bits & _ENCRYPTED for info in infos):
            raise Unreadable("file-has-password", path=self.source)
        if any(info.compress_type not in _STORED_OR_DEFLATED for info in infos):
            raise Unreadable("file-damaged", path=self.source)
        ratio = inflated / max(squeezed, 1)
        if len(infos) > MOST_PARTS or inflated > MOST_INFLATED or (inflated > SMALL and ratio > MOST_RATIO):
            raise Unreadable("file-is-bomb", path=self.source)
        if squeezed * DEFLATE_LIMIT > MOST_INFLATED:
            for name in self._members_by_name:  # other readers trust no directory, and inflate to the end
                for _ in self.pieces(name):
                    pass


def _content(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """What a member of the zip ``data`` holds. Raises ``ValueError`` when it is damaged."""
    member = member_of(data, info)
    if info.file_size > REMEMBERED:
        return content_of(member)
    return _again(member.stored, info.compress_type, info.flag_bits, info.file_size, info.CRC)


@lru_cache(maxsize=64)
def _again(stored: bytes, compress_type: int, flag_bits: int, file_size: int, checksum: int) -> bytes:
    """Remembers members by their bytes: styles, names and instructions are the same in files made from one template."""
    info = zipfile.ZipInfo()
    info.compress_type, info.flag_bits, info.file_size, info.CRC = compress_type, flag_bits, file_size, checksum
    return content_of(Member(info, stored))


@lru_cache(maxsize=64)
def _relations_in(body: bytes, folder: str) -> tuple[Relation, ...]:
    """Remembers relations by their bytes: files made by one program have the same."""
    return tuple(
        Relation(link.get("Id", ""), kind.rpartition("/")[2], resolved(folder, link.get("Target", "")), kind)
        for link in parse_xml(body, "")
        if link.get("TargetMode") != "External"
        for kind in (link.get("Type", ""),)
    )


def parse_xml(data: bytes, source: str, most_nodes: int = MOST_NODES) -> etree._Element:
    """The root element. Entities, document types and network access are refused or off."""
    weigh_tree(data, source, most_nodes)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as problem:
        raise Unreadable("file-damaged", path=source) from problem
    refuse_document_type(root, source)
    return root


def weigh_tree(data: bytes, source: str, most_nodes: int) -> None:
    """Refuse XML that would make more elements and attributes than a form ever has, before it does."""
    if data.count(b"<") + 2 * (data.count(b'="') + data.count(b"='")) > most_nodes:
        raise Unreadable("document-too-large", path=source)


def refuse_document_type(root: etree._Element, source: str) -> None:
    """Office files have no document type, wherever it stands; one only defines entities to do harm with."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("file-damaged", path=source)


def local(tag: object) -> str:
    """``{namespace}name`` -> ``name``; namespaces differ between strict and transitional files."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def resolved(folder: str, target: str) -> str:
    """A relationship target as a part name: relative to the folder, or absolute, escapes undone."""
    path = unquote(target).replace("\\", "/")
    joined = path if path.startswith("/") else posixpath.join("/", folder, path)
    return posixpath.normpath(joined).lstrip("/")
