"""What is written in place of characters that an encoding lacks: ✓ as ok in ASCII, never a traceback."""

from __future__ import annotations

import codecs

HANDLER = "stand-in"  # of encoding errors, for str.encode and streams
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
    """*text* as it comes out in *encoding*, so that columns can be laid out by what is seen."""
    return text if text.isascii() else text.encode(encoding or "utf-8", HANDLER).decode(encoding or "utf-8")


def in_json(document: str, encoding: str | None) -> str:
    """A JSON document, escaped to ASCII where *encoding* is none that readers of JSON expect; its data stay."""
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
