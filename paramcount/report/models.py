"""What `paramcount models` says: the catalog."""

from __future__ import annotations

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import aliases_of
from paramcount.catalog.spec import Spec
from paramcount.report.rows import Column, Report, Sheet

COLUMNS = (
    Column("model", "model"),
    Column("total", "parameters", "count"),
    Column("printed", "printed"),
    Column("aliases", "aliases"),
    Column("family", "family", wide=True),
    Column("source", "source", wide=True),
)
FAMILY_COLUMNS = (Column("family", "family"), Column("summary", "what it is"), Column("sizes", "sizes", wide=True))


def listed(specs: list[Spec]) -> Report:
    """Every model with its exact count, and the families whose sizes can be given whole."""
    models = [
        {
            "model": spec.name,
            "total": spec.model().total(),
            "printed": ", ".join(figure.printed for figure in spec.published),
            "aliases": ", ".join(aliases_of(spec.name)),
            "family": spec.family.name,
            "source": spec.published[0].source if spec.published else "",
        }
        for spec in specs
    ]
    families = [{"family": f.name, "summary": f.summary, "sizes": ", ".join(f.fields)} for f in FAMILIES.values()]
    return Report({"models": models, "families": families}, (Sheet(COLUMNS, models), Sheet(FAMILY_COLUMNS, families)))


def names_only(names: list[str]) -> Report:
    """A name a line."""
    rows = [{"model": name} for name in names]
    return Report({"models": rows}, (Sheet((Column("model", "model"),), rows, header=False),))
