"""The table of `paramcount flops --conventions`: each way of counting training FLOPs, against the exact count."""

from __future__ import annotations

from typing import Any

from paramcount.costs.conventions import EXACT, Convention
from paramcount.report.rows import Column, Sheet

WAYS = (
    Column("name", "convention"),
    Column("about", "FLOPs"),
    Column("flops", "all digits", "count"),
    Column("share_of_exact", "share of exact", "share"),
    Column("source", "source"),
)


def ways_sheet(ways: list[Convention]) -> Sheet:
    """A row per convention."""
    exact = _exact(ways)
    return Sheet(
        WAYS,
        [{**way._asdict(), "about": f"{float(way.flops):.3e}", "share_of_exact": way.flops / exact} for way in ways],
    )


def stated_ways(ways: list[Convention]) -> list[dict[str, Any]]:
    """The same rows for JSON."""
    exact = _exact(ways)
    return [
        {"name": way.name, "flops": way.flops, "share_of_exact": way.flops / exact, "source": way.source}
        for way in ways
    ]


def _exact(ways: list[Convention]) -> int:
    return next((way.flops for way in ways if way.name == EXACT), 1)
