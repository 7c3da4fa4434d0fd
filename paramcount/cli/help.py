"""Pages of help as a terminal has room for them: no line is longer, and none ends within a word."""

from __future__ import annotations

import re
import sys

import click

from paramcount.report.standins import spelled

LEAST = 20  # columns for what is said beside an example; with fewer it stands below
HYPHEN = re.compile(r" +(\S*\w-)\n( +)(?=\w)")
BESIDE = re.compile(r"(?P<what> *\S.*?\S  +)(?P<says>\S.*)")
COMMAND = re.compile(r" {4}paramcount ")
OPTION = re.compile(r" (?=-)")


class Context(click.Context):
    """A command's context, whose help is written in the encoding of standard output: click takes ASCII for UTF-8."""

    def get_help(self) -> str:
        return spelled(fitted(super().get_help(), self.make_formatter().width + 2), sys.stdout.encoding)


def fitted(page: str, width: int) -> str:
    """*page* with lines of at most *width*, broken between words; a command goes on behind a backslash."""
    whole = HYPHEN.sub(r"\n\2\1", page)
    return "\n".join(piece for line in whole.split("\n") for piece in _fitted(line, width))


def _continued(pieces: list[str], width: int, indent: str) -> list[str]:
    """A command in lines that end in a backslash, each option in one with its value."""
    lines = pieces[:1]
    for piece in pieces[1:]:
        if len(lines[-1]) + 1 + len(piece) > width:
            lines[-1] += " \\"
            lines.append(indent + piece)
        else:
            lines[-1] += f" {piece}"
    return lines


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
        return _continued(OPTION.split(line), width - 2, f"{indent}    ")
    return _wrapped(line, width, "", indent)
