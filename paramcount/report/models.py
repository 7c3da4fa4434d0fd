"""The report of `paramcount models`: the catalog, or the models of it that match."""

from __future__ import annotations

from collections.abc import Iterable

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.listing import Listed
from paramcount.report.rows import Column, Report, Sheet

COLUMNS = (
    Column("model", "model"),
    Column("total", "parameters", "count"),
    Column("origin", "source"),
    Column("printed", "printed", aside=True),
    Column("aliases", "aliases", aside=True),
    Column("family", "family", aside=True),
    Column("source", "full source", aside=True),
)
FAMILY_COLUMNS = (Column("family", "family"), Column("summary", "description"), Column("sizes", "sizes"))


def listed(models: Iterable[Listed], whole: bool, quiet: bool = False) -> Report:
    """A line for each of *models*; below the *whole* catalog also the families, whose sizes you give yourself.

    *quiet* prints only the names, one per line. The report is marked as failed if there is no model.
    """
    rows = [{**one._asdict(), "aliases": ", ".join(one.aliases)} for one in models]
    if quiet:
        names = [{"model": row["model"]} for row in rows]
        return Report({"models": names}, (Sheet((COLUMNS[0],), names, header=False),), failed=not rows)
    if not whole:
        parts: tuple[str | Sheet, ...] = (Sheet(COLUMNS, rows),) if rows else ()
        return Report({"models": rows}, parts, failed=not rows)
    families = [{"family": f.name, "summary": f.summary, "sizes": ", ".join(f.fields)} for f in FAMILIES.values()]
    return Report({"models": rows, "families": families}, (Sheet(COLUMNS, rows), Sheet(FAMILY_COLUMNS, families)))
