"""Checks a ribbon against the macros it calls, before Excel silently shows a dead button.

Excel reports a missing callback only when its button is clicked, a wrong number of parameters as "cannot
run the macro", and an unknown icon not at all. The signatures are those Microsoft lists for VBA in
"Customizing the 2007 Office Fluent Ribbon for Developers", part 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from lxml import etree

from perfeval_xl.addin.macro_package import Ribbon
from perfeval_xl.addin.vba_project import Module

NAMESPACES = {
    "customUI.xml": "http://schemas.microsoft.com/office/2006/01/customui",
    "customUI14.xml": "http://schemas.microsoft.com/office/2009/07/customui",
}
LABELLED = frozenset(
    (
        *("tab", "group", "button", "toggleButton", "checkBox", "editBox"),
        *("comboBox", "dropDown", "gallery", "item", "menu", "dynamicMenu"),
    )
)
IDENTIFIERS = ("id", "idQ", "idMso")

# What a parameter may be declared as, lower-cased; each word stands for one parameter.
TYPES = {
    "control": {"iribboncontrol", "object", "variant"},
    "ribbon": {"iribbonui", "object", "variant"},
    "text": {"string", "variant"},
    "number": {"integer", "long", "variant"},
    "flag": {"boolean", "variant"},
    "result": {"variant"},
}
SIGNATURES = {
    "onLoad": "ribbon",
    "loadImage": "text result",
    "onAction": "control",
    "onAction toggleButton": "control flag",
    "onAction checkBox": "control flag",
    "onAction dropDown": "control text number",
    "onAction gallery": "control text number",
    "onAction command": "control result",
    "onChange": "control text",
    "onShow": "control",
    "onHide": "control",
    "getItem": "control number result",
    "get": "control result",
}
PROCEDURE = re.compile(
    r"(?:(Public|Private|Friend)\s+)?(?:Static\s+)?(Sub|Function|Property\s+\w+)\s+(\w+)\s*(?:\((.*)\))?", re.IGNORECASE
)
PARAMETER = re.compile(
    r"(Optional\s+)?(ByVal\s+|ByRef\s+)?(ParamArray\s+)?(\w+)(\(\))?(?:\s+As\s+([\w.]+))?(?:\s*=.*)?", re.IGNORECASE
)


@dataclass(frozen=True)
class MacroParameter:
    """One parameter of a procedure; `type` in lower case, `variant` where none is declared."""

    type: str
    by_value: bool


@dataclass(frozen=True)
class Procedure:
    """A procedure as its first line declares it."""

    name: str
    module: Module
    is_sub: bool
    public: bool
    parameters: tuple[MacroParameter, ...]


def lint_ribbon(ribbon: Ribbon, modules: Sequence[Module], images: frozenset[str] | None = None) -> list[str]:
    """The problems of both parts, each as `part: element id: what is wrong`; [] for a sound ribbon.

    `images` are the icon names allowed, those of `image_mso.txt` unless given.
    """
    allowed = known_images() if images is None else images
    procedures = list(read_procedures(modules))
    parts = {"customUI.xml": ribbon.custom_ui, "customUI14.xml": ribbon.custom_ui14}
    return [
        f"{name}: {problem}"
        for name, xml in parts.items()
        for problem in _part_problems(xml, NAMESPACES[name], procedures, allowed)
    ]


def known_images() -> frozenset[str]:
    """The names in `image_mso.txt`."""
    text = resources.files(__package__).joinpath("image_mso.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def callbacks(ribbon: Ribbon) -> list[str]:
    """The names of all macros the ribbon calls, each once whatever its case, in the order they first stand."""
    found: dict[str, str] = {}
    for xml in (ribbon.custom_ui14, ribbon.custom_ui):
        for element in etree.fromstring(xml).iter(etree.Element):
            for attribute, name in _attributes(element):
                if _signature(element, attribute):
                    found.setdefault(name.lower(), name)
    return list(found.values())


def read_procedures(modules: Sequence[Module]) -> Iterator[Procedure]:
    """Every procedure declared in the modules."""
    for module in modules:
        for line in _logical_lines(module.source):
            found = PROCEDURE.match(line)
            if found:
                scope, kind, name, parameters = found.groups()
                public = (scope or "Public").lower() == "public"
                yield Procedure(name, module, kind.lower() == "sub", public, _parameters(parameters or ""))


def _logical_lines(source: str) -> Iterator[str]:
    """Lines with continuations joined, without the comment and without what stands in quotes."""
    joined = re.sub(r"[ \t]_[ \t]*(\r\n|\r|\n)", " ", source)
    for line in re.split(r"\r\n|\r|\n", joined):
        yield re.sub(r'"[^"]*"', '""', line).partition("'")[0].strip()


def _parameters(text: str) -> tuple[MacroParameter, ...]:
    found = (PARAMETER.match(part.strip()) for part in text.split(",") if part.strip())
    return tuple(
        MacroParameter((match[6] or "variant").rpartition(".")[2].lower(), (match[2] or "").strip().lower() == "byval")
        for match in found
        if match
    )


# -- one part


def _part_problems(
    xml: bytes, namespace: str, procedures: Sequence[Procedure], images: frozenset[str]
) -> Iterator[str]:
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        yield f"not well-formed: {error}"
        return
    if root.tag != f"{{{namespace}}}customUI":
        yield f"the root is {root.tag}, not customUI of {namespace}"
    yield from _identifier_problems(root)
    for element in root.iter(etree.Element):
        where = _where(element)
        yield from (f"{where}: {problem}" for problem in _text_problems(element))
        yield from (f"{where}: {problem}" for problem in _image_problems(element, images))
        for attribute, value in _attributes(element):
            if signature := _signature(element, attribute):
                yield from (
                    f"{where}: {attribute} {value}: {problem}"
                    for problem in _callback_problems(value, signature.split(), procedures)
                )


def _attributes(element: etree._Element) -> list[tuple[str, str]]:
    return [(str(key), str(value)) for key, value in element.attrib.items()]


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _where(element: etree._Element) -> str:
    identifier = next((element.get(key) for key in IDENTIFIERS if element.get(key)), None)
    return f"{_name(element)} {identifier}" if identifier else _name(element)


def _identifier_problems(root: etree._Element) -> Iterator[str]:
    seen: set[str] = set()
    for element in root.iter(etree.Element):
        for identifier in (element.get("id"), element.get("idQ")):
            if identifier is None:
                continue
            if identifier in seen:
                yield f"{_where(element)}: the id is used twice"
            seen.add(identifier)


def _text_problems(element: etree._Element) -> Iterator[str]:
    """A control of ours says what it is; a built-in one brings its own label, a split button its button's."""
    if _name(element) not in LABELLED or element.get("idMso"):
        return
    parent = element.getparent()
    if parent is not None and _name(parent) == "splitButton" and _name(element) == "menu":
        return
    if not (element.get("getLabel") or (element.get("label") or "").strip()):
        yield "no label"


