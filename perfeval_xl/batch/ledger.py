"""The ledger as a Parquet table: one row per form with its sums, the whole form as JSON, and every file that failed.

Amounts and scores are exact decimals. Money is in the unit of its row: 万元 or 元.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from perfeval_xl.batch.forms import FormsRead
from perfeval_xl.batch.task import Outcome
from perfeval_xl.errors import CannotWrite
from perfeval_xl.model import Form
from perfeval_xl.sums import total_line

if TYPE_CHECKING:
    import pyarrow

#: Rows written together.
_GROUP: Final = 1000
_TEXTS: Final = ("code", "name", "department", "implementing_unit", "leader", "phone")
_AMOUNTS: Final = ("initial_budget", "full_year_budget", "executed", "weight", "execution_rate", "score")
Row = dict[str, Any]


def schema() -> pyarrow.Schema:
    """The columns of the ledger. Numbers have at most 15 digits on either side of the point, as cells do."""
    import pyarrow as pa

    number = pa.decimal128(38, 18)
    return pa.schema(
        [
            ("source", pa.string()),
            ("form", pa.int32()),
            ("error", pa.string()),
            ("profile", pa.string()),
            ("title", pa.string()),
            ("fiscal_year", pa.int32()),
            *((f"project_{name}", pa.string()) for name in _TEXTS),
            ("unit", pa.string()),
            *((f"funds_{name}", number) for name in _AMOUNTS),
            ("indicators", pa.int32()),
            ("total_weight", number),
            ("total_score", number),
            ("json", pa.string()),
        ]
    )


def rows(outcome: Outcome) -> Iterator[Row]:
    """The rows of one file: its forms, or the sentence that says why there are none."""
    if outcome.error is not None:
        yield {"source": outcome.path, "error": str(outcome.error)}
        return
    read = outcome.decoded(FormsRead)
    for number, (form, text) in enumerate(zip(read.loaded(), read.forms, strict=True)):
        yield {"source": outcome.path, "form": number, **_of_form(form), "json": bytes(text).decode("utf-8")}


def _of_form(form: Form) -> Row:
    line = total_line(form)
    return {
        "profile": form.profile,
        "title": form.title,
        "fiscal_year": form.fiscal_year,
        **{f"project_{name}": getattr(form.project, name) for name in _TEXTS},
        "unit": form.funds.unit,
        **{f"funds_{name}": getattr(line, name) if line else None for name in _AMOUNTS},
        "indicators": len(form.indicators),
        "total_weight": form.total.weight,
        "total_score": form.total.score,
    }


class LedgerWriter:
    """Writes rows to a stream, some thousand at a time. Raises ``CannotWrite`` where pyarrow is not installed."""

    def __init__(self, stream: BinaryIO) -> None:
        try:
            import pyarrow.parquet as parquet
        except ImportError:
            raise CannotWrite("ledger-needs-pyarrow") from None
        self._schema = schema()
        self._writer = parquet.ParquetWriter(stream, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def add(self, outcome: Outcome) -> None:
        """The rows of one file."""
        self._rows += rows(outcome)
        if len(self._rows) >= _GROUP:
            self._flush(self._rows)
            self._rows = []

    def _flush(self, group: Sequence[Row]) -> None:
        import pyarrow as pa

        self._writer.write_table(pa.Table.from_pylist(list(group), schema=self._schema))

    def close(self) -> None:
        """Writes what is left, and the end of the file."""
        if self._rows:
            self._flush(self._rows)
        self._writer.close()
