"""What is generated is current, and staleness is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfeval_xl.profile import profile_ids
from scripts import generate


def test_every_generated_file_is_current() -> None:
    assert list(generate.stale()) == [], "run: python -m scripts.generate"


def test_every_profile_has_its_template_and_the_schema_is_there() -> None:
    paths = [generated.path for generated in generate.all_generated()]
    assert {f"xlsx_templates/{name}.xlsx" for name in profile_ids()} <= set(paths)
    assert "docs/perfeval-1.schema.json" in paths


def _registry(monkeypatch: pytest.MonkeyPatch, **files: bytes) -> None:
    made = [generate.Generated(f"xlsx_templates/{name}.xlsx", lambda data=data: data) for name, data in files.items()]  # type: ignore[misc]
    monkeypatch.setattr(generate, "GENERATORS", (lambda: made,))


def test_missing_changed_and_left_over_files_are_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _registry(monkeypatch, missing=b"1", changed=b"2", same=b"3")
    folder = tmp_path / "xlsx_templates"
    folder.mkdir()
    for name, data in (("changed", b"old"), ("same", b"3"), ("left-over", b"4")):
        (folder / f"{name}.xlsx").write_bytes(data)
    assert generate.stale(tmp_path) == {
        "xlsx_templates/missing.xlsx": b"1",
        "xlsx_templates/changed.xlsx": b"2",
        "xlsx_templates/left-over.xlsx": None,
    }
    generate.bring_up_to_date(tmp_path)
    assert generate.stale(tmp_path) == {}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "missing.xlsx": b"1",
        "changed.xlsx": b"2",
        "same.xlsx": b"3",
    }


def test_one_file_has_one_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "GENERATORS", (generate.json_schema, generate.json_schema))
    with pytest.raises(ValueError, match=r"perfeval-1\.schema\.json"):
        generate.all_generated()


@pytest.mark.parametrize(
    ("found", "arguments", "status", "told"),
    [
        ({"docs/a.md": b""}, ["--check"], 1, "docs/a.md\nrun: python -m scripts.generate\n"),
        ({}, ["--check"], 0, "all generated files are current\n"),
    ],
)
def test_the_check_lists_what_is_stale(
    found: dict[str, bytes],
    arguments: list[str],
    status: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(generate, "stale", lambda: found)
    assert generate.main(arguments) == status
    assert capsys.readouterr().out == told


def test_an_unknown_option_is_refused() -> None:
    assert generate.main(["--chekc"]) == 2
