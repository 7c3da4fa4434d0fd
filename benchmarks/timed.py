"""CPU time of commands, user and system, and ratios of pairs that alternate; wall time depends on what else runs."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys

RICH = [sys.executable, "-c", "import click, rich.console, rich.table"]


def program() -> str:
    """The installed command."""
    found = shutil.which("paramcount")
    if found is None:
        sys.exit("paramcount is not installed; run: pip install .")
    return found


def seconds(command: list[str], terminal: bool = False) -> float:
    """What *command* takes, its output thrown away; in a *terminal* of 120 columns if so asked."""
    before = _of_children()
    if terminal:
        import pty

        here, there = pty.openpty()
        env = {**os.environ, "COLUMNS": "120", "TERM": "xterm-256color"}
        # Not standard error: on a busy machine the line of progress would be measured, which shows after 0.4 s.
        running = subprocess.Popen(command, stdin=there, stdout=there, stderr=subprocess.DEVNULL, env=env)
        os.close(there)
        _drained(here)
        assert running.wait() == 0
    else:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return _of_children() - before


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _drained(terminal: int) -> None:
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:  # the other end is closed
        os.close(terminal)


def paired(one: list[str], other: list[str], runs: int, terminal: bool = False) -> tuple[float, float, float]:
    """The medians of both commands and of their quotients, run in turn; a first run of each is left out."""
    seconds(one, terminal), seconds(other)
    pairs = [(seconds(one, terminal), seconds(other)) for _ in range(runs)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return ours, theirs, statistics.median(a / b for a, b in pairs)
