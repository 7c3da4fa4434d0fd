"""Text of others in documents that do something with some of it: Markdown makes links, LaTeX runs commands."""

import re

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "✓": r"$\checkmark$"}
_TEX |= {"✗": r"$\times$", "·": r"$\cdot$", "×": r"$\times$", "−": r"$-$", "–": "--", "≠": r"$\neq$", "≈": r"$\approx$"}
_TEX |= {"²": r"$^{2}$", "³": r"$^{3}$", "√": r"$\surd$", "→": r"$\to$", "…": r"\ldots{}", "≤": r"$\leq$"}
_TEX |= {char: "\\" + char for char in "&%$#_{}"}
_OPTION = ("[", "*")  # behind a row's end (or a rule) they would be read as its argument

_MARKS = re.compile(r"[\\`<>\[\]|]")
_BLOCK = re.compile(r"^(\s*)([#+*=~-])", re.MULTILINE)  # begins a heading, a list or a rule
_LINKED = re.compile(r"://|@|www\.|mailto:|xmpp:", re.IGNORECASE)  # without any mark, by GitHub and others


def tex(text: str) -> str:
    """*text* as LaTeX prints it, in a table's cell or anywhere."""
    escaped = "".join(_TEX.get(char, char) for char in text)
    return "{}" + escaped if escaped.lstrip().startswith(_OPTION) else escaped


def markdown(text: str) -> str:
    """*text*, of one line or several, as Markdown prints it: no link, no HTML, no end of a cell."""
    return _BLOCK.sub(r"\1\\\2", re.sub(r"\S+", lambda word: _word(word[0]), text))


def _word(word: str) -> str:
    if not _LINKED.search(word):
        return _MARKS.sub(r"\\\g<0>", word)
    fence = "`" * (max(map(len, re.findall("`+", word)), default=0) + 1)
    room = " " if word[0] == "`" or word[-1] == "`" else ""
    return fence + room + word.replace("|", r"\|") + room + fence
