"""Reads cells as people print them: 110M params, 1.23 B, ~125M, 1.3×10⁹, 2,048, 12 x 64, with footnote marks."""

import re

from paramcount.quantity import UNITS

EMPTY = ("-", "–", "—", "−", "N/A", "n/a", "NA", "?", "…", "...", "TBD", "/")
LONGEST = 200  # characters of a cell that is parsed
_MARKS = re.compile(
    r"\s*(?:\^?\{?[*∗⋆†‡§¶‖♠♣♥♦♢♡]+\}?|\[\^?\w{1,4}\]|\^\{?[a-z\d]\}?|(?<=\d|[KMBT])[⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈ]+)$"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_WORDS = {"thousand": "K", "million": "M", "billion": "B", "trillion": "T", "mn": "M", "bn": "B"}
_COUNT = re.compile(
    r"[~∼≈≃]?\s*(\d[\d,]*(?:\.\d+)?)\s*(k|m|b|t|thousand|million|billion|trillion|mn|bn)?\s*(?:params?\.?|parameters?)?",
    re.IGNORECASE | re.ASCII,
)
_POWER = re.compile(r"[~∼≈≃]?\s*(\d)(?:\.(\d+))?\s*(?:[×x*·]\s*10\s*\^?\{?|[eE])\+?(\d{1,2})\}?", re.ASCII)
_SPACES = re.compile(r"(?<=\d)[\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}](?=\d{3}(?!\d))")
_PAIR = re.compile(r"(\d{1,6})\s*[x×*·]\s*(\d{1,6})")
_SHARED = re.compile(r"(\d{1,6})\s*/\s*(\d{1,6})")
ROUNDED = re.compile(r"[~∼≈≃]\s*\d[\d,]*(?:\.\d+)?[KkMm]?|\d[\d,]*(?:\.\d+)?\s*[KkMm]")


def bare(cell: str) -> str:
    """*cell* without surrounding space and footnote marks; "" for a dash and the like."""
    if len(cell) > LONGEST:
        return cell
    text = _SPACES.sub("", cell.strip())
    if re.search(r"10[⁰¹²³⁴⁵⁶⁷⁸⁹]+$", text) and re.search(r"[×x*·]\s*10[^\d]*$", text):
        text = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹]+)$", lambda match: f"10^{match[1].translate(_RAISED)}", text)
    while (match := _MARKS.search(text)) and not re.search(r"10\^\d+$", text):
        text = text[: match.start()]
    return "" if text in EMPTY else text


def count_of(cell: str, unit: str = "") -> str:
    """*cell* as a printed figure: 110M for `110M params`, 1.3B for 1.3×10⁹, 124M for 124 with *unit* M in the title.

    Anything else is returned unchanged.
    """
    text = bare(cell)
    if match := _POWER.fullmatch(text):
        return _with_unit(match[1], match[2] or "", int(match[3]))
    match = _COUNT.fullmatch(text)
    if match is None:
        return text
    said = (match[2] or unit).lower()
    return match[1] + _WORDS.get(said, said.upper())


def _with_unit(whole: str, decimals: str, exponent: int) -> str:
    """A number with a unit and as many digits: 124M for 1.24·10^8."""
    last = exponent - len(decimals)
    unit = next((sign for sign, power in UNITS.items() if sign and power >= last), "")
    if not unit or last < 0:
        return f"{whole}.{decimals}e{exponent}"
    places = UNITS[unit] - last
    digits = f"{whole}{decimals}".rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}{unit}" if places else f"{digits}{unit}"


def size_of(cell: str) -> str:
    """*cell* as a size: 2048 for 2,048; anything else is returned unchanged."""
    text = bare(cell)
    return text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+", text, re.ASCII) else text


def pair_of(cell: str, title: str) -> dict[str, str]:
    """The sizes in `12 x 64`, heads and their width, or in `28 / 4` under a *title* with KV; otherwise empty."""
    if match := _PAIR.fullmatch(bare(cell)):
        return {"n_heads": match[1], "d_head": match[2]}
    match = _SHARED.fullmatch(bare(cell)) if "kv" in title.lower() else None
    return {"n_heads": match[1], "n_kv_heads": match[2]} if match else {}


def switch_of(cell: str) -> bool | None:
    """The value of a switch such as `tied`; None if *cell* is not recognised."""
    text = bare(cell).lower()
    return {"true": True, "yes": True, "✓": True, "✔": True, "1": True, "false": False, "no": False, "✗": False,
            "✘": False, "×": False, "0": False}.get(text)  # fmt: skip
