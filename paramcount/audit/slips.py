"""Slips of the pen, and how a number could have been meant instead."""

from collections.abc import Iterator


def slips(text: str) -> Iterator[str]:
    """Texts that differ from *text* in one digit, in the order of two neighbours, or in one zero too many or too few.

    They are what may have been meant where *text* was printed; digits stand where they stood, all else is kept.
    """
    seen = {text}
    for slip in (*_changed(text), *_swapped(text), *_zeros(text)):
        if slip not in seen and not _leading_zero(slip):
            seen.add(slip)
            yield slip


def _changed(text: str) -> Iterator[str]:
    for place, char in enumerate(text):
        if char.isdigit():
            yield from (text[:place] + other + text[place + 1 :] for other in "0123456789" if other != char)


def _swapped(text: str) -> Iterator[str]:
    for place in range(len(text) - 1):
        one, two = text[place], text[place + 1]
        if one.isdigit() and two.isdigit() and one != two:
            yield text[:place] + two + one + text[place + 2 :]


def _zeros(text: str) -> Iterator[str]:
    for place, char in enumerate(text):
        if char.isdigit() and (place + 1 == len(text) or not text[place + 1].isdigit()):
            yield text[: place + 1] + "0" + text[place + 1 :]
            if char == "0" and place and text[place - 1].isdigit():
                yield text[:place] + text[place + 1 :]


def _leading_zero(text: str) -> bool:
    return text[:1] == "0" and text[1:2].isdigit()
