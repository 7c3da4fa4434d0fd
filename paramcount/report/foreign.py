"""Escaping text for Markdown and LaTeX, so that nothing in it becomes a link or a command."""

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from textwrap import dedent

from paramcount.report.breaking import IS_COMMAND
from paramcount.report.standins import STAND_INS

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "✓": r"$\checkmark$"}
_TEX |= {"✗": r"$\times$", "·": r"$\cdot$", "×": r"$\times$", "−": r"$-$", "–": "--", "≠": r"$\neq$", "≈": r"$\approx$"}
_TEX |= {"²": r"$^{2}$", "³": r"$^{3}$", "√": r"$\surd$", "→": r"$\to$", "…": r"\ldots{}", "≤": r"$\leq$"}
_TEX |= {char: "\\" + char for char in "&%$#_{}"}
_OPTION = ("[", "*")  # after the end of a row, or a rule, LaTeX reads these as an argument

_MARKS = re.compile(r"[\\`<>\[\]|*_]")
_BLOCK = re.compile(r"^(\s*)([#+=~-])", re.MULTILINE)  # begins a heading, a list or a rule
_LINKED = re.compile(
    r"://|@|www\.|mailto:|xmpp:", re.IGNORECASE
)  # what GitHub and others turn into links by themselves
_LETTERS = 0x250  # LaTeX has the letters of European languages up to here


def tex(text: str) -> str:
    """*text* escaped for LaTeX, in a table cell or anywhere else; signs that LaTeX lacks become ASCII."""
    escaped = "".join(_TEX.get(char) or _in_ascii(char) for char in text)
    return "{}" + escaped if escaped.lstrip().startswith(_OPTION) else escaped


def _in_ascii(char: str) -> str:
    if char.isascii() or (char.isalpha() and ord(char) < _LETTERS):
        return char
    return "".join(_TEX.get(one, one) for one in STAND_INS.get(char) or ascii(char)[1:-1])


def fenced(text: str, text_as: Callable[[str], str]) -> str:
    """*text* escaped by *text_as*, with the commands in it fenced and unchanged, to be copied."""
    runs = ((command, "\n".join(lines).strip("\n")) for command, lines in _runs(text))
    return "\n\n".join(_fence(run) if command else text_as(run) for command, run in runs if run)


def _runs(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The lines of *text* in runs: commands, and everything else."""
    for command, run in groupby(text.split("\n"), lambda line: bool(IS_COMMAND.match(line))):
        yield command, list(run)


def _fence(commands: str) -> str:
    return f"```sh\n{dedent(commands)}\n```"


def markdown(text: str) -> str:
    """*text*, one line or several, escaped for Markdown: no links, no HTML, no end of a cell."""
    return _BLOCK.sub(r"\1\\\2", re.sub(r"\S+", lambda word: _word(word[0]), text))


def _word(word: str) -> str:
    if not _LINKED.search(word):
        return _MARKS.sub(r"\\\g<0>", word)
    fence = "`" * (max(map(len, re.findall("`+", word)), default=0) + 1)
    room = " " if word[0] == "`" or word[-1] == "`" else ""
    return fence + room + word.replace("|", r"\|") + room + fence
