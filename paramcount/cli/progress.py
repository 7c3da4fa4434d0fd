"""Progress of long work, shown on stderr if that is a terminal, after a moment's patience."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Timer
from typing import Any

PATIENCE = 0.4  # seconds before anything is shown
_shown: list[Any] = []  # running work, innermost last


@contextmanager
def shown(what: str) -> Iterator[None]:
    """Show *what* is running, and for how long, until the block ends."""
    if not sys.stderr.isatty():
        yield
        return
    one = _Shown(what)
    _shown.append(one)
    try:
        yield
    finally:
        _shown.remove(one)
        one.stop()


def watched(items: Sequence[Any], what: str) -> Iterable[Any]:
    """Iterate over *items*, showing *what* is done and how many items are done."""
    return items if not _shown or len(items) < 2 else _counted(items, what)


def _counted(items: Sequence[Any], what: str) -> Iterator[Any]:
    one = _shown[-1]
    before = one.said
    for place, item in enumerate(items):
        one.say(what, place, len(items))
        yield item
    one.say(*before)


class _Shown:
    """A line on stderr, after PATIENCE: what is running, for how long, and how much of it is done."""

    def __init__(self, what: str):
        self.bar: Any = None
        self.said: tuple[str, int, int | None] = (what, 0, None)
        self.timer = Timer(PATIENCE, self._start)
        self.timer.daemon = True
        self.timer.start()

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn("line"), TextColumn("{task.description}"), TimeElapsedColumn())
        counting = (BarColumn(), MofNCompleteColumn()) if self.said[2] else ()
        bar = Progress(*columns, *counting, console=Console(stderr=True), transient=True)
        bar.add_task(self.said[0], completed=self.said[1], total=self.said[2])
        bar.start()
        self.bar = bar

    def say(self, what: str, done: int, total: int | None) -> None:
        """Show *what*, with *done* items out of *total* where that is known."""
        counted = self.said[2] is not None
        self.said = (what, done, total)
        if self.bar is None:
            return
        if counted != (total is not None):
            self.bar.stop()
            self._start()
        self.bar.update(self.bar.tasks[0].id, description=what, completed=done, total=total)

    def stop(self) -> None:
        """Remove the line."""
        self.timer.cancel()
        self.timer.join()
        if self.bar is not None:
            self.bar.stop()