def _image_problems(element: etree._Element, images: frozenset[str]) -> Iterator[str]:
    name = element.get("imageMso")
    if name is not None and name not in images:
        yield f"imageMso {name} is not on the list of known icons"
    if element.get("image") is not None:
        yield f"image {element.get('image')}: no pictures are put into the package; use imageMso"


# -- callbacks


def _signature(element: etree._Element, attribute: str) -> str | None:
    """The parameters a callback attribute calls its macro with, None where it is no callback."""
    for key in (f"{attribute} {_name(element)}", attribute):
        if key in SIGNATURES:
            return SIGNATURES[key]
    if re.match("getItem(?!Count|Height|Width)[A-Z]", attribute):
        return SIGNATURES["getItem"]
    return SIGNATURES["get"] if re.match("get[A-Z]", attribute) else None


def _callback_problems(name: str, signature: Sequence[str], procedures: Sequence[Procedure]) -> Iterator[str]:
    named = [procedure for procedure in procedures if procedure.name.lower() == name.lower()]
    callable_ones = [one for one in named if one.public and one.is_sub and one.module.kind == "module"]
    if not named:
        yield "no such Sub in the modules"
    elif not callable_ones:
        yield f"is no Public Sub of a standard module (found in {named[0].module.name})"
    elif len({one.module.name for one in callable_ones}) > 1:
        yield f"stands in more than one module: {', '.join(one.module.name for one in callable_ones)}"
    elif not any(_fits(one.parameters, signature) for one in callable_ones):
        yield f"must have the parameters ({', '.join(map(_described, signature))})"


def _fits(parameters: Sequence[MacroParameter], signature: Sequence[str]) -> bool:
    if len(parameters) != len(signature):
        return False
    return all(
        parameter.type in TYPES[word] and not (word == "result" and parameter.by_value)
        for parameter, word in zip(parameters, signature, strict=True)
    )


def _described(word: str) -> str:
    spoken = {
        "control": "control As IRibbonControl",
        "ribbon": "ribbon As IRibbonUI",
        "text": "text As String",
        "number": "index As Integer",
        "flag": "pressed As Boolean",
        "result": "ByRef returnedVal",
    }
    return spoken[word]
