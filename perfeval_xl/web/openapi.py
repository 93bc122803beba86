"""The OpenAPI description, from the records that are sent: there is no second model."""

from __future__ import annotations

from typing import Any, Final

import msgspec

import perfeval_xl
from perfeval_xl.batch.checking import Checked
from perfeval_xl.batch.forms import FormsRead
from perfeval_xl.messages import Language, sentence
from perfeval_xl.model import Document, Finding, Number
from perfeval_xl.profile import profile_ids
from perfeval_xl.stamp.archive import PATTERN
from perfeval_xl.web.problems import FileProblem, Problem

#: Media type -> what comes in it.
Content = dict[str, dict[str, Any]]

_JSON: Final = "application/json"
_LINES: Final = "application/x-ndjson"
_WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_BINARY: Final = {"type": "string", "format": "binary"}


def description(language: Language) -> dict[str, Any]:
    """The document, its sentences in ``language``."""
    records, components = msgspec.json.schema_components(
        (Document, Finding, Problem, FileProblem, FormsRead, Checked),
        schema_hook=_number,
        ref_template="#/components/schemas/{name}",
    )
    document, finding, problem, file_problem, read, checked = records
    cards = _list({"type": "object"})  # docs/scoring.md has their keys
    answers: dict[str, Content] = {
        "forms": {_JSON: document, _LINES: _line(read, file_problem)},
        "check": {_JSON: _list(finding), _LINES: _line(checked, file_problem)},
        "score": {_JSON: _list(_object(source={"type": "string"}, cards=cards)), _LINES: _line(cards, file_problem)},
        "workbook": {_WORKBOOK: _BINARY},
        "summary": {_WORKBOOK: _BINARY},
        "report": {"text/html": {"type": "string"}, "text/markdown": {"type": "string"}, _WORD: _BINARY},
    }
    paths: dict[str, Any] = {
        f"/v1/{name}": {"post": _operation(name, language, answer, problem) | {"requestBody": _body(document)}}
        for name, answer in answers.items()
    }
    stamped = _operation("stamp", language, {"application/zip": _BINARY}, problem)
    paths["/v1/stamp"] = {"post": stamped | {"requestBody": _list_body()}}
    template = _operation("template", language, {_WORKBOOK: _BINARY}, problem)
    region = {"type": "string", "enum": profile_ids()}
    parameters = [
        {"name": "profile", "in": "path", "required": True, "schema": region},
        *({"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("year", "rows")),
    ]
    paths["/v1/template/{profile}"] = {"get": template | {"parameters": parameters}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "perfeval", "version": perfeval_xl.__version__},
        "paths": paths,
        "components": {"schemas": components},
    }


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _line(result: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    """One line of JSON Lines: a file's result, or why there is none."""
    either = [{"anyOf": [each, {"type": "null"}]} for each in (result, problem)]
    return _object(source={"type": "string"}, result=either[0], problem=either[1])


def _number(wanted: object) -> dict[str, Any]:
    return {"type": "number"} if wanted is Number else {"type": ["string", "number"]}


def _operation(name: str, language: Language, answer: Content, problem: dict[str, Any]) -> dict[str, Any]:
    content = {media: {"schema": schema} for media, schema in answer.items()}
    return {
        "operationId": name,
        "summary": sentence(f"web.api-{name}", language),
        "responses": {
            "200": {"description": "OK", "content": content},
            "default": {"description": "Problem", "content": {"application/problem+json": {"schema": problem}}},
        },
    }


def _body(document: dict[str, Any]) -> dict[str, Any]:
    files = {"type": "array", "items": _BINARY}
    fields = {"file": files, "into": _BINARY, "profile": {"type": "string"}, "kind": {"type": "string"}}
    form = {"type": "object", "properties": fields, "required": ["file"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": form}, _JSON: {"schema": document}}}


def _list_body() -> dict[str, Any]:
    fields = {
        "file": _BINARY,
        "profile": {"type": "string", "enum": profile_ids()},
        "year": {"type": "integer"},
        "rows": {"type": "integer"},
        "name": {"type": "string", "default": PATTERN},
    }
    form = {"type": "object", "properties": fields, "required": ["file"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": form}}}
