"""Substitutes for characters that an encoding lacks, such as ok for ✓ in ASCII, so that printing never fails."""

from __future__ import annotations

import codecs

HANDLER = "stand-in"  # the error handler for str.encode and streams
STAND_INS = {
    **dict.fromkeys("·⋅⊗", "*"),
    **dict.fromkeys("×✗", "x"),
    **dict.fromkeys("−–—", "-"),
    **dict.fromkeys("“”", '"'),
    **dict.fromkeys("█▉▊▋▌", "#"),
    **dict.fromkeys("▍▎▏", "."),
    **dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", (f"^{digit}" for digit in range(10)), strict=True)),
    **{"✓": "ok", "…": "...", "≠": "!=", "≈": "~", "≤": "<=", "≥": ">=", "→": "->", "√": "sqrt", "±": "+-"},
    **{"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "Σ": "sum"},
}


def spelled(text: str, encoding: str | None) -> str:
    """*text* with the substitutes that *encoding* needs, so that columns are laid out for what is shown."""
    return text if text.isascii() else text.encode(encoding or "utf-8", HANDLER).decode(encoding or "utf-8")


def in_json(document: str, encoding: str | None) -> str:
    """*document*, escaped to ASCII unless *encoding* is UTF-8; its data stay the same."""
    if document.isascii() or codecs.lookup(encoding or "utf-8").name == "utf-8":
        return document
    import json

    return "".join(c if c.isascii() else json.dumps(c)[1:-1] for c in document)


def _stand_in(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(STAND_INS.get(c) or ascii(c)[1:-1] for c in lacking), error.end


codecs.register_error(HANDLER, _stand_in)
