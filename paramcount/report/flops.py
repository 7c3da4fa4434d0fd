"""What `paramcount flops` and `paramcount cache` say."""

from __future__ import annotations

from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.costs.cache import Cache, Kind
from paramcount.costs.conventions import EXACT, FORWARD_AND_BACKWARD, Convention, conventions
from paramcount.costs.run import Run
from paramcount.costs.stated import Costed
from paramcount.costs.work import Work, multiplied
from paramcount.ledger.operation import CROSS_PAIR, PAIR, SOURCE, SOURCE_PAIR, TOKEN
from paramcount.ledger.polynomial import Polynomial
from paramcount.report.rows import Column, Report, Sheet

COMPONENTS = (
    Column("name", "component"),
    Column("formula", "FLOPs", "formula"),
    Column("flops", "in this run", "count"),
    Column("share", "share", "share"),
    Column("bar", "", "bar"),
)
WAYS = (
    Column("name", "convention"),
    Column("about", "FLOPs"),
    Column("flops", "exactly", "count", wide=True),
    Column("share_of_exact", "of the exact", "share"),
    Column("source", "source"),
)
CACHE = (
    Column("name", "kind"),
    Column("layers", "layers", "count"),
    Column("numbers", "numbers a token", "count"),
    Column("per_token", "bytes a token", "count"),
    Column("bytes", "bytes", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)"),
)
WORDS = (
    "FLOPs: two for each multiply-add of a matrix product; norms, softmax, activations and lookups are none. "
    "A tied head is multiplied, an embedding is not."
)
FULL = "Attention is taken as full in every layer: bands and windows that a paper adds (GPT-3, Mistral) are left out."


def flops_report(spec: Spec, cost: Costed, run: Run, train: bool, tokens: int | None, ways: bool) -> Report:
    """The FLOPs of *run*, or of training on *tokens* under every convention if *ways*."""
    factor = FORWARD_AND_BACKWARD if train else 1
    rows = _rows(cost, run, factor)
    total = sum(row["flops"] for row in rows)
    found = conventions(spec, cost, run, tokens or run.batch * run.seq) if ways else []
    exact = next((way.flops for way in found if way.name == EXACT), 0)
    lines: list[str | Sheet] = [_heading(spec, cost, run, train), Sheet(COMPONENTS, [*rows, _total(total)])]
    if found:
        lines = [_training(spec, run, tokens), Sheet(WAYS, [_way(way, exact) for way in found])]
    document = {
        "model": spec.name,
        "run": _stated(run),
        "attention": run.attention,
        "train": train,
        "total": total,
        "per_token": total / run.tokens,
        "components": [
            {"name": row["name"], "formula": str(row["formula"]), "flops": row["flops"], "share": row["share"]}
            for row in rows
        ],
        "conventions": [
            {"name": way.name, "flops": way.flops, "share_of_exact": way.flops / exact, "source": way.source}
            for way in found
        ],
    }
    full = [FULL] if cost.causal and spec.family.configured(spec.sizes) is None else []
    return Report(document, (*lines, *_attention(cost, run), *full, WORDS))


def cache_report(spec: Spec, found: Cache) -> Report:
    """The bytes that a cache takes, by kind of layer."""
    run = found.run
    tokens = f"{run.batch:,} × {run.seq:,} tokens{_source(run)}"
    heading = f"{spec.title()} ({spec.family.kind}): the cache of {tokens} in {found.dtype}"
    rows = [_kind_row(kind) for kind in found.kinds]
    if len(rows) > 1:
        rows.append(
            {
                "name": "total",
                "per_token": found.bytes_per_token,
                "bytes": found.total_bytes,
                **_units(found.total_bytes),
                "strong": True,
            }
        )
    document = {
        "model": spec.name,
        "dtype": found.dtype,
        "run": _stated(run),
        "total_bytes": found.total_bytes,
        "bytes_per_token": found.bytes_per_token,
        "kinds": [{"name": kind.name, "layers": kind.keep.layers, "bytes": kind.total_bytes} for kind in found.kinds],
    }
    return Report(document, (heading, Sheet(CACHE, rows), *_windows(found)))


