"""How long commands take, as ratios to importing what they need: medians of alternating runs."""

from __future__ import annotations

import importlib.util
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from paramcount.report.figures import KINDS

RUNS = 21
RICH = [sys.executable, "-c", "import click, rich.console, rich.table"]
CLICK = [sys.executable, "-c", "import click"]
TORCH = [sys.executable, "-c", "import torch"]
TRANSFORMERS = [sys.executable, "-c", "import torch, transformers"]
SYMPY = [sys.executable, "-c", "import sympy"]
PYPLOT = [sys.executable, "-c", "import matplotlib.pyplot"]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
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
    ratio("--help", RICH)
    ratio("models", RICH)
    ratio("scaling --flops 3.14e23", RICH)
    ratio("solve --params 100T", RICH)
    ratio("train gpt3-175b --tokens 300B --gpu v100 --mfu 20%", RICH)
    with tempfile.TemporaryDirectory() as folder:
        for model_type in ("llama", "deepseek_v3", "t5"):
            path = Path(folder) / f"{model_type}.json"
            path.write_text(f'{{"model_type": "{model_type}"}}', encoding="utf-8")
            ratio(str(path), RICH)
        if importlib.util.find_spec("sympy"):
            ratio("formula gpt3-xl --leading", SYMPY, runs=7)
        if importlib.util.find_spec("matplotlib"):
            for kind in KINDS:
                ratio(f"plot {kind} -o {folder}/figure.png", PYPLOT, runs=5)
    if importlib.util.find_spec("transformers"):
        ratio("verify gpt3-175b", TORCH, runs=5)
        ratio("derive llama", TRANSFORMERS, runs=1)


if __name__ == "__main__":
    main()
