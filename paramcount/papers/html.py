"""Reads tables in HTML with lxml; cells that span rows or columns are repeated in each."""

from __future__ import annotations

from typing import Any

from paramcount.extras import need
from paramcount.papers.parsed import MOST_COLUMNS, MOST_ROWS, joined, power

UNSEEN = ("annotation", "annotation-xml", "script", "style", "button")


def tables_of(text: str) -> list[list[list[str]]]:
    """The innermost tables in *text*, each as a list of rows of cells; titles on several lines are joined."""
    need("a table in HTML", "lxml")
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True)
    try:
        document = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, ValueError):  # nothing in it
        return []
    for element in list(document.iter(*UNSEEN, "br", "sup")):
        _replace(element)
    return [_rows(table) for table in document.iter("table") if not table.xpath(".//table")]


def _replace(element: Any) -> None:
    """Remove *element*, leaving a space for a line break and the exponent for a power of ten."""
    stands = " " if element.tag == "br" else ""
    if element.tag == "sup":
        previous = element.getprevious()
        before = (previous.tail if previous is not None else element.getparent().text) or ""
        stands = power(before, element.text_content())
    element.tail = stands + (element.tail or "")
    element.drop_tree()


def _rows(table: Any) -> list[list[str]]:
    rows: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # by column: how many more rows a cell from above spans, and its text
    titles = 0
    for line in table.iter("tr"):
        row: list[str] = []
        cells = [cell for cell in line if cell.tag in ("td", "th")]
        while cells or len(row) in hanging:
            if len(row) in hanging:
                left, text = hanging.pop(len(row))
                if left > 1:
                    hanging[len(row)] = (left - 1, text)
                row.append(text)
                continue
            cell = cells.pop(0)
            text = cell.text_content()
            down = _span(cell, "rowspan", MOST_ROWS)
            for _ in range(_span(cell, "colspan", MOST_COLUMNS)):
                if down > 1:
                    hanging[len(row)] = (down - 1, text)
                row.append(text)
            if len(row) > MOST_COLUMNS:
                break
        titles += len(rows) == titles and all(cell.tag == "th" for cell in line if cell.tag in ("td", "th"))
        rows.append(row)
    return joined(rows, titles)


def _span(cell: Any, name: str, most: int) -> int:
    text = cell.get(name, "1").strip()
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1
