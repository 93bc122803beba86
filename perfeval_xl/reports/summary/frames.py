"""Tables across the ledger, by pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from perfeval_xl.reports.groups import kinds
from perfeval_xl.reports.ledger import Ledger
from perfeval_xl.reports.summary.forms import owner

if TYPE_CHECKING:
    import pandas as pd


def findings_by_department(ledger: Ledger) -> pd.DataFrame:
    """How many findings of each kind (columns, by name, the most frequent first) each department (rows) has."""
    import pandas as pd

    frame = pd.DataFrame.from_records(
        [form.kinds for form in ledger.forms], index=[owner(form) for form in ledger.forms]
    )
    counted = frame.fillna(0).groupby(level=0, sort=False).sum().astype(int)
    return counted.reindex(columns=[kind.name for kind in kinds(ledger)])
