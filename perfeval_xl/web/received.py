"""What a request brings: its files, its other fields, the profile it names, the language it wants."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from perfeval_xl.messages import Language
from perfeval_xl.profile import Profile, load_profile, profile_ids
from perfeval_xl.web.guard import language_of
from perfeval_xl.web.problems import Refusal
from perfeval_xl.web.settings import Settings
from perfeval_xl.web.workers import Upload, shown_name

Asked = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Received:
    """``files`` are those of the fields ``file``, ``into`` the workbook to fill; every file has a name of its own."""

    files: tuple[Upload, ...]
    into: Upload | None
    fields: dict[str, str]
    profile: Profile | None
    language: Language


async def received(request: Asked, settings: Settings) -> Received:
    """The files of a request: multipart, or one canonical document as the body itself.

    Raises ``Refusal`` for none, too many, or a profile that is not one of ours.
    """
    fields = {name: str(value) for name, value in request.query_params.items()}
    uploads: list[tuple[str, Upload]] = []
    if request.content_type[0] == "application/json":
        uploads.append(("file", Upload("document.json", await request.body())))
    else:
        await _from_form(request, fields, uploads, settings.files)
    files = [upload for field, upload in uploads if field == "file"]
    if pasted := (fields.get("pasted-table", "").strip() or fields.get("pasted", "").strip("\r\n")):
        files.append(Upload("pasted.html" if pasted.lstrip().startswith("<") else "pasted.tsv", pasted.encode()))
    if not files:
        raise Refusal(400, "no-file")
    if len(uploads) > settings.files:
        raise Refusal(413, "too-many-files", most=settings.files)
    into = next((upload for field, upload in uploads if field == "into"), None)
    return Received(tuple(_apart(files)), into, fields, profile_named(fields), language_of(request.scope))


async def _from_form(request: Asked, fields: dict[str, str], uploads: list[tuple[str, Upload]], most: int) -> None:
    try:
        form = await request.form()
    except ClientException as problem:
        if "Too Large" in problem.detail:  # too many parts, says the framework, and means the request
            raise Refusal(413, "too-many-files", most=most) from None
        raise
    try:
        for field, value in form.multi_items():
            if not isinstance(value, UploadFile):
                fields[field] = str(value)
                continue
            data = await value.read()
            if value.filename or data:
                uploads.append((field, Upload(shown_name(value.filename or ""), data)))
    finally:
        await form.close()


def profile_named(fields: dict[str, str]) -> Profile | None:
    """The profile of the field ``profile``; never a file. Raises ``Refusal`` for one that is not ours."""
    wanted = fields.get("profile", "")
    if not wanted:
        return None
    if wanted not in profile_ids():
        raise Refusal(404, "no-profile", known="、".join(profile_ids()))
    return load_profile(wanted)


def number_named(fields: dict[str, str], name: str, most: int) -> int | None:
    """A whole number from 0 to ``most``; ``None`` where it is not given. Raises ``Refusal``."""
    text = fields.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= most):
        raise Refusal(400, "no-number", field=name, most=most)
    return int(text)


def _apart(files: list[Upload]) -> list[Upload]:
    """Files of one name are told apart by a number before the ending."""
    taken: set[str] = set()
    apart = []
    for upload in files:
        name, number = PurePath(upload.name), 2
        called = upload.name
        while called in taken:
            called = f"{name.stem} ({number}){name.suffix}"
            number += 1
        taken.add(called)
        apart.append(Upload(called, upload.data))
    return apart
