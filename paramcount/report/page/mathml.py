"""Formulas as MathML, from the text that the terminal prints, such as n_layers·(4·d_model² + 1)."""

from __future__ import annotations

import re
from html import escape

TOKEN = re.compile(
    r"(?P<size>[A-Za-z][A-Za-z0-9_.]*)|(?P<number>\d+)|(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)|(?P<sign>[+−·/()])|\s+|(?P<other>.)"
)
DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def mathml(text: str) -> str:
    """*text* as math elements, one per term so that lines break between terms.

    A single letter before an underscore is in italics, and what follows is its subscript.
    """
    terms: list[list[str]] = [[]]
    depth = 0
    for found in TOKEN.finditer(text):
        depth += {"(": 1, ")": -1}.get(found["sign"] or "", 0)
        if depth == 0 and found["sign"] in ("+", "−") and terms[-1]:
            terms.append([])
        parts = terms[-1]
        if found["size"]:
            parts.append(_size(found["size"]))
        elif found["number"]:
            parts.append(f"<mn>{found['number']}</mn>")
        elif found["power"] and parts:
            parts[-1] = f"<msup>{parts[-1]}<mn>{found['power'].translate(DIGITS)}</mn></msup>"
        elif found["sign"]:
            parts.append(f"<mo>{found['sign']}</mo>")
        elif found["other"]:
            parts.append(f"<mtext>{escape(found['other'])}</mtext>")
    return " ".join(f"<math>{''.join(parts)}</math>" for parts in terms)


def labelled(symbol: str) -> str:
    """A size's name as HTML, which screen readers read where they don't read MathML."""
    letter, _, index = symbol.partition("_")
    if len(letter) > 1 or not index:
        return f"<var>{escape(symbol)}</var>"
    return f"<var>{escape(letter)}<sub>{escape(index)}</sub></var>"


def _size(symbol: str) -> str:
    letter, _, index = symbol.partition("_")
    if len(letter) > 1 or not index:
        return f'<mi mathvariant="normal">{symbol}</mi>' if len(symbol) > 1 else f"<mi>{symbol}</mi>"
    return f"<msub><mi>{letter}</mi><mtext>{index}</mtext></msub>"
