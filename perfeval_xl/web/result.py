"""What the page shows: every file with its forms and copies, and what is said about all of them together."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from perfeval_xl.batch.task import Outcome
from perfeval_xl.checks.run import check_batch
from perfeval_xl.model import Finding
from perfeval_xl.profile import Profile
from perfeval_xl.reports.documents import document
from perfeval_xl.reports.gather import Reviewed, gather
from perfeval_xl.reports.ledger import FormRecord, Judged
from perfeval_xl.reports.summary.workbook import summary_workbook
from perfeval_xl.web.api import WORKBOOK
from perfeval_xl.web.drawing import Table
from perfeval_xl.web.problems import file_problem
from perfeval_xl.web.work import Seen

#: Key of its words, name and address of a copy.
Download = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class OverviewLine:
    """A line of the overview: where it leads, its file, and its form, ``None`` for a file that could not be read."""

    id: str
    file: str
    record: FormRecord | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """What is said about all files: findings between them, and the copies that hold them all."""

    findings: Sequence[Finding] = ()
    downloads: Sequence[Download] = ()


class ShownForm:
    """One form of the page: its judgement, its table, and where its findings are."""

    def __init__(self, prefix: str, judged: Judged, table: Table) -> None:
        self.id = prefix
        self.judged = judged
        self.table = table

    def place(self, finding: int) -> str | None:
        """The id of the cell of a finding; ``None`` where it has none."""
        address = self.table.placed.get(finding)
        return None if address is None else f"{self.id}-{address}"

    @property
    def findings(self) -> list[tuple[int, Finding]]:
        """The findings with their numbers."""
        return list(enumerate(self.judged.findings))


class ShownFile:
    """One file of the page: its forms and copies, or why there are none."""

    def __init__(self, number: int, outcome: Outcome) -> None:
        self.name = outcome.path
        self.id = f"file{number}"
        self.problem = file_problem(outcome) if outcome.error is not None else None
        self.seen = None if self.problem else outcome.decoded(Seen)
        pairs = zip(self.seen.reviewed.forms, self.seen.tables, strict=True) if self.seen else ()
        self.forms = [ShownForm(f"{self.id}-{place}", *pair) for place, pair in enumerate(pairs)]

    @property
    def doubts(self) -> Sequence[str]:
        """Sentences about cells that reading could not settle."""
        return self.seen.doubts if self.seen else ()

    @property
    def downloads(self) -> list[Download]:
        """Every copy there is."""
        if self.seen is None:
            return []
        path = Path(self.name)
        kind = ".json" if path.suffix.lower() == ".json" else path.suffix
        copies = (
            ("marked", f"{path.stem}-标注{path.suffix}", self.seen.marked),
            ("fixed", f"{path.stem}-更正{kind}", self.seen.fixed),
            ("json", f"{path.stem}.json", self.seen.document),
        )
        return [(key, name, as_link(data)) for key, name, data in copies if data is not None]

    @property
    def lines(self) -> list[OverviewLine]:
        """What the overview says of it: a line for each form, or that it could not be read."""
        if not self.forms:
            return [OverviewLine(self.id, self.name)]
        return [OverviewLine(form.id, self.name, form.judged.record) for form in self.forms]


def as_link(data: bytes, media_type: str = "application/octet-stream") -> str:
    """A file as the address of a link: the server keeps nothing that it could point to."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def together(outcomes: Sequence[Outcome], profile: Profile | None) -> Together:
    """Summary, report and findings of ``only_reviewed`` outcomes."""
    read = [each for each in outcomes if each.error is None]
    with gather(outcomes, profile) as ledger:
        if not ledger.forms:
            return Together()
        traces = [trace for each in read for trace in each.decoded(Reviewed).traces]
        downloads = [
            ("summary", "汇总.xlsx", as_link(summary_workbook(ledger), WORKBOOK)),
            ("report", "审核意见.html", as_link(document(ledger, Path("审核意见.html")), "text/html")),
        ]
        return Together(check_batch(traces, profile), downloads)


def only_reviewed(outcome: Outcome) -> Outcome:
    """What the summary needs of a file; its table and copies, which are large, are not kept."""
    if outcome.error is not None:
        return outcome
    return Outcome(outcome.path, msgspec.json.encode(outcome.decoded(Seen).reviewed))
