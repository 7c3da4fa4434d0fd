"""A site: a searchable index of models, a page for each, and the audit of the literature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from paramcount.auditing.table import audit
from paramcount.catalog.names import everything
from paramcount.catalog.spec import Spec
from paramcount.papers.tables import tables
from paramcount.report.export import to_markdown
from paramcount.report.findings import findings
from paramcount.report.literature import literature
from paramcount.report.page import filled, page
from paramcount.report.rows import AGREES, Report

INDEX, AUDIT = "index.html", "audit.html"
IMAGE = re.compile(r"^!\[.*\]\(.*\)$\n?", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


def site() -> Iterator[tuple[str, str]]:
    """A website of the catalog, as the name and HTML of each file: an index, the audit, and a page for each model.

    Raises paramcount.errors.MissingLibraryError without Jinja2.

    >>> import paramcount
    >>> next(paramcount.site())[0]
    'index.html'
    """
    yield from files_of(everything(), _literature)


def _literature() -> list[Report]:
    """The reports on the audit of all tables."""
    results = [audit(table) for table in tables().values()]
    return [findings(results), literature(results)]


def files_of(specs: Sequence[Spec], reports: Callable[[], Sequence[Report]]) -> Iterator[tuple[str, str]]:
    """The same for *specs*, with the *reports* on the audit."""
    yield INDEX, filled("index.html.j2", script=("index.js",), models=[_listed(spec) for spec in specs])
    yield AUDIT, filled("audit.html.j2", body=_as_html(reports()))
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
