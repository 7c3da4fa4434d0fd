"""Styles in terminals of many colours, few and none, held against rich."""

import pytest
from rich.color import ColorSystem
from rich.style import Style
from rich.text import Text

from paramcount.report import ansi
from paramcount.report.palette import COLOURS, OTHER

TRUE, MANY, FEW, DUMB = {"COLORTERM": "truecolor"}, {"TERM": "xterm-256color"}, {"TERM": "xterm"}, {"TERM": "dumb"}
EVERY = sorted({*COLOURS.values(), OTHER})


def colour_of(text):
    """The colour that rich reads in *text*, which it has no other style than."""
    [span] = Text.from_ansi(text).spans
    return span.style.color


@pytest.mark.parametrize("style", ["bold", "dim", "bold dim", "green", "bold red", *EVERY, f"bold {OTHER}"])
def test_a_style_is_told_as_rich_tells_it(style):
    assert ansi.paint(TRUE)("a", style) == Style.parse(style).render("a", color_system=ColorSystem.TRUECOLOR)


@pytest.mark.parametrize("colour", EVERY)
def test_of_256_colours_each_light_is_the_nearest(colour):
    shown = colour_of(ansi.paint(MANY)("a", colour)).get_truecolor()
    for level, meant in zip(shown, (int(colour[at : at + 2], 16) for at in (1, 3, 5)), strict=True):
        assert abs(level - meant) == min(abs(other - meant) for other in (0, 95, 135, 175, 215, 255))


def test_of_16_colours_it_is_a_like_one():
    paint = ansi.paint(FEW)
    assert [paint("a", colour) for colour in ("#0000b2", "#009E73", "#888888", "#56B4E9", "#ffffff")] == [
        f"\x1b[{code}ma\x1b[0m" for code in (34, 36, 37, 96, 97)
    ]


def test_without_colours_bold_stays():
    paint = ansi.paint({**MANY, "NO_COLOR": "1"})
    assert [paint("a", style) for style in ("red", OTHER, "bold #888888")] == ["a", "a", "\x1b[1ma\x1b[0m"]


def test_a_dumb_terminal_is_told_nothing():
    assert ansi.paint({**TRUE, **DUMB})("a", "bold red") == "a"


def test_nothing_is_painted_where_there_is_nothing():
    assert ansi.paint(MANY)("", "bold") == ""
    assert ansi.paint(MANY)("a", "") == "a"
