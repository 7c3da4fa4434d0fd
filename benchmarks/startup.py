"""CPU time of commands, as ratios to importing what they cannot do without. Medians of alternating runs."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from pathlib import Path

from timed import RICH, paired, program

from paramcount.report.figures import KINDS

RUNS = 21
CLICK = [sys.executable, "-c", "import click"]
TORCH = [sys.executable, "-c", "import torch"]
TRANSFORMERS = [sys.executable, "-c", "import torch, transformers"]
SYMPY = [sys.executable, "-c", "import sympy"]
PYPLOT = [sys.executable, "-c", "import matplotlib.pyplot"]


def ratio(arguments: str, floor: list[str], runs: int = RUNS, terminal: bool = False) -> None:
    ours, theirs, quotient = paired([program(), *arguments.split()], floor, runs, terminal)
    where = ", in a terminal" if terminal else ""
    said = f"{Path(arguments).name if arguments.startswith('/') else arguments}{where}"
    print(
        f"paramcount {said:40} {1e3 * ours:7.0f} ms  {quotient:5.2f} x  {floor[-1]} ({1e3 * theirs:.0f} ms)", flush=True
    )


def main() -> None:
    for command in ("gpt3-xl", "models"):
        ratio(command, RICH)
        ratio(command, RICH, terminal=True)
    ratio("gpt3-xl --json", CLICK)
    ratio("--help", RICH)
    ratio("scaling --flops 3.14e23", RICH)
    ratio("solve --params 100T", RICH)
    ratio("train gpt3-175b --tokens 300B --gpu v100 --mfu 20%", RICH)
    with tempfile.TemporaryDirectory() as folder:
        for model_type in ("llama", "deepseek_v3", "t5", "llava"):
            path = Path(folder) / f"{model_type}.json"
            path.write_text(f'{{"model_type": "{model_type}"}}', encoding="utf-8")
            ratio(str(path), RICH)
            ratio(str(path), RICH, terminal=True)
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
