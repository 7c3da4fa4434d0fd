"""Long work shows progress on stderr within a second if stderr is a terminal, and nothing otherwise."""

import os
import subprocess
import sys
import time

import pytest

pty = pytest.importorskip("pty")

SLOW = """
import sys, time
from paramcount.cli import progress
with progress.shown("counting llamas"):
    time.sleep({first})
    for _ in progress.watched(list(range(4)), "reading models"):
        time.sleep({each})
    time.sleep({first})
print("done")
"""


def on_a_terminal(code):
    """What *code* writes to a terminal as stderr, when the first of it came, and what it writes to stdout."""
    ours, theirs = pty.openpty()
    started = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", code], stderr=theirs, stdout=subprocess.PIPE)
    os.close(theirs)
    pieces, first = [], None
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        first = first or time.monotonic() - started
        pieces.append(piece)
    out, _ = process.communicate()
    return b"".join(pieces).decode(), first, out.decode()


def test_long_work_is_shown_and_how_far_it_is():
    shown, _, out = on_a_terminal(SLOW.format(first=0.8, each=0.2))
    assert out == "done\n"
    assert "counting llamas" in shown
    assert "reading models" in shown
    assert "/4" in shown
    assert shown.rindex("counting llamas") > shown.rindex("reading models")
    assert shown.endswith("\x1b[2K")  # the line is taken away


def test_what_is_quick_leaves_no_trace():
    shown, _, out = on_a_terminal(SLOW.format(first=0, each=0))
    assert (shown, out) == ("", "done\n")


def test_it_shows_within_a_second():
    """The clock starts when the work does; the interpreter takes a while to start."""
    code = "import time; print('x', file=__import__('sys').stderr, flush=True)" + SLOW.format(first=2, each=0)
    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", code], stderr=theirs, stdout=subprocess.DEVNULL)
    os.close(theirs)
    assert os.read(ours, 3).startswith(b"x")
    started, seen = time.monotonic(), b""
    while b"counting" not in seen:
        seen += os.read(ours, 4096)
    assert time.monotonic() - started < 2  # a second, and what a busy machine adds
    process.kill()
    process.communicate()
    os.close(ours)


def test_elsewhere_nothing_is_written():
    done = subprocess.run([sys.executable, "-c", SLOW.format(first=0.6, each=0.1)], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("done\n", "")


@pytest.mark.parametrize("arguments", [["derive", "llama"], ["plot", "share", "gpt2", "-o", os.devnull + ".png"]])
def test_commands_that_may_be_long_say_what_runs(arguments, monkeypatch):
    """Reports and figures are made inside the block that shows them."""
    from paramcount.cli import main, options, plot

    said = []

    class Shown:
        def __init__(self, what):
            said.append(what)

        def __enter__(self):
            raise SystemExit(0)

        def __exit__(self, *_):
            return False

    for module in (options, plot):
        monkeypatch.setattr(module, "shown", Shown)
    with pytest.raises(SystemExit):
        main(arguments)
    assert said == [{"derive": "derive llama", "plot": "drawing share"}[arguments[0]]]
