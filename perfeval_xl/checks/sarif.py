"""Findings as SARIF 2.1.0, the format that review tools and pipelines read (OASIS standard, errata 01)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

import perfeval_xl
from perfeval_xl.checks.catalogue import rules
from perfeval_xl.checks.pages import explanation
from perfeval_xl.checks.registry import Rule
from perfeval_xl.messages import language, say
from perfeval_xl.model import Finding, Severity
from perfeval_xl.package.addresses import parse_a1

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}
_ADDRESS: Final = re.compile(r"[A-Z]{1,3}\d{1,7}")


def sarif(findings: Sequence[Finding]) -> dict[str, Any]:
    """The log of one run: the whole catalogue as rules, every finding as a result with sheet and cell.

    The region of a result counts the cell's row as line and its column as column; the address stands in its logical
    location. A finding about a whole batch has no location.
    """
    catalogue = rules()
    numbers = {rule.code: number for number, rule in enumerate(catalogue)}
    driver = {
        "name": "perfeval",
        "fullName": "perfeval-xl",
        "version": perfeval_xl.__version__,
        "language": "zh-CN" if language() == "zh" else "en-US",
        "rules": [_rule(rule) for rule in catalogue],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, numbers[finding.code]) for finding in findings],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": say(f"findings.{rule.name}.title")},
        "fullDescription": {"text": " ".join(explanation(rule, language()).split())},
        "help": {"text": explanation(rule, language())},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"name": rule.name, "tags": [rule.group]},
    }


def _result(finding: Finding, number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.advice}"},
    }
    if finding.source:
        result["locations"] = [_location(finding)]
        place = f"{finding.source}#{finding.form}/{finding.sheet or ''}!{finding.cell or finding.field or ''}"
        result["partialFingerprints"] = {"place/v1": f"{finding.code}:{place}"}
    names = ("name", "form", "sheet", "cell", "field", "found", "expected")
    result["properties"] = {name: value for name in names if (value := getattr(finding, name)) is not None}
    return result


def _location(finding: Finding) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(finding.source)}}
    if finding.cell and _ADDRESS.fullmatch(finding.cell):
        cell = parse_a1(finding.cell)
        line, column = cell.row + 1, cell.column + 1
        physical["region"] = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
    location: dict[str, Any] = {"physicalLocation": physical}
    if finding.cell or finding.field:
        name = finding.cell or finding.field
        whole = f"{finding.sheet}!{name}" if finding.sheet and finding.cell else name
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": whole, "kind": "element"}]
    return location


def _uri(source: str) -> str:
    """A path as a URI: relative ones stay relative."""
    path = PurePath(source)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
