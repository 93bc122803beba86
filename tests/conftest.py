"""What every test module may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.office import Office


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One private LibreOffice for the whole run of this (xdist) process, started when first asked for."""
    with Office() as running:
        yield running
