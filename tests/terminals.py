"""Commands in a terminal of a given width."""

import os
import subprocess
import sys

import pytest


def terminal(arguments: str, columns: int, **environment: str) -> str:
    """The command's output in a terminal of this many columns."""
    pty = pytest.importorskip("pty")
    read_end, write_end = pty.openpty()
    env = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **environment}
    done = subprocess.Popen([sys.executable, "-m", "paramcount", *arguments.split()], stdout=write_end, env=env)
    os.close(write_end)
    pieces = []
    while True:
        try:
            piece = os.read(read_end, 65536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(read_end)
    assert done.wait() == 0
    return b"".join(pieces).decode().replace("\r\n", "\n")
