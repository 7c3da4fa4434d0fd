"""How text is broken into lines: at spaces, formulas at their signs, commands at their options; a number never."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

LONGEST = 72  # columns that a formula takes, in a pipe too, unless one of its terms is longer
COMMAND = 78  # columns that a command takes in a pipe
IS_COMMAND = re.compile(r"\s*paramcount \S")
OPTION = re.compile(r" (?=-)")
SPACE = re.compile(r"(?<=\s)(?=[^\s%·×=])")  # 5.2 % stays together, and no line begins with a sign between two
SIGN = re.compile(r"(?<= )(?=[+−/×-] )")
LABEL = re.compile(r"\s*\S.*?\S {2,}(?=\S)")
FACTOR = re.compile(r"(?<=[·*/(])(?=\S)")
JOINT = re.compile(r"(?<=[\s·*/(=&?@])(?=.)|(?<=[.,:-])(?=\D)")
UNDERSCORE = re.compile(r"(?<=_)(?=.)")
NUMBER_OR_SIGN = re.compile(r"[−+-]?\d[\d.,]*(?:[eE][+-]?\d+)?|.")
WHOLE, JOINTS, UNDERSCORES, ANYWHERE = LEVELS = range(4)  # where a word may be broken, best first


def columns(text: str) -> int:
    """How many columns *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


@lru_cache(maxsize=1 << 12)
def least(text: str, formula: bool = False, hang: str = "", level: int = WHOLE) -> int:
    """How many columns *text* needs at the least if words may be broken as *level* says."""
    parts = terms(text) if formula else words(text)
    pieces = [columns(piece.rstrip()) for part in parts for piece in _pieces(part, level)]
    return max([*pieces[:1], *(len(hang) + piece for piece in pieces[1:])], default=0)


@lru_cache(maxsize=1 << 14)
def lines(text: str, width: int, formula: bool = False, hang: str = "") -> tuple[str, ...]:
    """*text* in lines of at most *width*, unless a number is longer; those behind the first come after *hang*."""
    if columns(text) <= width and "\n" not in text:
        return (text.rstrip(),)
    if formula:
        if least(text, formula=True) <= width:
            return tuple(at_signs(text, width))
        return tuple(line.rstrip() for line in _filled(_factors(text), width))
    return tuple(line.rstrip() for one in text.splitlines() or [""] for line in _filled(words(one), width, hang))


def note(line: str, width: int | None) -> Iterator[str]:
    """A *line* of text between tables, going on below its second word or behind its label; a command can be copied."""
    if IS_COMMAND.match(line):
        yield from command(line, COMMAND if width is None else width)
    elif width is None or columns(line) <= width:
        yield line
    else:
        indent = len(line) - len(line.lstrip())
        label = LABEL.match(line)
        hang = label.end() if label and label.end() <= width // 2 else min(indent + 2, width // 4)
        yield from (piece.rstrip() for piece in _filled(words(line), width, " " * hang))


def command(line: str, width: int, indent: str = "  ") -> Iterator[str]:
    """A command in lines of at most *width* that a shell reads as one, an option in one with its value."""
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
    """An *option* or what stands before the first of them, in words where it is too long for a line."""
    fits = len(before) + len(option) + 4 <= width
    return [option] if fits or "'" in option or '"' in option else _words_of(option)


def _words_of(option: str) -> list[str]:
    first, *rest = option.lstrip().split(" ")
    return [option[: len(option) - len(option.lstrip())] + first, *rest]


def terms(formula: str) -> list[str]:
    """What of a formula stays in one piece."""
    return [term.rstrip() for term in SIGN.split(formula)]


def _factors(formula: str) -> list[str]:
    """What of a formula stays in one piece where its terms are too long."""
    return [factor for term in SIGN.split(formula) for factor in FACTOR.split(term)]


def words(text: str) -> list[str]:
    """The words of *text*, each with the space behind it."""
    return SPACE.split(text)


def at_signs(formula: str, width: int) -> list[str]:
    """*formula* in lines of at most *width*, unless a term is longer: each breaks before the outermost, last sign.

    A fraction's stroke is a sign too, and the last that a line breaks at.
    """
    found = []
    while columns(formula) > width:
        signs = [match.start() for match in SIGN.finditer(formula)]
        places = [at for at in signs if columns(formula[:at].rstrip()) <= width] or signs[:1]
        if not places:
            break
        cut = min(places, key=lambda at: (_depth(formula[:at]), formula[at] == "/", -at))
        found.append(formula[:cut].rstrip())
        formula = formula[cut:]
    return [*found, formula]


def _depth(before: str) -> int:
    return before.count("(") - before.count(")")


def _filled(words: Iterable[str], width: int, hang: str = "") -> list[str]:
    """*words* in lines of at most *width*, those behind the first after *hang*."""
    found = [""]
    for word in words:
        whole = columns(word.rstrip()) <= (width if found == [""] else width - len(hang))
        for part in [word] if whole else _fitting(word, width - len(hang)):
            if found[-1].strip() and columns(found[-1] + part.rstrip()) > width:
                found.append(hang)
            found[-1] += part
    return found


def _fitting(word: str, width: int) -> list[str]:
    """*word* in pieces of at most *width*, broken as little as can be."""
    tried = (_pieces(word, level) for level in LEVELS)
    return next((found for found in tried if max(map(columns, found)) <= width), _pieces(word, ANYWHERE))


def _pieces(word: str, level: int) -> list[str]:
    if level == WHOLE:
        return [word]
    if level == ANYWHERE:
        return NUMBER_OR_SIGN.findall(word)
    parts = JOINT.split(word)
    return parts if level == JOINTS else [piece for part in parts for piece in UNDERSCORE.split(part)]
