"""Word reports by docxtpl: a .docx with jinja2 in it, which an office changes in Word itself."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from perfeval_xl.errors import CannotWrite
from perfeval_xl.reports.jinja import RUNTIME, environment, source_of, wrong_template


def word_document(name: str, names: dict[str, Any], folder: Path | None, output: Path) -> bytes:
    """A Word template filled in. Raises ``CannotWrite`` without docxtpl and ``Unreadable`` for a wrong template."""
    try:
        from docxtpl import DocxTemplate
    except ImportError:
        raise CannotWrite("word-needs-docxtpl", path=output) from None
    from docx.opc.exceptions import OpcError
    from jinja2 import TemplateError
    from lxml.etree import XMLSyntaxError

    buffer = io.BytesIO()
    try:
        template = DocxTemplate(io.BytesIO(source_of(name, folder).read_bytes()))
        template.render(names, jinja_env=environment(folder), autoescape=True)
        template.save(buffer)
    except (TemplateError, OpcError, XMLSyntaxError, zipfile.BadZipFile, OSError, *RUNTIME) as error:
        raise wrong_template(error, name, folder) from None
    return buffer.getvalue()
