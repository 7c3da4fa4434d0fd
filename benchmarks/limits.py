"""Time and memory of a command at each of its stated limits, and at a tenth of it: python benchmarks/limits.py

Linear work takes ten times as long at the limit, less the time to start. Ends with an error if one beyond a limit is
not refused.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from checkpoints import entries, write_header

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
BILLION = ["solve", "--params", "1B"]
HEADER = "model,n_layers,d_model,n_heads,d_head,d_ff,n_vocab,n_ctx,n_params_printed\n"


class Limit(NamedTuple):
    """What is limited, to how much, and a command's arguments at that size; *refuses*: whether one more must fail."""

    what: str
    most: int
    arguments: Callable[[int, Path], list[str]]
    refuses: bool = True


class Took(NamedTuple):
    """What a command took: seconds of CPU time, and MB at its peak."""

    seconds: float
    megabytes: float
    exit_code: int


MEASURED = """
import resource, sys
from paramcount.cli import main
try:
    main(sys.argv[1:])
finally:
    with open("/proc/self/status") as status:  # of this program alone; getrusage knows what its parent took, too
        peak = next(line for line in status if line.startswith("VmHWM"))
    with open("took", "w") as took:
        print(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), peak.split()[1], file=took)
"""


def run(arguments: list[str], folder: Path) -> Took:
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, env=ENVIRONMENT)
    seconds, kilobytes = (folder / "took").read_text().split()
    return Took(float(seconds), float(kilobytes) / 1024, done.returncode)


def table(rows: int, folder: Path) -> list[str]:
    """A table whose rows all disagree."""
    lines = []
    for n in range(rows):
        depth, width, printed = 12 + 12 * (n % 3), 512 * (1 + n % 4), 50 + n * 7919 % 850
        lines.append(f"m{n},{depth},{width},{width // 64},64,{4 * width},50257,2048,{printed}M\n")
    (folder / "t.csv").write_text(HEADER + "".join(lines))
    return ["audit", str(folder / "t.csv")]


def relations(number: int, folder: Path) -> list[str]:
    """Equations that fail, in ten rows."""
    preamble = "".join(f"# relation r{n}: a = b * c + {n}\n" for n in range(number // 10))
    rows = "".join(f"m{n},1.2345e+20,3.456e+10,7.123e+8\n" for n in range(10 + (number % 10 > 0)))
    (folder / "r.csv").write_text(f"{preamble}model,a,b,c\n{rows}")
    return ["audit", str(folder / "r.csv")]


def config(size: int, folder: Path) -> list[str]:
    """A config of this many bytes, with many keys."""
    begun = json.dumps({"model_type": "gpt2", **{f"key{n}": n for n in range(size // 30)}})[:-1]
    (folder / "config.json").write_text(begun + " " * (size - len(begun) - 1) + "}")
    return [str(folder / "config.json")]


def checkpoint(tensors: int, folder: Path) -> list[str]:
    """A checkpoint in which no two tensors are alike."""
    path = folder / "x.safetensors"
    write_header(path, entries({f"t{n}x": (1 + n % 7, 3) for n in range(tensors)}))
    return [str(path), "--json"]


def rows(vocabularies: int, folder: Path) -> list[str]:
    """Vocabularies, each with 1,024 depths and two head sizes: two thousand bisections."""
    return [*BILLION, "--n-vocab", f"1:{vocabularies}", "--d-model", "64:1e9"]


def ratios(number: int, folder: Path) -> list[str]:
    return [*BILLION, "--d-ff-ratio", ",".join(f"{300 + n}/100" for n in range(number))]


LIMITS = (
    Limit("rows of a table that disagree", 1_000, table),
    Limit("relations times rows", 10_000, relations),
    Limit("bytes of a config", 10_000_000, config),
    Limit("tensors without a config", 1_000_000, checkpoint, refuses=False),
    Limit("solve: rows, in 2,048", 488, rows),
    Limit("solve --d-ff-ratio", 100, ratios),
    Limit("solve --top", 10_000, lambda most, _: ["solve", "--params", "1T", "--top", str(most), "--json"]),
)


def main() -> None:
    print(f"{'limit':<32}{'most':>12}{'time to a tenth’s':>20}{'seconds':>10}{'MB':>8}")
    held = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = run(["--version"], folder)
        for limit in LIMITS:
            tenth = run(limit.arguments(limit.most // 10, folder), folder)
            whole = run(limit.arguments(limit.most, folder), folder)
            ratio = (whole.seconds - start.seconds) / max(tenth.seconds - start.seconds, 0.01)
            line = f"{limit.what:<32}{limit.most:>12,}{ratio:>20.1f}{whole.seconds:>10.1f}{whole.megabytes:>8.0f}"
            print(line, flush=True)
            held.append(whole.exit_code < 2)
            if limit.refuses:
                held.append(run(limit.arguments(limit.most + 1, folder), folder).exit_code == 2)
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
