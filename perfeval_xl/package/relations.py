"""Parts that come and go: their relationships and content types in an Open XML package."""

from __future__ import annotations

import posixpath
from typing import Any, Final

from lxml import etree

from perfeval_xl.package.editable import Package
from perfeval_xl.package.workbook import CONTENT_TYPES, RELATIONSHIPS, STRICT_MAIN, Workbook, relations_part

Element = Any
_TYPES_PART: Final = "[Content_Types].xml"
_TRANSITIONAL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT: Final = "http://purl.oclc.org/ooxml/officeDocument/relationships"


def relationship_namespace(workbook: Workbook) -> str:
    """What ``r:id`` attributes and relationship types of this workbook are named by: transitional or strict."""
    return _STRICT if workbook.namespace == STRICT_MAIN else _TRANSITIONAL


def root_element(tag: str) -> Element:
    """An element whose namespace needs no prefix."""
    namespaces: Any = {None: etree.QName(tag).namespace}
    return etree.Element(tag, nsmap=namespaces)


def free_part(package: Package, folder: str, stem: str, extension: str) -> str:
    """The first unused part name ``folder/stem<N>.extension``."""
    number = 1
    while f"{folder}/{stem}{number}.{extension}" in package:
        number += 1
    return f"{folder}/{stem}{number}.{extension}"


def declare_part(package: Package, part: str, content_type: str) -> None:
    """States the content type of one part."""
    types = package.tree(_TYPES_PART)
    etree.SubElement(types, f"{{{CONTENT_TYPES}}}Override", PartName="/" + part, ContentType=content_type)
    package.write_tree(_TYPES_PART, types)


def declare_extension(package: Package, extension: str, content_type: str) -> None:
    """States the content type of all parts with an extension, unless that is stated already."""
    types = package.tree(_TYPES_PART)
    known = {entry.get("Extension", "").lower() for entry in types if entry.get("Extension")}
    if extension not in known:
        types.insert(0, etree.Element(f"{{{CONTENT_TYPES}}}Default", Extension=extension, ContentType=content_type))
        package.write_tree(_TYPES_PART, types)


def relate(package: Package, part: str, kind: str, target: str) -> str:
    """Adds a relationship from ``part`` to ``target`` and gives its id."""
    path = relations_part(part)
    root = package.tree(path) if path in package else root_element(_tag("Relationships"))
    taken = {relation.get("Id") for relation in root}
    number = len(taken) + 1
    while f"rId{number}" in taken:
        number += 1
    relative = posixpath.relpath(target, posixpath.dirname(part))
    etree.SubElement(root, _tag("Relationship"), Id=f"rId{number}", Type=kind, Target=relative)
    package.write_tree(path, root)
    return f"rId{number}"


def _tag(name: str) -> str:
    return f"{{{RELATIONSHIPS}}}{name}"


def drop_part(package: Package, owner: str, part: str) -> str | None:
    """Takes a part out of the package, with its relationship from ``owner``, whose id is returned, and its type."""
    dropped = None
    path = relations_part(owner)
    if path in package:
        root = package.tree(path)
        for relation in list(root):
            if relation.get("TargetMode") != "External" and _target(owner, relation.get("Target", "")) == part:
                dropped = relation.get("Id")
                root.remove(relation)
        if len(root):
            package.write_tree(path, root)
        else:
            package.remove(path)
    types = package.tree(_TYPES_PART)
    for entry in list(types):
        if entry.get("PartName") == "/" + part:
            types.remove(entry)
    package.write_tree(_TYPES_PART, types)
    package.remove(part)
    if relations_part(part) in package:
        package.remove(relations_part(part))
    return dropped


def _target(owner: str, target: str) -> str:
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(owner), target))


def insert_in_order(root: Element, element: Element, following: tuple[str, ...]) -> None:
    """Puts ``element`` before the first child of ``root`` whose local name is one of ``following``, else last."""
    for child in root:
        if isinstance(child.tag, str) and etree.QName(child).localname in following:
            child.addprevious(element)
            return
    root.append(element)
