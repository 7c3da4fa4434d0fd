"""Text of others in documents that do something with some of it: Markdown makes links, LaTeX runs commands."""

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
_OPTION = ("[", "*")  # behind a row's end (or a rule) they would be read as its argument

_MARKS = re.compile(r"[\\`<>\[\]|*_]")
_BLOCK = re.compile(r"^(\s*)([#+=~-])", re.MULTILINE)  # begins a heading, a list or a rule
_LINKED = re.compile(r"://|@|www\.|mailto:|xmpp:", re.IGNORECASE)  # without any mark, by GitHub and others
_LETTERS = 0x250  # up to here LaTeX has the letters of European languages


def tex(text: str) -> str:
    """*text* as LaTeX prints it, in a table's cell or anywhere; what it has no sign for as it is in ASCII."""
    escaped = "".join(_TEX.get(char) or _in_ascii(char) for char in text)
    return "{}" + escaped if escaped.lstrip().startswith(_OPTION) else escaped


def _in_ascii(char: str) -> str:
    if char.isascii() or (char.isalpha() and ord(char) < _LETTERS):
        return char
    return "".join(_TEX.get(one, one) for one in STAND_INS.get(char) or ascii(char)[1:-1])


def fenced(text: str, text_as: Callable[[str], str]) -> str:
    """*text* as *text_as* has it, with the commands in it in fences, as they are: one can copy them."""
    runs = ((command, "\n".join(lines).strip("\n")) for command, lines in _runs(text))
    return "\n\n".join(_fence(run) if command else text_as(run) for command, run in runs if run)


def _runs(text: str) -> Iterator[tuple[bool, list[str]]]:
    """The lines of *text* in runs that are commands and others."""
    for command, run in groupby(text.split("\n"), lambda line: bool(IS_COMMAND.match(line))):
        yield command, list(run)


def _fence(commands: str) -> str:
    return f"```sh\n{dedent(commands)}\n```"


def markdown(text: str) -> str:
    """*text*, of one line or several, as Markdown prints it: no link, no HTML, no end of a cell."""
    return _BLOCK.sub(r"\1\\\2", re.sub(r"\S+", lambda word: _word(word[0]), text))


def _word(word: str) -> str:
    if not _LINKED.search(word):
        return _MARKS.sub(r"\\\g<0>", word)
    fence = "`" * (max(map(len, re.findall("`+", word)), default=0) + 1)
    room = " " if word[0] == "`" or word[-1] == "`" else ""
    return fence + room + word.replace("|", r"\|") + room + fence
