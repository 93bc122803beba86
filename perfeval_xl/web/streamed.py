"""Lines that are sent as they are known; a client that goes away leaves no worker behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from typing import Final

from litestar.background_tasks import BackgroundTask
from litestar.response import Stream

LINES: Final = "application/x-ndjson"


class _StreamedLines(AsyncIterator[bytes]):
    """The lines of a generator that has to wait for them: each is fetched by a thread."""

    def __init__(self, lines: Generator[bytes, None, None]) -> None:
        self._lines = lines
        #: A request that is given up does not stop its thread, and a generator may only be closed while it rests.
        self._at_it = threading.Lock()

    async def __anext__(self) -> bytes:
        line = await asyncio.to_thread(self._next)
        if line is None:
            raise StopAsyncIteration
        return line

    def _next(self) -> bytes | None:
        with self._at_it:
            return next(self._lines, None)

    def leave(self) -> None:
        """Closes the generator, after the line it is at."""
        with self._at_it:
            self._lines.close()

    async def left(self) -> None:
        """``leave``, while others are answered."""
        await asyncio.to_thread(self.leave)


def streamed(lines: Generator[bytes, None, None]) -> Stream:
    """The answer that sends ``lines``. The generator is closed at its end, also where nobody is there any more."""
    sent = _StreamedLines(lines)
    return Stream(sent, media_type=LINES, background=BackgroundTask(sent.left))
