"""Reads tables in LaTeX with pylatexenc: the text in the cells of a tabular."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from paramcount.errors import InputError
from paramcount.extras import need
from paramcount.papers.parsed import MOST_COLUMNS, joined

ENVIRONMENTS = ("tabular", "tabular*", "tabularx", "tabulary", "longtable", "array", "tblr")
RULES = ("toprule", "midrule", "bottomrule", "hline", "cline", "specialrule", "addlinespace", "rowcolor", "endhead",
         "endfirsthead", "endfoot", "endlastfoot", "thickhline")  # fmt: skip
THROUGH = ("midrule", "hline", "thickhline", "endhead", "endfirsthead")  # a rule below the titles
# The arguments of macros in pylatexenc's notation, and the number of the one that is text, 0 for none.
ARGUMENTS = {
    "multicolumn": ("{{{", 3), "multirow": ("[{[{[{", 6), "makecell": ("[{", 2), "thead": ("[{", 2),
    "shortstack": ("[{", 2), "rotatebox": ("[{{", 3), "textcolor": ("[{{", 3), "num": ("[{", 2), "href": ("{{", 2),
    "textsubscript": ("{", 1), "textsuperscript": ("{", 0), "footnote": ("[{", 0), "footnotemark": ("[", 0),
    "tnote": ("{", 0), "cite": ("[[{", 0), "citep": ("[[{", 0), "citet": ("[[{", 0), "label": ("{", 0), "ref": ("{", 0),
    "cellcolor": ("[{", 0), "rowcolor": ("[{", 0), "vspace": ("{", 0), "hspace": ("{", 0), "cline": ("{", 0),
    "addlinespace": ("[", 0), "specialrule": ("{{{", 0),
}  # fmt: skip
PARTIAL = re.compile(r"\\cmidrule\s*(?:\[[^\]]*\])?\s*(?:\([^)]*\))?\s*(?=\{)")


def tables_of(text: str) -> list[list[list[str]]]:
    """The tables in *text*, each as a list of rows of cells. Raises InputError if pylatexenc can't read it."""
    need("a table in LaTeX", "pylatexenc")
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    try:
        walker = LatexWalker(PARTIAL.sub(r"\\cline", text), latex_context=_walking(), tolerant_parsing=True)
        nodes, *_ = walker.get_latex_nodes()
        return [_rows(environment) for environment in _environments(nodes)]
    except (LatexWalkerError, RecursionError) as error:
        said = str(error).partition("\n")[0][:120]
        raise InputError(f"pylatexenc cannot read this LaTeX ({said}); valid: a tabular") from None


def _environments(nodes: Any) -> Iterator[Any]:
    """The outermost tabulars among *nodes*."""
    for node in nodes or ():
        if getattr(node, "environmentname", "") in ENVIRONMENTS:
            yield node
        else:
            yield from _environments(getattr(node, "nodelist", None))
            arguments = getattr(getattr(node, "nodeargd", None), "argnlist", None)
            yield from _environments([argument for argument in arguments or () if argument is not None])


def _rows(environment: Any) -> list[list[str]]:
    rows: list[list[list[Any]]] = [[[]]]
    below: list[int] = []  # the numbers of rows above each full-width rule
    for node in environment.nodelist:
        macro = getattr(node, "macroname", "")
        if macro in ("\\", "tabularnewline"):
            rows.append([[]])
        elif getattr(node, "specials_chars", "") == "&":
            rows[-1].append([])
        elif macro in RULES:
            below += [len(rows) - 1] if macro in THROUGH else []
        else:
            rows[-1][-1].append(node)
    found = [[text for cell in row for text in _cell(cell)][:MOST_COLUMNS] for row in rows]
    full = [place for place, row in enumerate(found) if any(text.strip() for text in row)]
    rule = next((place for place in below if full and place > full[0]), 0)
    return joined([found[place] for place in full], sum(place < rule for place in full))


def _cell(nodes: list[Any]) -> list[str]:
    """The text of a cell, repeated for each column that it spans; a \\multirow is only in its first row."""
    columns = 1
    for node in nodes:
        if getattr(node, "macroname", "") == "multicolumn":
            count = _text(list((getattr(node.nodeargd, "argnlist", None) or ())[:1])).strip()
            columns = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 1
    return [_text(nodes)] * min(columns, MOST_COLUMNS)


def _text(nodes: list[Any]) -> str:
    text = str(_converter().nodelist_to_text(nodes)).replace("\N{NO-BREAK SPACE}", " ")
    return re.sub(r"\^[†‡§¶*]+", "", text)


@cache
def _walking() -> Any:
    from pylatexenc.latexwalker import get_default_latex_context_db
    from pylatexenc.macrospec import MacroSpec

    context = get_default_latex_context_db()
    specs = [MacroSpec(name, args_parser=arguments) for name, (arguments, _) in ARGUMENTS.items()]
    context.add_context_category("tables", macros=specs, prepend=True)
    return context


def _argument(place: int, before: str = "") -> Any:
    """A function that writes the argument at *place*, which may be missing in broken LaTeX."""

    def written(node: Any, l2tobj: Any) -> str:
        found = getattr(node.nodeargd, "argnlist", None) or ()
        return before + str(l2tobj.nodelist_to_text([found[place - 1]])) if len(found) >= place else ""

    return written


@cache
def _converter() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text, MacroTextSpec, get_default_latex_context_db

    context = get_default_latex_context_db()
    specs = [MacroTextSpec(name, _argument(says) if says else "") for name, (_, says) in ARGUMENTS.items()]
    specs += [MacroTextSpec("textsubscript", _argument(1, "_")), MacroTextSpec(",", ""), MacroTextSpec("sim", "~")]
    context.add_context_category("tables", macros=specs, prepend=True)
    return LatexNodes2Text(latex_context=context, math_mode="text", keep_comments=False)
