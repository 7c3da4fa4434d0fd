"""Reads tables in Markdown with markdown-it: pipe tables and HTML tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from paramcount.extras import need
from paramcount.papers.parsed import power

if TYPE_CHECKING:
    from markdown_it.token import Token


def tables_of(text: str) -> list[list[list[str]]]:
    """The tables in *text*, each as a list of rows of cells, without emphasis, links and footnote marks."""
    need("a table in Markdown", "markdown_it")
    from markdown_it import MarkdownIt

    tables: list[list[list[str]]] = []
    html = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in ("th_open", "td_open"):
            tables[-1][-1].append("")
        elif token.type == "inline" and tables and tables[-1] and token.level > 3:
            tables[-1][-1][-1] = _text(token)
        elif token.type == "html_block":
            html += token.content
    if re.search(r"<table\b", html, re.IGNORECASE):
        from paramcount.papers.html import tables_of as of_html

        tables += of_html(html)
    return tables


def _text(token: Token) -> str:
    """The text of a cell; <sup> is either a footnote mark or the exponent of a power of ten."""
    text, raised = "", None
    for child in token.children or []:
        if child.type == "html_inline":
            tag = child.content.lower()
            if tag.startswith("<sup"):
                raised = ""
            elif tag.startswith("</sup") and raised is not None:
                text, raised = text + power(text, raised), None
            elif tag.startswith("<br"):
                text += " "
        elif child.type in ("softbreak", "hardbreak"):
            text += " "
        elif raised is not None:
            raised += child.content
        else:
            text += child.content
    return re.sub(r"\[\^\w+\]", "", _plain_math(text))


def _plain_math(text: str) -> str:
    """*text* with simple LaTeX formulas as plain text: 12,288 for `$12{,}288$`."""
    if "$" not in text:
        return text
    for tex, plain in ((r"\times", "×"), (r"\cdot", "·"), (r"\sim", "~"), (r"\approx", "≈"), (r"\,", ""), ("{,}", ",")):
        text = text.replace(tex, plain)
    text = re.sub(r"\\(?:text|mathrm|mathbf|textbf)\{([^{}]*)\}", r"\1", text)
    return re.sub(r"\{([^{}]*)\}", r"\1", text).replace("$", "")
