"""Whose turn it is: so many requests a minute from one client, so many worked on at once, some more waiting."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from perfeval_xl.web.problems import Refusal
from perfeval_xl.web.settings import Settings

_MINUTE: Final = 60.0
#: Clients whose last minute is remembered; the oldest is forgotten first.
_MOST_CLIENTS: Final = 4096


class Turns:
    """Counts the requests of every client, and those that are worked on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free = asyncio.Semaphore(settings.at_once)
        self._waiting = 0
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, client: str) -> None:
        """One more request. Raises ``Refusal`` for a client that has asked too often in the last minute."""
        now = time.monotonic()
        asked = self._asked.setdefault(client, deque())
        self._asked.move_to_end(client)
        while len(self._asked) > _MOST_CLIENTS:
            self._asked.popitem(last=False)
        while asked and now - asked[0] > _MINUTE:
            asked.popleft()
        if len(asked) >= self._settings.per_minute:
            raise Refusal(429, "too-often")
        asked.append(now)

    @property
    def full(self) -> bool:
        """Whether one more would be sent away."""
        return self._free.locked() and self._waiting >= self._settings.waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A place to work, waited for. Raises ``Refusal`` where too many wait, or it takes too long."""
        if self.full:
            raise Refusal(503, "busy")
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), self._settings.patience)
        except TimeoutError:
            raise Refusal(503, "busy") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
