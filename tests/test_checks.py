"""Every finding: when it is made, where, and when it is not."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from pathlib import Path

import msgspec
import pytest

from perfeval_xl.checks import check_readings, find_rule, rules
from perfeval_xl.checks.registry import GROUPS
from perfeval_xl.files import read_path
from perfeval_xl.laws.catalogue import laws_by_code
from perfeval_xl.messages import LANGUAGES, in_language, sentence, topic_keys
from perfeval_xl.model import Finding
from perfeval_xl.profile import Profile, load_profile
from perfeval_xl.reading import Reading
from tests.check_cases import Case, cases, clean_forms, readings_of, workbook_of
from tests.office import Office

#: Codes are given once: a line here is never changed, and a dropped finding leaves its line behind.
CATALOGUE = {
    "PE101": "weights-sum",
    "PE102": "total-weight-mismatch",
    "PE103": "total-score-mismatch",
    "PE104": "level1-weight-mismatch",
    "PE201": "execution-rate-mismatch",
    "PE202": "execution-score-mismatch",
    "PE203": "fund-lines-sum",
    "PE301": "score-exceeds-weight",
    "PE302": "target-missed-full-score",
    "PE303": "score-differs-from-rule",
    "PE304": "unit-mismatch",
    "PE305": "target-unmeasurable",
    "PE401": "deduction-unexplained",
    "PE402": "overachievement-unexplained",
    "PE501": "required-missing",
    "PE502": "not-a-number",
    "PE503": "level-unknown",
    "PE504": "indicator-duplicate",
    "PE601": "all-full-scores",
    "PE602": "project-duplicate",
    "PE701": "formula-overwritten",
    "PE702": "locked-cell-changed",
    "PE703": "template-outdated",
    "PE704": "located-by-label",
    "PE705": "unread-content",
    "PE706": "unit-unclear",
    "PE707": "year-unclear",
    "PE708": "formula-not-calculated",
    "PE709": "column-unknown",
    "PE710": "hidden-content",
}
SHARED = Path(__file__).parents[2] / "shared" / "forms"


# --- the catalogue ------------------------------------------------------------------------------------------------


def test_codes_are_given_once_and_for_good() -> None:
    assert {rule.code: rule.name for rule in rules()} == CATALOGUE


def test_a_code_tells_its_topic() -> None:
    for rule in rules():
        function = rule.form or rule.batch
        assert function is not None
        if isinstance(function, partial):
            assert rule.code in laws_by_code()
            continue
        assert function.__module__ == f"perfeval_xl.checks.{GROUPS[rule.code[:3]]}"


@pytest.mark.parametrize("wanted", ["PE103", "pe103", "total-score-mismatch", "TOTAL_SCORE_MISMATCH", " PE103 "])
def test_a_finding_is_found_by_code_or_name(wanted: str) -> None:
    rule = find_rule(wanted)
    assert rule is not None
    assert rule.code == "PE103"


def test_every_finding_has_title_message_and_advice_with_the_same_places() -> None:
    for rule in rules():
        keys = [key for key in topic_keys("findings") if key.startswith(f"{rule.name}.")]
        assert {f"{rule.name}.title", f"{rule.name}.message", f"{rule.name}.advice"} <= set(keys)
        for key in keys:
            places = [set(re.findall(r"\{(\w+)\}", sentence(f"findings.{key}", language))) for language in LANGUAGES]
            assert places[0] == places[1], key


def test_every_finding_has_cases_of_both_kinds() -> None:
    failing = {case.name for case in cases() if case.fails}
    passing = {case.name for case in cases() if not case.fails}
    # Found by label is what reading says; see ``test_what_reading_noted_becomes_a_finding``.
    assert failing == passing == {rule.name for rule in rules()} - {"located-by-label"}


# --- the cases ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", clean_forms())
def test_a_form_without_faults_has_no_findings(profile: str) -> None:
    readings, files = readings_of(Case(name="", form=profile, zh="", en=""))
    assert check_readings(readings, files=files) == []


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.name}: {case.en}")
def test_case(case: Case) -> None:
    readings, files = readings_of(case)
    found = [finding for finding in check_readings(readings, files=files) if finding.name == case.name]
    told = [(finding.field, finding.cell, finding.found, finding.expected) for finding in found]
    assert told == ([(case.field, case.cell, case.found, case.expected)] if case.fails else [])
    for finding in found:
        assert finding.cell is None or finding.cell in finding.message
        assert "{" not in finding.message + finding.advice


def test_a_form_from_json_is_told_by_its_fields() -> None:
    case = next(case for case in cases() if case.name == "total-score-mismatch" and case.fails)
    (finding,) = check_readings([Reading(form, "a.json") for form in case.forms()])
    assert (finding.field, finding.cell, finding.sheet) == ("total.score", None, None)
    with in_language("en"):
        (finding,) = check_readings([Reading(form, "a.json") for form in case.forms()])
    assert "total score" in finding.message


def test_what_reading_noted_becomes_a_finding() -> None:
    from perfeval_xl.notes import Note
    from perfeval_xl.package.addresses import Cell

    readings, files = readings_of(Case(name="", form="mof", zh="", en=""))
    note = Note("located-by-label", "project.name", Cell(3, 2), "职工技能培训")
    noted = Reading(readings[0].form, "case.xlsx", readings[0].sheet, readings[0].layout, readings[0].places, (note,))
    (finding,) = check_readings([noted], files=files)
    assert (finding.name, finding.cell, finding.severity) == ("located-by-label", "C4", "info")


def test_a_row_that_was_not_read_is_not_called_blank() -> None:
    """A print whose columns ran together: the row is told once, its cells are not missing, the sums are not judged."""
    from perfeval_xl.notes import Note

    blank = ("weight", "score", "target", "actual")
    case = Case(name="", form="mof", zh="", en="", clear=tuple(f"indicators[0].{column}" for column in blank))
    note = Note("unread-content", "indicators[0]", None, "1515")
    (finding,) = check_readings([Reading(case.forms()[0], "a.txt", notes=(note,))])
    assert (finding.name, finding.field, finding.found) == ("unread-content", "indicators[0]", "1515")


@pytest.mark.parametrize(
    "field", ["total", "goals", "funds", "extra", "project", "indicators[0].key", "funds.lines[9]"]
)
def test_reading_may_name_parts_that_are_no_field(field: str) -> None:
    from perfeval_xl.notes import Note

    reading = Reading(clean_forms()["mof"], "a.txt", notes=(Note("unread-content", field, None, "?"),))
    (finding,) = check_readings([reading])
    assert finding.field == field


@pytest.mark.parametrize("case", [case for case in cases() if case.fails], ids=lambda case: f"{case.name}-{case.en}")
def test_every_finding_can_be_written_as_json(case: Case) -> None:
    """Values are plain texts, also those that were put together for the sentence."""
    readings, files = readings_of(case)
    found = check_readings(readings, files=files)
    assert msgspec.json.decode(msgspec.json.encode(found), type=list[Finding]) == found


# --- order, severity, batches -------------------------------------------------------------------------------------


def test_findings_stand_in_the_order_of_forms_and_cells() -> None:
    case = Case(
        name="", form="mof", zh="", en="", typed={"H24": 99, "H14": 16, "E6": "预算", "H7": 1}, clear=("title",)
    )
    readings, files = readings_of(case)
    found = check_readings([*readings, *readings], files=files)
    assert [finding.form for finding in found] == sorted(finding.form for finding in found)
    first = [finding.cell for finding in found if finding.form == 0]
    assert first == sorted(first, key=lambda cell: (int((cell or "Z0")[1:]), (cell or "Z")[0]))
    assert Counter(first) == {"E6": 1, "H7": 2, "H14": 2, "H24": 2}


def test_every_source_counts_its_own_forms() -> None:
    case = next(case for case in cases() if case.name == "total-score-mismatch" and case.fails)
    form = case.forms()[0]
    readings = [Reading(form, "a.json"), Reading(form, "a.json"), Reading(form, "b.json")]
    found = [(f.source, f.form) for f in check_readings(readings) if f.name == case.name]
    assert found == [("a.json", 0), ("a.json", 1), ("b.json", 0)]


def _with_severities(profile: Profile, **lists: tuple[str, ...]) -> Profile:
    return msgspec.structs.replace(profile, severities=msgspec.structs.replace(profile.severities, **lists))


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_profile_sets_a_severity(severity: str) -> None:
    case = next(case for case in cases() if case.name == "deduction-unexplained" and case.fails)
    profile = _with_severities(load_profile(case.form), **{severity: ("deduction-unexplained",)})
    (finding,) = check_readings([Reading(form, "a.json") for form in case.forms()], profile)
    assert finding.severity == severity


@pytest.mark.parametrize("name", ["deduction-unexplained", "PE401"])
def test_a_profile_switches_a_finding_off(name: str) -> None:
    case = next(case for case in cases() if case.name == "deduction-unexplained" and case.fails)
    profile = _with_severities(load_profile(case.form), off=(name,))
    assert check_readings([Reading(form, "a.json") for form in case.forms()], profile) == []


def test_a_finding_about_a_batch_stands_last_and_names_no_file() -> None:
    case = next(case for case in cases() if case.name == "all-full-scores" and case.fails)
    last = check_readings(readings_of(case)[0])[-1]
    assert (last.name, last.source, last.cell, last.field) == ("all-full-scores", "", None, None)


def test_a_form_of_an_unknown_profile_is_checked_by_the_default_one() -> None:
    form = msgspec.structs.replace(clean_forms()["mof"], profile="elsewhere")
    assert check_readings([Reading(form, "a.json")]) == []


def test_a_template_checked_by_another_profile_is_compared_with_its_own() -> None:
    readings, files = readings_of(Case(name="", form="mof", zh="", en="", typed={"E6": "预算"}))
    names = [f.name for f in check_readings(readings, load_profile("sichuan"), files=files) if f.code.startswith("PE7")]
    assert names == ["locked-cell-changed"]


def test_a_template_of_a_profile_that_is_not_here_is_told() -> None:
    readings, files = readings_of(Case(name="", form="mof", zh="", en="", typed={"H1": "elsewhere/v1", "E6": "预算"}))
    (finding,) = check_readings(readings, files=files)
    assert (finding.name, finding.cell, finding.found) == ("template-outdated", "H1", "elsewhere/v1")


@pytest.mark.libreoffice
def test_a_template_with_inserted_rows_is_still_itself(tmp_path: Path, office: Office) -> None:
    """Rows put in by a user, and a workbook saved by another program, change no formula and no locked cell."""
    path = tmp_path / "filled.xlsx"
    path.write_bytes(workbook_of(Case(name="", form="mof", zh="", en="")))
    book = office.open(path)
    try:
        assert book.insert_rows("自评表", 16, 3)
        assert book.insert_rows("自评表", 9, 1)
        book.save(tmp_path / "longer.xlsx")
    finally:
        book.close()
    readings = read_path(tmp_path / "longer.xlsx")
    assert [finding.name for finding in check_readings(readings)] == []


# --- real forms ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> dict[str, list[tuple[str, int]]]:
    """Finding -> region and number (from 1) of the real forms it names."""
    if not SHARED.is_dir():
        pytest.skip("the reference forms are not beside the project")
    readings = [reading for path in sorted(SHARED.glob("*.json")) for reading in read_path(path)]
    named: dict[str, list[tuple[str, int]]] = {}
    for finding in check_readings(readings):
        named.setdefault(finding.name, []).append((Path(finding.source).name[:3], finding.form + 1))
    return named


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("total-score-mismatch", [("002", 9), ("003", 1)]),
        ("weights-sum", [("000", 1), ("000", 2), ("001", 2)]),
        ("execution-rate-mismatch", [("001", 1), ("001", 5)]),
        ("target-missed-full-score", [("001", 1), ("002", 5)]),
        ("overachievement-unexplained", [("001", 4)]),
        ("deduction-unexplained", [("001", 1), ("001", 1), ("002", 9), ("003", 1), ("003", 2)]),
    ],
)
def test_findings_on_real_forms(
    real: dict[str, list[tuple[str, int]]], name: str, forms: list[tuple[str, int]]
) -> None:
    assert real[name] == forms


@pytest.mark.shared
def test_nothing_else_is_said_of_real_forms(real: dict[str, list[tuple[str, int]]]) -> None:
    """What stands in ``docs/findings-on-real-forms.md``, by number."""
    assert {name: len(forms) for name, forms in real.items()} == {
        "total-score-mismatch": 2,
        "weights-sum": 3,
        "execution-rate-mismatch": 2,
        "target-missed-full-score": 2,
        "score-differs-from-rule": 12,
        "overachievement-unexplained": 1,
        "deduction-unexplained": 5,
        "target-unmeasurable": 11,
    }
