"""The page under load: twenty clients at once, on the loopback, against ``perfeval serve`` as it is started by a user.

Every client sends a form of its own and looks whether the answer is about that form. ``python -m benchmarks.serving``
takes thirty seconds; a number after it sets others.
"""

from __future__ import annotations

import statistics
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import httpx
import msgspec
import psutil

from benchmarks.scoring import sample
from perfeval_xl.workbook.open_workbook import to_workbook
from tests.web_server import OFTEN, command

CLIENTS = 20


@dataclass
class Figures:
    """What was answered, how fast, and the server's memory in megabytes, twice a second."""

    statuses: Counter[int] = field(default_factory=Counter)
    #: Reasons of answers that are no success and no request to wait, and answers about another form.
    lost: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)

    @property
    def growth(self) -> float:
        """Megabytes that the last third needed more than the second one, which is past the first requests."""
        third = len(self.megabytes) // 3
        return max(self.megabytes[-third:]) - max(self.megabytes[third : 2 * third])


class Load:
    """So many clients of the server at ``address``, whose process is ``server``."""

    def __init__(self, address: str, server: int, clients: int = CLIENTS) -> None:
        self._address = address
        self._server = psutil.Process(server)
        self._own = [_named(number) for number in range(clients)]
        self.figures = Figures()

    def run(self, seconds: float) -> Figures:
        """Lets them ask for so long; a client that is told to wait waits a little."""
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._ask, args=(*own, until)) for own in self._own]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self.figures.megabytes.append(self._server.memory_info().rss / 1024 / 1024)
            time.sleep(0.5 if seconds > 10 else 0.1)
        return self.figures

    def _ask(self, name: str, book: bytes, until: float) -> None:
        with httpx.Client(base_url=self._address, timeout=120) as client:
            while time.monotonic() < until:
                began = time.monotonic()
                answer = client.post("v1/forms", files={"file": ("form.xlsx", book)})
                self._count(answer, name, time.monotonic() - began)

    def _count(self, answer: httpx.Response, name: str, seconds: float) -> None:
        self.figures.statuses[answer.status_code] += 1
        if answer.is_success:
            self.figures.seconds.append(seconds)
            read = answer.json()["forms"][0]["project"]["name"]
            if read != name:
                self.figures.lost.append(f"{read} instead of {name}")
        elif answer.status_code in (429, 503):
            time.sleep(0.2)
        else:
            self.figures.lost.append(answer.text)


def _named(number: int) -> tuple[str, bytes]:
    """The name of a client's project, and a workbook with it."""
    form, name = sample(), f"第{number}个客户的项目"
    project = msgspec.structs.replace(form.project, name=name)
    return name, to_workbook([msgspec.structs.replace(form, project=project)])


def main(seconds: float = 30) -> None:
    """Prints what was answered and the server's memory: as it is set, and for clients without a limit of their own."""
    for options in ((), ("--per-minute", str(OFTEN))):
        with command("--no-browser", *options) as served:
            figures = Load(served.address, served.process.pid).run(seconds)
        told = ", ".join(f"{status}: {count}" for status, count in sorted(figures.statuses.items()))
        times = sorted(figures.seconds) or [0.0]
        print(
            f"{' '.join(options) or 'as it is set':<22} {CLIENTS} clients, {seconds:.0f} s: {told}; "
            f"{len(times) / seconds:.1f} files/s, median {statistics.median(times):.2f} s, "
            f"longest {times[-1]:.2f} s; memory {figures.megabytes[0]:.0f} MB at first, "
            f"{max(figures.megabytes):.0f} MB at most, {figures.growth:+.1f} MB in the last third; "
            f"{len(figures.lost)} lost"
        )
        if figures.lost:
            raise SystemExit(figures.lost[0])


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