def _kind_row(kind: Kind) -> dict[str, Any]:
    token = {"numbers": kind.keep.numbers, "per_token": kind.bytes_each} if kind.keep.per == TOKEN else {}
    return {
        "name": kind.name,
        "layers": kind.keep.layers,
        **token,
        "bytes": kind.total_bytes,
        **_units(kind.total_bytes),
    }


def _units(total: int) -> dict[str, str]:
    return {"gb": f"{total / 1e9:,.3f}", "gib": f"{total / 2**30:,.3f}"}


def _windows(found: Cache) -> list[str]:
    """Up to which length a window holds, and the two ways of keeping one."""
    sizes = sorted({kind.keep.window.size for kind in found.kinds if kind.keep.window})
    return [
        f"A window of {size:,} holds {size - 1:,} tokens after a run, and {size:,} with the next one, "
        "which a cache of fixed size sets aside."
        for size in sizes
    ]


def _stated(run: Run) -> dict[str, Any]:
    return {"batch": run.batch, "seq": run.seq, "cached": run.cached, "source": run.source or None}


def _rows(cost: Costed, run: Run, factor: int) -> list[dict[str, Any]]:
    """A row for each component and what it is multiplied for; the two products of attention are one of their own."""
    total = cost.flops(run)
    rows = ((line, line.flops(run, cost.causal)) for line in cost.work)
    return [_row(line, flops, factor, total) for line, flops in rows if flops]


def _row(line: Work, flops: int, factor: int, total: int) -> dict[str, Any]:
    name = f"{line.component}, {line.per}s" if line.per != TOKEN else line.component
    name = f"{name} within {line.window.size:,}" if line.window else name
    share = flops / total
    formula: Polynomial = factor * line.formula()
    return {
        "name": name,
        "formula": formula,
        "flops": factor * flops,
        "share": share,
        "bar": share,
    }


def _total(total: int) -> dict[str, Any]:
    return {"name": "total", "flops": total, "share": 1.0, "strong": True}


def _way(way: Convention, exact: int) -> dict[str, Any]:
    return {**way._asdict(), "about": f"{float(way.flops):.3e}", "share_of_exact": way.flops / exact}


def _heading(spec: Spec, cost: Costed, run: Run, train: bool) -> str:
    what = "forward and backward" if train else "forward"
    cached = f", {run.cached:,} of each cached" if run.cached else ""
    tokens = f"tokens = {run.tokens:,}, pairs = {run.pairs(cost.causal):,} ({run.attention})"
    heading = f"{spec.title()} ({spec.family.kind}): {what}, {run.batch:,} × {run.seq:,} tokens{cached}{_source(run)}"
    return f"{heading}\n  {tokens}{_of_source(run)}"


def _source(run: Run) -> str:
    return f", a source of {run.source:,}" if run.source else ""


def _of_source(run: Run) -> str:
    """How often what is multiplied for a source is."""
    if not run.source:
        return ""
    pers = (SOURCE, SOURCE_PAIR, CROSS_PAIR)
    return "".join(f", {per}s = {run.times(per, causal=False):,}" for per in pers)


def _training(spec: Spec, run: Run, tokens: int | None) -> str:
    said = f"{tokens:,} tokens" if tokens else "one sequence"
    return f"{spec.title()} ({spec.family.kind}): training on {said}, in sequences of {run.seq:,}"


def _attention(cost: Costed, run: Run) -> list[str]:
    """Whether the pairs of attention make its products the dearer ones, and from which length on."""
    weights = int(multiplied(cost.work))
    pairs = sum(int(line.macs) for line in cost.work if line.per == PAIR)
    if not pairs or any(line.window or line.per in (SOURCE_PAIR, CROSS_PAIR) for line in cost.work):
        return []
    share = pairs * run.pairs(cost.causal) / (pairs * run.pairs(cost.causal) + weights * run.tokens)
    even, causal = weights / pairs, 2 * weights / pairs - 1
    until = f"{even:,.0f} tokens" + (
        f" where all pairs count, {causal:,.0f} where the mask's do" if cost.causal else ""
    )
    return [f"Pairs of queries and keys are {share:.1%} of the products here; they outweigh the weights from {until}."]
