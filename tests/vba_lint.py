"""Two faults of VBA that pyvbaanalysis lets pass and that Excel's compiler does not.

A ByRef parameter with a type takes no element of a Variant array and no member of a Variant: "ByRef argument type
mismatch". ``New`` of a class that is not there: "User-defined type not defined".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from perfeval_xl.addin.vba_project import Module

#: Classes that are there without being in the project.
BUILT_IN = frozenset(("collection", "application"))
_WORD = re.compile(r"[A-Za-z_]\w*")
_DECLARED = re.compile(
    r"(?i)^(?:(?:Public|Private|Friend)\s+)?(?:Static\s+)?(?:Sub|Function|Property\s+\w+)\s+(\w+)\s*\((.*?)\)(?:\s+As\s+\w+)?$"
)
_PARAMETER = re.compile(r"(?i)(?:Optional\s+)?(ByVal\s+|ByRef\s+)?(\w+)(?:\(\))?(?:\s+As\s+([\w.]+))?")
_NEW = re.compile(r"(?i)\bNew\s+([A-Za-z]\w*)")
#: An element of an array, or a member: what is handed over is a Variant in between.
_ELEMENT = re.compile(r"^(\w+)\((?:[^()]|\([^()]*\))*\)$|^(\w+)\.\w+(?:\([^()]*\))?$")


def faults(modules: Sequence[Module]) -> list[str]:
    """``module, line: what is wrong`` for all modules of a project."""
    classes = {module.name.lower() for module in modules if module.kind != "module"} | BUILT_IN
    typed = _typed_by_reference(modules)
    found = []
    for module in modules:
        variants = _variants_of(module)
        for number, line in logical_lines(module.source):
            faults = (*_unknown_classes(line, classes), *_elements_by_reference(line, typed, variants))
            found += [f"{module.name}, line {number}: {fault}" for fault in faults]
    return found


def logical_lines(source: str) -> Iterator[tuple[int, str]]:
    """Lines with continuations joined, without texts and comments; the number of the first line of each."""
    joined, start = "", 0
    for number, line in enumerate(re.split(r"\r\n|\r|\n", source), start=1):
        start = start or number
        joined += line
        if joined.rstrip().endswith(" _"):
            joined = joined.rstrip()[:-1]
            continue
        yield start, re.sub(r'"[^"]*"', '""', joined).partition("'")[0].strip()
        joined, start = "", 0


def _unknown_classes(line: str, classes: set[str] | frozenset[str]) -> Iterator[str]:
    for name in _NEW.findall(line):
        if name.lower() not in classes:
            yield f"New {name}: no such class"


def _typed_by_reference(modules: Sequence[Module]) -> dict[str, dict[int, str]]:
    """Procedure -> place -> type of its parameters that are by reference, and of a type that is no Variant."""
    found: dict[str, dict[int, str]] = {}
    for module in modules:
        for _, line in logical_lines(module.source):
            declared = _DECLARED.match(line)
            if declared:
                places = {}
                for place, text in enumerate(_split(declared[2])):
                    parameter = _PARAMETER.match(text.strip())
                    if parameter and (parameter[1] or "").strip().lower() != "byval" and _is_typed(parameter[3]):
                        places[place] = parameter[3]
                found[declared[1].lower()] = places
    return {name: places for name, places in found.items() if places}


def _is_typed(name: str | None) -> bool:
    return name is not None and name.lower() not in ("variant", "object")


def _elements_by_reference(line: str, typed: dict[str, dict[int, str]], variants: set[str]) -> Iterator[str]:
    if _DECLARED.match(line):
        return
    for word in _WORD.finditer(line):
        places = typed.get(word[0].lower())
        before = line[: word.start()].rstrip()
        if places is None or before.endswith((".", "Dim", "As", "Exit")):
            continue
        arguments = _arguments(line[word.end() :], is_statement=not before or before.endswith(("Then", "Else", ":")))
        for place, wanted in places.items():
            given = arguments[place].strip() if place < len(arguments) else ""
            element = _ELEMENT.match(given)
            if element and (element[1] or element[2]).lower() in variants:
                yield f"{word[0]}: {given} is a Variant, argument {place + 1} takes a {wanted} by reference"


def _variants_of(module: Module) -> set[str]:
    """Names declared without a type, or As Variant, anywhere in the module."""
    found: set[str] = set()
    for _, line in logical_lines(module.source):
        if re.match(r"(?i)(Dim|Private|Public|Static)\s+(?!Sub|Function|Const|Property|Declare)", line):
            for part in _split(line.partition(" ")[2]):
                name = re.match(r"(\w+)(?:\([^)]*\))?(?:\s+As\s+(\w+))?$", part.strip())
                if name and (name[2] or "Variant").lower() == "variant":
                    found.add(name[1].lower())
        declared = _DECLARED.match(line)
        for part in _split(declared[2]) if declared else ():
            parameter = _PARAMETER.match(part.strip())
            if parameter and (parameter[3] or "Variant").lower() == "variant":
                found.add(parameter[2].lower())
    return found


def _arguments(rest: str, *, is_statement: bool) -> list[str]:
    """The arguments of a call: in brackets, or the rest of a statement, where brackets after a space make a value."""
    if rest.startswith("(") or (not is_statement and rest.lstrip().startswith("(")):
        rest = rest.lstrip()
        depth = 0
        for at, character in enumerate(rest):
            depth += {"(": 1, ")": -1}.get(character, 0)
            if depth == 0:
                return _split(rest[1:at])
    return _split(rest) if is_statement and not rest.lstrip().startswith("=") else []


def _split(text: str) -> list[str]:
    """At commas outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts if text.strip() else []
