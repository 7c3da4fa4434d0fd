"""What must hold for any input, however spoilt: checks used by the tests and by benchmarks/fuzz.py."""

import io
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple

from checkpoints import entries, write_header

from paramcount.cli import main
from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured

LONGEST = 20  # seconds of CPU time: a count takes milliseconds, a transformers class a second


class Ran(NamedTuple):
    """What a command did."""

    exit_code: int
    stdout: str
    stderr: str


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeoutError if the body takes this process more than *seconds* of CPU time."""

    def stop(*_: Any) -> None:
        raise TimeoutError(f"no answer after {seconds} seconds")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def command(*arguments: str) -> Ran:
    """Run `paramcount ARGUMENTS` in this process, its output encoded as in a pipe; exceptions pass through."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    code = 0
    with redirect_stdout(out), redirect_stderr(err), within(LONGEST):
        try:
            main(list(arguments))
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    out.flush(), err.flush()
    return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


def answers(*arguments: str) -> Ran:
    """Assert that the command counts, or refuses in one line that says what would be valid."""
    ran = command(*arguments)
    assert ran.exit_code in (0, 1, 2), ran
    if ran.exit_code == 2:
        assert ran.stdout == ""
        assert ran.stderr.startswith("paramcount: ")
        assert ran.stderr.splitlines() == [ran.stderr.rstrip("\n")], ran.stderr
        assert ran.stderr.rstrip("\n").isprintable(), ran.stderr
    else:
        assert ran.stdout
        assert ran.stderr == ""
    return ran


def config_answers(text: str, folder: Path) -> bool:
    """Assert that a config with this *text* is counted or refused in one line; return whether it is counted."""
    path = folder / "config.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return answers(str(path)).exit_code == 0


def checkpoint_of(document: dict[str, Any]) -> dict[str, Any] | None:
    """The header of a checkpoint of *document*'s model; None if it doesn't describe one."""
    try:
        model = Configured(parse(json.dumps(document), "config")).model
    except ConfigError:
        return None
    copies = [copy for entry in model.ledger() for copy in entry.copies()]
    return entries({name: tuple(map(int, tensor.sides())) for name, tensor in copies if not tensor.shares})


def checkpoint_answers(header: Any, document: Any, folder: Path) -> Ran:
    """Assert that a checkpoint with *header* beside *document* as its config is judged or refused in one line."""
    try:
        write_header(folder / "model.safetensors", header)
    except (TypeError, KeyError, ValueError, IndexError, OSError, AttributeError):  # a spoilt one gives no size
        write_header(folder / "model.safetensors", header, 64)
    (folder / "config.json").write_text(json.dumps(document))
    return answers(str(folder))


def agrees(document: dict[str, Any]) -> bool:
    """Assert that a config accepted by both sides counts the same on both; return whether they accept it."""
    from models.compared import outcome  # which needs transformers

    with within(3 * LONGEST):
        found = outcome(document)
    assert not found.differences, f"{json.dumps(document)}\n" + "\n".join(found.differences[:20])
    return found.compared
