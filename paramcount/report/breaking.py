"""Breaks text into lines: words at spaces, formulas at signs, commands at options. Numbers are never broken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LONGEST = 72  # columns that a formula takes, in a pipe too, unless one of its terms is longer
COMMAND = 78  # columns that a command takes in a pipe
IS_COMMAND = re.compile(r"\s*paramcount \S")
OPTION = re.compile(r" (?=-)")
SPACE = re.compile(r"(?<=\s)(?=[^\s%·×=])")  # 5.2 % stays together, and no line starts with a separator
SIGN = re.compile(r"(?<= )(?=[+−/×-] )")
LABEL = re.compile(r"\s*\S.*?\S {2,}(?=\S)")
FACTOR = re.compile(r"(?<=[·*/(])(?=\S)")
JOINT = re.compile(r"(?<=[\s·*/(=&?@])(?=.)|(?<=[.,:-])(?=\D)")
UNDERSCORE = re.compile(r"(?<=_)(?=.)")
NUMBER_OR_SIGN = re.compile(r"[−+-]?\d[\d.,]*(?:[eE][+-]?\d+)?|.")
WHOLE, JOINTS, UNDERSCORES, ANYWHERE = LEVELS = range(4)  # where words may be broken, best first


def room(text: str) -> int:
    """How many columns of a terminal *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def least(text: str, formula: bool = False, hang: str = "", level: int = WHOLE) -> int:
    """The fewest columns *text* needs if words may be broken at *level*."""
    parts = terms(text) if formula else words(text)
    pieces = [room(piece.rstrip()) for part in parts for piece in _pieces(part, level)]
    return max([*pieces[:1], *(len(hang) + piece for piece in pieces[1:])], default=0)


def lines(text: str, width: int, formula: bool = False, hang: str = "") -> tuple[str, ...]:
    """*text* in lines of at most *width*, unless a number is longer; lines after the first are indented by *hang*."""
    if room(text) <= width and "\n" not in text:
        return (text.rstrip(),)
    if formula:
        if least(text, formula=True) <= width:
            return tuple(at_signs(text, width))
        return tuple(line.rstrip() for line in _filled(_factors(text), width))
    return tuple(line.rstrip() for one in text.splitlines() or [""] for line in _filled(words(one), width, hang))


def note(line: str, width: int | None) -> Iterator[str]:
    """A *line* of text that is not in a table, broken at *width*: indented under itself or its label, and commands so
    that they can be copied."""
    if IS_COMMAND.match(line):
        yield from command(line, COMMAND if width is None else width)
    elif width is None or room(line) <= width:
        yield line
    else:
        indent = len(line) - len(line.lstrip())
        label = LABEL.match(line)
        hang = label.end() if label and label.end() <= width // 2 else min(indent + 2, width // 4)
        yield from (piece.rstrip() for piece in _filled(words(line), width, " " * hang))


def command(line: str, width: int, indent: str = "  ") -> Iterator[str]:
    """A command in lines of at most *width* that a shell reads as one, each option on the line of its value."""
    before = line[: len(line) - len(line.lstrip())]
    current, *options = (piece for option in OPTION.split(line) for piece in _short(option, width, before))
    for option in options:
        if len(current) + 1 + len(option) + len(" \\") <= width:
            current += f" {option}"
        else:
            yield f"{current} \\"
            current = f"{before}{indent}{option}"
    yield current


def _short(option: str, width: int, before: str) -> list[str]:
    """An *option*, or what comes before the first one, split into words if it is too long for a line."""
    fits = len(before) + len(option) + 4 <= width
    return [option] if fits or "'" in option or '"' in option else _words_of(option)


def _words_of(option: str) -> list[str]:
    first, *rest = option.lstrip().split(" ")
    return [option[: len(option) - len(option.lstrip())] + first, *rest]


def terms(formula: str) -> list[str]:
    """The parts of a formula that are not broken."""
    return [term.rstrip() for term in SIGN.split(formula)]


def _factors(formula: str) -> list[str]:
    """The parts of a formula that are not broken even if its terms are too long."""
    return [factor for term in SIGN.split(formula) for factor in FACTOR.split(term)]


def words(text: str) -> list[str]:
    """The words of *text*, each with the space after it."""
    return SPACE.split(text)


def at_signs(formula: str, width: int) -> list[str]:
    """*formula* in lines of at most *width*, unless a term is longer: each breaks before the outermost, last sign.

    The stroke of a fraction counts as a sign, and is the last choice.
    """
    found = []
    while room(formula) > width:
        signs = [match.start() for match in SIGN.finditer(formula)]
        places = [at for at in signs if room(formula[:at].rstrip()) <= width] or signs[:1]
        if not places:
            break
        cut = min(places, key=lambda at: (_depth(formula[:at]), formula[at] == "/", -at))
        found.append(formula[:cut].rstrip())
        formula = formula[cut:]
    return [*found, formula]


def _depth(before: str) -> int:
    return before.count("(") - before.count(")")


def _filled(words: Iterable[str], width: int, hang: str = "") -> list[str]:
    """*words* in lines of at most *width*, indented by *hang* after the first."""
    found = [""]
    for word in words:
        whole = room(word.rstrip()) <= (width if found == [""] else width - len(hang))
        for part in [word] if whole else _fitting(word, width - len(hang)):
            if found[-1].strip() and room(found[-1] + part.rstrip()) > width:
                found.append(hang)
            found[-1] += part
    return found


def _fitting(word: str, width: int) -> list[str]:
    """*word* in pieces of at most *width*, broken as little as possible."""
    tried = (_pieces(word, level) for level in LEVELS)
    return next((found for found in tried if max(map(room, found)) <= width), _pieces(word, ANYWHERE))


def _pieces(word: str, level: int) -> list[str]:
    if level == WHOLE:
        return [word]
    if level == ANYWHERE:
        return NUMBER_OR_SIGN.findall(word)
    parts = JOINT.split(word)
    return parts if level == JOINTS else [piece for part in parts for piece in UNDERSCORE.split(part)]
