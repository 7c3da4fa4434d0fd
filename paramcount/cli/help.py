"""Pages of help as a terminal has room for them: no line is longer, and none ends within a word."""

from __future__ import annotations

import re

from paramcount.report.breaking import command

LEAST = 20  # columns for what is said beside an example; with fewer it stands below
BESIDE = re.compile(r"(?P<what> *\S.*?\S  +)(?P<says>\S.*)")
COMMAND = re.compile(r" {4}paramcount ")


def at_spaces_alone() -> None:
    """Let click break lines at spaces alone: behind a hyphen it would break gpt-neox-20b."""
    from click._textwrap import TextWrapper

    TextWrapper.wordsep_re = TextWrapper.wordsep_simple_re


def fitted(page: str, width: int) -> str:
    """*page* with lines of at most *width*, broken between words; a command goes on behind a backslash."""
    return "\n".join(piece for line in page.split("\n") for piece in _fitted(line, width))


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """*text* in lines that begin with *first* and *rest*; a word is longer than a line rather than broken."""
    import textwrap  # which a page that fits does without

    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def _fitted(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()))
    if beside := BESIDE.fullmatch(line):
        start = len(beside["what"])
        if start + LEAST <= width:
            return _wrapped(line, width, "", " " * start)
        says = _wrapped(beside["says"], width, f"{indent}  ", f"{indent}  ")
        return [*_fitted(beside["what"].rstrip(), width), *says]
    if COMMAND.match(line):
        return list(command(line, width, "    "))
    return _wrapped(line, width, "", indent)
