"""Help pages fitted to the terminal's width without breaking words."""

from __future__ import annotations

import re

from paramcount.report.breaking import command

LEAST = 20  # columns needed for an explanation beside an example; with fewer it goes below
BESIDE = re.compile(r"(?P<what> *\S.*?\S  +)(?P<says>\S.*)")
COMMAND = re.compile(r" {4}paramcount ")


def at_spaces_alone() -> None:
    """Make click break lines only at spaces: it would also break gpt-neox-20b after a hyphen."""
    from click._textwrap import TextWrapper

    TextWrapper.wordsep_re = TextWrapper.wordsep_simple_re


def fitted(page: str, width: int) -> str:
    """*page* in lines of at most *width*, broken between words; commands continue after a backslash."""
    return "\n".join(piece for line in page.split("\n") for piece in _fitted(line, width))


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    """*text* in lines that begin with *first* and then *rest*; a word too long for a line is not broken."""
    import textwrap  # not needed by a page that fits

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
