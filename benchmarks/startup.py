"""How long commands take, as ratios to importing what they cannot do without. Medians of alternating runs."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
import sys
import time

RUNS = 21
RICH = [sys.executable, "-c", "import click, rich.console, rich.table"]
CLICK = [sys.executable, "-c", "import click"]
TORCH = [sys.executable, "-c", "import torch"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def ratio(arguments: str, floor: list[str], runs: int = RUNS) -> None:
    program = shutil.which("paramcount")
    if program is None:
        sys.exit("paramcount is not installed; run: pip install .")
    command = [program, *arguments.split()]
    seconds(command), seconds(floor)
    pairs = [(seconds(command), seconds(floor)) for _ in range(runs)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    quotient = statistics.median(a / b for a, b in pairs)
    print(f"paramcount {arguments:30} {1e3 * ours:7.0f} ms  {quotient:5.2f} x  {floor[-1]} ({1e3 * theirs:.0f} ms)")


def main() -> None:
    ratio("gpt3-xl", RICH)
    ratio("gpt3-xl --json", CLICK)
    ratio("scaling --flops 3.14e23", RICH)
    ratio("--help", RICH)
    ratio("solve --params 100T", RICH)
    ratio("train gpt3-175b --tokens 300B --gpu v100 --mfu 20%", RICH)
    if importlib.util.find_spec("torch"):
        ratio("verify gpt3-175b", TORCH, runs=5)


if __name__ == "__main__":
    main()
