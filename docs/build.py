"""Make the documents' outputs anew: `python docs/build.py` runs every command they show and writes what it prints.

In a block fenced as ```console, a line `$ paramcount …` is a command and the lines up to the next one are its output.
docs/reference.md is written whole from the program's help. Figures are made by the commands shown, in docs/figures.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PAGES = [ROOT / "README.md", *sorted(path for path in DOCS.glob("*.md") if path.name != "reference.md")]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERBS = ("show", "formula", "table", "audit", "models", "compare", "verify", "solve", "plot")


def refreshed(page: str, folder: Path) -> str:
    """*page* with the output of each command made anew, the commands run in *folder*."""
    return BLOCK.sub(lambda block: f"```console\n{_rerun(block[1], folder)}```", page)


def _rerun(block: str, folder: Path) -> str:
    commands = [line for line in block.splitlines() if line.startswith("$ ")]
    return "\n".join(f"{command}\n{output(command[2:], folder)}" for command in commands)


def output(command: str, folder: Path) -> str:
    """What *command* prints in a pipe, notes on stderr after it."""
    program, *arguments = shlex.split(command)
    if program != "paramcount":
        raise ValueError(f"{command}: documents show paramcount alone")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("_PARAMCOUNT")}
    done = subprocess.run(
        [sys.executable, "-m", "paramcount", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**environment, "PYTHONIOENCODING": "utf-8"},
    )
    return done.stdout + done.stderr


def reference(folder: Path) -> str:
    """The command reference: the help of the program and of each verb."""
    titles = ["paramcount", *(f"paramcount {verb}" for verb in VERBS)]
    pages = [(title, f"{title} --help") for title in titles]
    parts = ["# Command reference\n\nWritten by `python docs/build.py` from the program's help.\n"]
    parts += [f"## {title}\n\n```text\n{output(command, folder)}```\n" for title, command in pages]
    return "\n".join(parts)


def screenshot(command: str, path: Path, width: int) -> None:
    """What *command* looks like in a terminal of *width* columns, as SVG."""
    from rich.console import Console
    from rich.text import Text

    terminal = {"FORCE_COLOR": "1", "COLUMNS": str(width), "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    done = subprocess.run(
        [sys.executable, "-m", "paramcount", *shlex.split(command)[1:]],
        capture_output=True, text=True, encoding="utf-8", env={**os.environ, **terminal}, check=True,
    )  # fmt: skip
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=width, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(f"$ {command}\n{done.stdout.rstrip()}"))
        path.write_text(console.export_svg(title="paramcount", unique_id="paramcount"), encoding="utf-8")


def main() -> None:
    (DOCS / "reference.md").write_text(reference(DOCS), encoding="utf-8")
    screenshot("paramcount gpt3-xl", DOCS / "figures" / "gpt3-xl.svg", 110)
    for page in PAGES:
        page.write_text(refreshed(page.read_text(encoding="utf-8"), DOCS), encoding="utf-8")


if __name__ == "__main__":
    main()
