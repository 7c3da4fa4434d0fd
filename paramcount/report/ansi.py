"""Bold, dim and colours as a terminal is told them, the colours as near as it has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32"}
CUBE = (0, 95, 135, 175, 215, 255)  # levels of red, green and blue, of which 216 colours are made
STANDARD = (
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0), (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85), (85, 85, 255), (255, 85, 255), (85, 255, 255),
    (255, 255, 255),
)  # fmt: skip

Paint = Callable[[str, str], str]


def paint(environment: Mapping[str, str]) -> Paint:
    """What gives a text its style ("bold red", "#0072B2") in the terminal of *environment*; a dumb one has none."""
    term = environment.get("TERM", "").lower()
    if term in ("dumb", "unknown"):
        return lambda text, style: text
    if "NO_COLOR" in environment:
        coloured = None
    elif environment.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        coloured = _as_it_is
    else:
        coloured = _of_256 if term.endswith(("-256color", "-kitty")) else _of_16
    return lambda text, style: _painted(text, style, coloured)


def _painted(text: str, style: str, coloured: Callable[[list[int]], str] | None) -> str:
    codes = []
    for word in style.split():
        if word.startswith("#"):
            codes += [coloured([int(word[at : at + 2], 16) for at in (1, 3, 5)])] if coloured else []
        elif coloured or word in ("bold", "dim"):
            codes.append(CODES[word])
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text


def _as_it_is(colour: list[int]) -> str:
    return "38;2;" + ";".join(map(str, colour))


def _of_256(colour: list[int]) -> str:
    red, green, blue = (min(range(6), key=lambda at: abs(CUBE[at] - level)) for level in colour)
    return f"38;5;{16 + 36 * red + 6 * green + blue}"


def _of_16(colour: list[int]) -> str:
    def distance(number: int) -> int:
        return sum((a - b) ** 2 for a, b in zip(STANDARD[number], colour, strict=True))

    nearest = min(range(16), key=distance)
    return str(30 + nearest if nearest < 8 else 82 + nearest)
