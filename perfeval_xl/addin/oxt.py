"""``perfeval.oxt``: the LibreOffice extension with the same worksheet functions and checks, from text.

An .oxt is a zip. In it stand the component, the interface of the functions as plain .idl (LibreOffice reads it as it
reads a compiled type library), three pieces of configuration (functions, menu and toolbar, commands) and, under
``pythonpath``, the modules and profiles of this package that the component uses.
"""

from __future__ import annotations

import ast
import importlib.metadata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lxml import etree

from perfeval_xl.addin.libreoffice.functions import METHODS, Passing, asks_document, passing
from perfeval_xl.addin.macro_package import zipped
from perfeval_xl.excel.functions import Function
from perfeval_xl.messages import Language, sentence

IDENTIFIER: Final = "org.perfeval.calc"
#: In the order of the menu.
COMMANDS: Final = ("check", "next", "clear")
PACKAGE: Final = Path(__file__).parents[1]
#: What runs inside LibreOffice; the modules they import go along. No package from outside is needed but msgspec, in
#: whose place ``plain_msgspec.py`` goes.
_STARTS: Final = ("excel/functions.py", "addin/libreoffice/*.py", "checks/*.py", "last_resort.py")
#: Imported inside functions that only files need, which Calc never calls.
_FOR_FILES: Final = ("workbook", "files", "sources.kinds", "package.parts")
_AS_PARTS: Final = ("component.py", "plain_msgspec.py")
_TYPES: Final[dict[Passing, str]] = {
    "texts": "sequence< sequence< string > >",
    "any": "any",
    "range": "com::sun::star::table::XCellRange",
}
_LANGUAGES: Final[dict[str, Language]] = {"en": "en", "zh-CN": "zh"}
_OOR: Final = "http://openoffice.org/2001/registry"
_MANIFEST: Final = "http://openoffice.org/2001/manifest"
_DESCRIPTION: Final = "http://openoffice.org/extensions/description/2006"
_LIBREOFFICE: Final = "http://libreoffice.org/extensions/description/2011"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_MEDIA_TYPES: Final = {
    "XFunctions.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "perfeval_addin.py": "application/vnd.sun.star.uno-component;type=Python",
    "CalcAddIns.xcu": "application/vnd.sun.star.configuration-data",
    "Addons.xcu": "application/vnd.sun.star.configuration-data",
    "ProtocolHandler.xcu": "application/vnd.sun.star.configuration-data",
}
Element = etree._Element


def oxt() -> bytes:
    """The extension, byte for byte the same on every build."""
    host = PACKAGE / "addin" / "libreoffice"
    parts = {
        "META-INF/manifest.xml": manifest(),
        "description.xml": description(),
        "XFunctions.idl": idl().encode(),
        "CalcAddIns.xcu": functions_configuration(),
        "Addons.xcu": menu_configuration(),
        "ProtocolHandler.xcu": commands_configuration(),
        "perfeval_addin.py": (host / "component.py").read_bytes(),
        "pythonpath/msgspec.py": (host / "plain_msgspec.py").read_bytes(),
    }
    return zipped(parts | dict(_carried()))


def _carried() -> Iterator[tuple[str, bytes]]:
    for path in sorted({*carried_modules(), *(PACKAGE / "profiles").rglob("*.toml")}):
        yield f"pythonpath/perfeval_xl/{path.relative_to(PACKAGE).as_posix()}", path.read_bytes()


def carried_modules() -> set[Path]:
    """The files of all modules that run inside LibreOffice."""
    waiting = [path for pattern in _STARTS for path in PACKAGE.glob(pattern) if path.name not in _AS_PARTS]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path)
            waiting += [folder / "__init__.py" for folder in path.parents if PACKAGE in (folder, *folder.parents)]
    return found


