"""A site: a searchable index of models, a page for each, and the audit of the literature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from paramcount.catalog.spec import Spec
from paramcount.report.export import to_markdown
from paramcount.report.page import filled, page
from paramcount.report.rows import AGREES, Report

INDEX, AUDIT = "index.html", "audit.html"
IMAGE = re.compile(r"^!\[.*\]\(.*\)$\n?", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def site(specs: Sequence[Spec], audit: Sequence[Report]) -> Iterator[tuple[str, str]]:
    """The name and text of each file: the index, the *audit* reports on one page, and a page for each of *specs*.

    Raises MissingLibraryError without Jinja2.
    """
    yield INDEX, filled("index.html.j2", script=("index.js",), models=[_listed(spec) for spec in specs])
    yield AUDIT, filled("audit.html.j2", body=_as_html(audit))
    for spec in specs:
        yield f"{spec.name}.html", page([spec], home=INDEX)


def _listed(spec: Spec) -> dict[str, object]:
    model = spec.model()
    printed = [f"{figure.printed} {AGREES[figure.agrees(model)]}" for figure in spec.published]
    return {"name": spec.name, "family": spec.family.name, "total": model.total(), "printed": ", ".join(printed)}


def _as_html(reports: Sequence[Report]) -> str:
    from markdown_it import MarkdownIt

    text = "\n".join(to_markdown(report, _cell) for report in reports)
    return str(MarkdownIt("commonmark", {"html": True}).enable("table").render(_own_links(IMAGE.sub("", text))))


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


def _own_links(text: str) -> str:
    """*text* with only the links to its own anchors or outside the site; other links become plain words."""
    anchors = set(re.findall(r'<a id="([^"]+)">', text))

    def kept(link: re.Match[str]) -> str:
        leads = link[2].startswith("http") or link[2].removeprefix("#") in anchors
        return link[0] if leads else link[1]

    return LINK.sub(kept, text)
