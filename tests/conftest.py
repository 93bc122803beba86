"""What every test module may ask for, and how property tests run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.office import Office

# The one profile. A busy machine is no reason to fail: nothing is timed, and documents may be large. In CI the same
# examples are tried in every run.
settings.register_profile(
    "suite",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("suite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for LibreOffice is marked as such, so that ``-m "not libreoffice"`` leaves nobody out."""
    for item in items:
        if "office" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.libreoffice)


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """One private LibreOffice for the whole run of this (xdist) process, started when first asked for."""
    with Office() as running:
        yield running