def _imported(path: Path) -> Iterator[Path]:
    """The files of the modules of this package that a module imports, types aside."""
    for node in _statements(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == PACKAGE.name:
            module = (node.module or "").partition(".")[2]
            names = [module, *(f"{module}.{alias.name}".strip(".") for alias in node.names)]
            yield from (file for name in names if not name.startswith(_FOR_FILES) for file in _files(name))


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
            yield child
            yield from _statements(child)


def _files(module: str) -> Iterator[Path]:
    start = PACKAGE.joinpath(*module.split(".")) if module else PACKAGE
    candidates = (start / "__init__.py", start.with_suffix(".py"))
    return (path for path in candidates if path.is_file())


# --- interface -----------------------------------------------------------------------------------------------------


def idl() -> str:
    """The UNO interface of the functions. White space counts: ``> >`` is two tokens, ``>>`` is one."""
    methods = "\n".join(f"        {_method(name, function)}" for name, function in METHODS.items())
    return (
        "// Made from the table of worksheet functions.\n"
        "module org { module perfeval { module calc {\n"
        "    interface XFunctions {\n"
        f"{methods}\n"
        "    };\n"
        "}; }; };\n"
    )


def _method(name: str, function: Function) -> str:
    parameters = [
        f"[in] {_TYPES[passing(function, parameter)]} {_parameter_name(parameter.name)}"
        for parameter in function.parameters
    ]
    if asks_document(function):  # Calc fills it in, and shows it to nobody
        parameters.insert(0, "[in] com::sun::star::beans::XPropertySet document")
    return f"any {name}( {', '.join(parameters)} );"


def _parameter_name(name: str) -> str:
    """``execution_score`` -> ``executionScore``: names in an interface have no underscores."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


# --- configuration -------------------------------------------------------------------------------------------------


def functions_configuration() -> bytes:
    """``CalcAddIns.xcu``: names and help of the functions in Chinese and English."""
    infos = _node("AddInFunctions", *(_function(name, function) for name, function in METHODS.items()))
    addin = _node(f"{IDENTIFIER}.Functions", infos, replace=True)
    return _component("CalcAddIns", "org.openoffice.Office", _node("AddInInfo", addin))


def _function(name: str, function: Function) -> Element:
    parameters = (
        _node(
            _parameter_name(parameter.name),
            _property("DisplayName", dict.fromkeys(_LANGUAGES, parameter.name)),
            _property("Description", {key: parameter.description(lang) for key, lang in _LANGUAGES.items()}),
            replace=True,
        )
        for parameter in function.parameters
    )
    return _node(
        name,
        _property("DisplayName", dict.fromkeys(_LANGUAGES, function.name)),
        _property("Description", {key: function.description(lang) for key, lang in _LANGUAGES.items()}),
        _property("Category", "Add-In"),
        _property("CompatibilityName", dict.fromkeys(_LANGUAGES, function.name)),
        _node("Parameters", *parameters),
        replace=True,
    )


def menu_configuration() -> bytes:
    """``Addons.xcu``: the menu 绩效自评 and a toolbar with the same commands, in Calc only."""
    menu = _node(
        f"{IDENTIFIER}.menu",
        _property("Title", _texts("menu")),
        _property("Context", "com.sun.star.sheet.SpreadsheetDocument"),
        _node("Submenu", *_commands()),
        replace=True,
    )
    toolbar = _node(f"{IDENTIFIER}.toolbar", *_commands(), replace=True)
    interface = _node("AddonUI", _node("OfficeMenuBar", menu), _node("OfficeToolBar", toolbar))
    return _component("Addons", "org.openoffice.Office", interface)


def _commands() -> Iterator[Element]:
    """Named by their place: LibreOffice sorts the entries of a menu by name."""
    return (_command(f"m{place}", name) for place, name in enumerate(COMMANDS, start=1))


def _command(place: str, name: str) -> Element:
    return _node(
        place,
        _property("URL", f"vnd.org.perfeval:{name}"),
        _property("Title", _texts(f"command-{name}")),
        _property("Target", "_self"),
        _property("Context", "com.sun.star.sheet.SpreadsheetDocument"),
        replace=True,
    )


def _texts(key: str) -> dict[str, str]:
    return {name: sentence(f"addin.{key}", language) for name, language in _LANGUAGES.items()}


def commands_configuration() -> bytes:
    """``ProtocolHandler.xcu``: who carries out the commands of the menu."""
    protocols = _property("Protocols", "vnd.org.perfeval:*")
    protocols.set(f"{{{_OOR}}}type", "oor:string-list")
    handler = _node(f"{IDENTIFIER}.Commands", protocols, replace=True)
    return _component("ProtocolHandler", "org.openoffice.Office", _node("HandlerSet", handler))


def _component(name: str, package: str, *children: Element) -> bytes:
    spaces = {"oor": _OOR, "xs": "http://www.w3.org/2001/XMLSchema"}
    root = etree.Element(f"{{{_OOR}}}component-data", nsmap=spaces)
    root.set(f"{{{_OOR}}}name", name)
    root.set(f"{{{_OOR}}}package", package)
    root.extend(children)
    return _bytes(root)


def _node(name: str, *children: Element, replace: bool = False) -> Element:
    node = etree.Element("node")
    node.set(f"{{{_OOR}}}name", name)
    if replace:
        node.set(f"{{{_OOR}}}op", "replace")
    node.extend(children)
    return node


def _property(name: str, value: str | Mapping[str, str]) -> Element:
    """A setting; with a mapping one value for each language."""
    node = etree.Element("prop")
    node.set(f"{{{_OOR}}}name", name)
    for language, text in value.items() if isinstance(value, Mapping) else [("", value)]:
        child = etree.SubElement(node, "value")
        child.text = text
        if language:
            child.set(_XML_LANG, language)
    return node


# --- the package ---------------------------------------------------------------------------------------------------


def manifest() -> bytes:
    """``META-INF/manifest.xml``: what each part is."""
    root = etree.Element(f"{{{_MANIFEST}}}manifest", nsmap={"manifest": _MANIFEST})
    for name, kind in _MEDIA_TYPES.items():
        entry = etree.SubElement(root, f"{{{_MANIFEST}}}file-entry")
        entry.set(f"{{{_MANIFEST}}}full-path", name)
        entry.set(f"{{{_MANIFEST}}}media-type", kind)
    return _bytes(root)


def description() -> bytes:
    """``description.xml``: what the extension manager shows."""
    spaces: dict[Any, str] = {None: _DESCRIPTION, "d": _DESCRIPTION, "lo": _LIBREOFFICE}
    root = etree.Element(f"{{{_DESCRIPTION}}}description", nsmap=spaces)
    _add(root, "identifier", value=IDENTIFIER)
    _add(root, "version", value=importlib.metadata.version("perfeval-xl"))
    needed = _add(root, "dependencies")
    minimal = etree.SubElement(needed, f"{{{_LIBREOFFICE}}}LibreOffice-minimal-version", value="7.4")
    minimal.set(f"{{{_DESCRIPTION}}}name", "LibreOffice 7.4")
    name = _add(root, "display-name")
    for language, text in _texts("extension").items():
        _add(name, "name", lang=language).text = text
    return _bytes(root)


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return etree.SubElement(parent, f"{{{_DESCRIPTION}}}{tag}", attributes)


def _bytes(root: Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
