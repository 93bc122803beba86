"""What one server allows: whom it answers, how much it takes, how much it does at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from perfeval_xl.batch.task import Limits

#: Names under which a server on this computer is asked for.
OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Settings:
    """``hosts`` are the names it answers to; sizes are of one request; ``per_minute`` counts one client's requests.

    ``at_once`` requests are worked on together, ``waiting`` more wait for their turn, ``patience`` seconds at most.
    ``root_path`` is the path below which a reverse proxy shows the server, without a slash at its end.
    ``office`` lets LibreOffice convert .doc, .wps, .rtf and .odt, which is refused otherwise.
    """

    hosts: frozenset[str] = OWN_NAMES
    root_path: str = ""
    megabytes: int = 64
    files: int = 200
    at_once: int = 4
    waiting: int = 32
    patience: float = 20.0
    per_minute: int = 120
    #: A client that sends nothing for so long is not waited for.
    idle_seconds: float = 30.0
    #: Bytes a second that a client must send beyond that, so that drops of a body hold no place for hours.
    slowest: int = 20_000
    #: Projects of one list, and the seconds that filling them in may take.
    projects: int = 1000
    stamp_seconds: float = 120.0
    office: bool = False
    jobs: int | None = None
    limits: Limits = field(default_factory=lambda: Limits(megabytes=768))

    @property
    def most_bytes(self) -> int:
        """The largest body."""
        return self.megabytes * 1024 * 1024
