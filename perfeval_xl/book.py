"""The public functions of ``import perfeval_xl as pe``, and the book that ``pe.open`` gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from perfeval_xl import files
from perfeval_xl.errors import CannotWrite
from perfeval_xl.model import Finding, Form
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading

if TYPE_CHECKING:
    from perfeval_xl.scoring import ScoreCard


class Book:
    """One file with the forms in it, opened once. It keeps the bytes of the file and what was read from it.

    Nothing here changes the file: what is written comes as bytes. A book may be used by many threads at once.
    """

    def __init__(self, data: bytes, name: str, readings: Sequence[Reading], profile: Profile | None = None) -> None:
        self.name = name
        #: One for each form: the form, its cells, and what could not be read for sure.
        self.readings = tuple(readings)
        self._data = data
        self._profile = profile

    def __repr__(self) -> str:
        return f"<Book {self.name}: {len(self.readings)} forms>"

    @property
    def forms(self) -> list[Form]:
        """Every form, in the order of the file."""
        return [reading.form for reading in self.readings]

    def cell(self, field: str, form: int = 0) -> str | None:
        """The address of a field: ``indicators[3].score`` -> ``H23``; ``None`` when it has no cell, as in JSON.

        Raises ``IndexError`` when the file holds no form of that number (they count from 0).
        """
        return self.readings[form].address(field)

    def check(self) -> list[Finding]:
        """Everything that is wrong, each with source, sheet and cell, the state of the workbook included."""
        from perfeval_xl.checks import check_readings

        return check_readings(self.readings, self._profile, files={self.name: self._data})

    def score(self) -> list[ScoreCard]:
        """The card of each form: every score by the region's rule, explained step by step."""
        return [score(form, self._profile) for form in self.forms]

    def annotated(self) -> bytes:
        """A copy of the workbook with the findings in it: colours, comments and a sheet 审核意见.

        Raises ``CannotWrite`` for a file that is no .xlsx or .xlsm workbook.
        """
        from perfeval_xl.workbook.review.annotate import annotate

        return annotate(self._data, self.name, self.check())

    def fixed(self) -> bytes:
        """A copy with the safe fixes: rates, execution scores, totals and formulas that follow from the rest.

        Raises ``CannotWrite`` for a file that is neither a workbook nor JSON.
        """
        from perfeval_xl.checks.fix import fix

        return fix(self._data, self.name, self.readings, self._profile).data

    def filled(self, forms: Sequence[Form]) -> bytes:
        """A copy of this workbook or Word document with ``forms`` filled in; only the cells of the form change.

        Raises ``CannotWrite`` when it cannot take them, or has no cell for something that is not blank.
        """
        from perfeval_xl.workbook.open_workbook import into_workbook

        result = into_workbook(self._data, self.name, forms, self._profile)
        if result.left_out:
            raise CannotWrite("left-out", path=self.name, places="、".join(result.left_out))
        return result.data


class FormList(list[Form]):
    """Forms that remember the cells they were read from, as long as the list is left as it is."""

    def __init__(self, book: Book) -> None:
        super().__init__(book.forms)
        self._book = book

    def readings(self) -> Sequence[Reading] | None:
        """What was read, unless the list was changed since."""
        kept = self._book.readings
        same = len(self) == len(kept) and all(form is reading.form for form, reading in zip(self, kept, strict=True))
        return kept if same else None


def open(source: str | Path | bytes | BinaryIO, name: str | None = None, profile: Profile | str | None = None) -> Book:
    """A file of any readable kind as a book: from its path, its bytes, or an open binary file (from where it stands).

    ``name`` is what findings call it; of bytes its ending tells what kind of file it should be. The file is read whole
    and may be closed or deleted afterwards. Raises ``Unreadable`` and ``NotAForm``.
    """
    if isinstance(source, str | Path):
        data, called = files.bytes_of(Path(source)), name or str(source)
    elif isinstance(source, bytes):
        data, called = source, name or files.STANDARD
    else:
        stated = getattr(source, "name", None)
        data, called = source.read(), name or (stated if isinstance(stated, str) else files.STANDARD)
    chosen = _profile(profile)
    return Book(data, called, files.read_bytes(data, called, chosen), chosen)


def _profile(profile: Profile | str | None) -> Profile | None:
    return load_profile(profile) if isinstance(profile, str) else profile


def read(path: str | Path, profile: Profile | str | None = None) -> list[Form]:
    """Every form in a file of any readable kind, in its order.

    The list remembers the cells: ``pe.check(pe.read(path))`` names them, until the list is changed.
    Raises ``Unreadable`` when the file cannot be read and ``NotAForm`` when it holds no form.
    """
    return FormList(open(path, profile=profile))


def read_with_places(path: str | Path, profile: Profile | str | None = None) -> list[tuple[Form, Mapping[str, str]]]:
    """Every form with the address of each field (``indicators[3].score`` -> ``H23``). Raises as ``read`` does."""
    return [(reading.form, reading.where().cells) for reading in open(path, profile=profile).readings]


def write(
    forms: Sequence[Form], path: str | Path, into: str | Path | None = None, profile: Profile | str | None = None
) -> None:
    """Forms as a workbook: from our templates, or filled into the existing workbook ``into``.

    A failure leaves what was at ``path`` as it was. Raises ``PerfevalError`` of one kind or another.
    """
    files.write_forms(forms, Path(path), into=None if into is None else Path(into), profile=_profile(profile))


def load(path: str | Path) -> list[Form]:
    """The forms of a canonical JSON file. Raises ``Unreadable`` with the JSON path of what is wrong."""
    return read(path)


def dump(forms: Sequence[Form], path: str | Path) -> None:
    """Forms as canonical JSON."""
    files.write_json(forms, Path(path))


def template(profile: Profile | str, path: str | Path, *, year: int | None = None, rows: int = 0) -> None:
    """The blank workbook of a profile, by id, path of a TOML file, or ``Profile``."""
    chosen = load_profile(profile) if isinstance(profile, str) else profile
    files.write_template(chosen, Path(path), year=year, rows=rows)


def score(form: Form, profile: Profile | str | None = None) -> ScoreCard:
    """Every score by the region's rule, explained step by step."""
    from perfeval_xl.scoring import score as score_form

    return score_form(form, _profile(profile) or load_profile(form.profile))


def check(forms: Iterable[Form], profile: Profile | str | None = None) -> list[Finding]:
    """Everything that is wrong in the forms.

    Forms as ``pe.read`` gave them are named by sheet and cell, and the state of their workbook is looked at while it
    stands where it was read; any others, which came from no sheet, are named by their fields alone.
    """
    from perfeval_xl.checks import check_readings

    kept = forms.readings() if isinstance(forms, FormList) else None
    readings = [Reading(form, files.STANDARD) for form in forms] if kept is None else kept
    return check_readings(readings, _profile(profile))
