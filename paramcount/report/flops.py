"""The report of `paramcount flops`: by component, layer or token; several models side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

from paramcount.catalog.spec import Spec
from paramcount.costs.conventions import Convention
from paramcount.costs.flops import component_of
from paramcount.costs.latent import absorbed
from paramcount.costs.passes import FORWARD_AND_BACKWARD, flash_flops, hardware_flops, model_flops
from paramcount.costs.run import Run
from paramcount.costs.spread import Share, by_layer, by_token
from paramcount.costs.stated import Costed
from paramcount.costs.work import Work, multiplied
from paramcount.ledger.operation import CROSS_PAIR, PAIR, SCORED, SOURCE, SOURCE_PAIR
from paramcount.ledger.polynomial import Polynomial
from paramcount.report.conventions import stated_ways, ways_sheet
from paramcount.report.rows import Column, Report, Sheet

COMPONENTS = (
    Column("name", "component"),
    Column("formula", "FLOPs", "formula"),
    Column("flops", "in this run", "count"),
    Column("share", "share", "share"),
    Column("bar", "", "bar"),
)
LAYERS = (
    Column("name", "layers"),
    Column("layers", "number", "count"),
    Column("each", "FLOPs per layer", "count"),
    Column("flops", "FLOPs", "count"),
    Column("share", "share", "share"),
    Column("bar", "", "bar"),
)
TOKENS = (
    Column("name", "token"),
    Column("flops", "FLOPs", "count"),
    Column("ratio", "times the first", "number"),
)
WORDS = (
    "FLOPs: two per multiply-add in matrix products. Norms, softmax, activations and embedding lookups are not "
    "counted; an output head is, tied or not."
)
FULL = "Attention is counted as full in every layer, without the bands or windows of some papers (GPT-3, Mistral)."
UTILISATION = "MFU is model FLOPs, and HFU hardware FLOPs, as a share of the hardware's peak over the same time."


class Asked(NamedTuple):
    """What to show of a run: training or the forward pass, what is recomputed, and the rows."""

    train: bool = False
    recompute: str = "none"
    tokens: int | None = None
    by: str = "component"
    conventions: bool = False


class Answer(NamedTuple):
    """The cost of *run* for *spec*; *ways* are the conventions to show, *stores* a checkpoint's size in bytes."""

    spec: Spec
    cost: Costed
    run: Run
    ways: list[Convention]
    stores: int | None = None

    @property
    def title(self) -> str:
        """The model's name and kind."""
        return f"{self.spec.title()} ({self.spec.family.kind})"


def flops_report(answers: list[Answer], asked: Asked) -> Report:
    """The FLOPs of a run, or of training; several models as columns, or one after the other."""
    documents = [_document(one, asked) for one in answers]
    if len(answers) > 1 and asked.by == "component" and not asked.conventions:
        parts: list[str | Sheet] = ["\n".join(_heading(one, asked) for one in answers), _side_by_side(answers, asked)]
        parts += [f"{one.title}: {line}" for one in answers for line in _lines(one, asked)]
    else:
        parts = [part for one in answers for part in _alone(one, asked)]
    words = [WORDS, *([UTILISATION] if asked.train else [])]
    return Report(documents if len(answers) > 1 else documents[0], (*parts, *words))


def _alone(one: Answer, asked: Asked) -> list[str | Sheet]:
    return [*_answered(one, asked), *_lines(one, asked)]


def _answered(one: Answer, asked: Asked) -> list[str | Sheet]:
    if asked.conventions:
        return [_training(one, asked), ways_sheet(one.ways)]
    heading = _heading(one, asked)
    if asked.by == "layer":
        return [heading, Sheet(LAYERS, [*_layer_rows(one, asked), _total(one, asked)])]
    if asked.by == "token":
        return [heading, Sheet(TOKENS, _token_rows(one, asked))]
    return [heading, Sheet(COMPONENTS, [*_rows(one, asked), _total(one, asked)])]


def _document(one: Answer, asked: Asked) -> dict[str, Any]:
    run, cost = one.run, one.cost
    total = _factor(asked) * cost.flops(run)
    document: dict[str, Any] = {
        "model": one.spec.name,
        **one.spec.mark(),
        "run": stated(run),
        "attention": run.attention,
        "train": asked.train,
        "total": total,
        "per_token": total / run.tokens,
        "components": [
            {"name": row["name"], "formula": str(row["formula"]), "flops": row["flops"], "share": row["share"]}
            for row in _rows(one, asked)
        ],
        "conventions": stated_ways(one.ways),
    }
    if asked.train:
        document["hardware"] = {"recompute": asked.recompute, "flops": hardware_flops(cost, run, asked.recompute)}
    if asked.train and asked.tokens:
        document["training"] = {"tokens": asked.tokens, **_of_training(one, asked, asked.tokens)}
    if asked.by == "layer":
        document["layers"] = [
            {"name": share.name, "layers": share.layers, "flops": _factor(asked) * share.flops}
            for share in by_layer(cost, run)
        ]
    if asked.by == "token":
        document["tokens"] = [
            {"name": share.name, "flops": _factor(asked) * share.flops} for share in by_token(cost, run)
        ]
    return document


def stated(run: Run) -> dict[str, Any]:
    """The run, for JSON."""
    return {"batch": run.batch, "seq": run.seq, "cached": run.cached, "source": run.source or None}


def _factor(asked: Asked) -> int:
    return FORWARD_AND_BACKWARD if asked.train else 1


def _rows(one: Answer, asked: Asked) -> list[dict[str, Any]]:
    """A row per component and unit (token, pair); the two products of attention have a row of their own."""
    total = one.cost.flops(one.run)
    rows = ((line, line.flops(one.run, one.cost.causal)) for line in one.cost.work)
    return [_row(line, flops, _factor(asked), total) for line, flops in rows if flops]


def _row(line: Work, flops: int, factor: int, total: int) -> dict[str, Any]:
    formula: Polynomial = factor * line.formula()
    share = flops / total
    return {"name": component_of(line), "formula": formula, "flops": factor * flops, "share": share, "bar": share}


def _layer_rows(one: Answer, asked: Asked) -> list[dict[str, Any]]:
    total = one.cost.flops(one.run)
    return [_layer_row(share, _factor(asked), total) for share in by_layer(one.cost, one.run)]


def _layer_row(share: Share, factor: int, total: int) -> dict[str, Any]:
    part, flops = share.flops / total, factor * share.flops
    each = flops // share.layers if share.layers and flops % share.layers == 0 else None
    return {"name": share.name, "layers": share.layers, "each": each, "flops": flops, "share": part, "bar": part}


def _token_rows(one: Answer, asked: Asked) -> list[dict[str, Any]]:
    shares = by_token(one.cost, one.run)
    first = shares[0].flops
    return [
        {"name": share.name, "flops": _factor(asked) * share.flops, "ratio": share.flops / first} for share in shares
    ]


def _total(one: Answer, asked: Asked) -> dict[str, Any]:
    return {"name": one.spec.of_all(), "flops": _factor(asked) * one.cost.flops(one.run), "share": 1.0, "strong": True}


def _side_by_side(answers: list[Answer], asked: Asked) -> Sheet:
    """A row per component and a column per model."""
    columns = (
        Column("name", "component"),
        *(Column(str(at), one.spec.title(), "count", header=one.spec.title()) for at, one in enumerate(answers)),
    )
    sums = [{**_total(one, asked), "name": "total"} for one in answers]
    found = [
        {row["name"]: row["flops"] for row in [*_rows(one, asked), total]}
        for one, total in zip(answers, sums, strict=True)
    ]
    names = [name for name in dict.fromkeys(name for each in found for name in each) if name != "total"]
    rows: list[dict[str, Any]] = [
        {"name": name, **{str(at): each.get(name) for at, each in enumerate(found)}} for name in [*names, "total"]
    ]
    rows[-1]["strong"] = True
    return Sheet(columns, rows)


def _heading(one: Answer, asked: Asked) -> str:
    run = one.run
    what = "forward and backward" if asked.train else "forward"
    cached = f", {run.cached:,} of each cached" if run.cached else ""
    tokens = f"tokens = {run.tokens:,}, pairs = {run.pairs(one.cost.causal):,} ({run.attention})"
    heading = f"{one.title}: {what}, {run.batch:,} × {run.seq:,} tokens{cached}{of_a_source(run)}"
    return f"{heading}\n  {tokens}{_sources(run)}"


def of_a_source(run: Run) -> str:
    """The length of the source, if there is one."""
    return f", source of {run.source:,} tokens" if run.source else ""


def _sources(run: Run) -> str:
    """How many source tokens and pairs there are, if there is a source."""
    if not run.source:
        return ""
    pers = (SOURCE, SOURCE_PAIR, CROSS_PAIR)
    return "".join(f", {per}s = {run.times(per, causal=False):,}" for per in pers)


def _training(one: Answer, asked: Asked) -> str:
    said = f"{asked.tokens:,} tokens in sequences" if asked.tokens else "one sequence"
    return f"{one.title}: training on {said} of {one.run.seq:,}"


def _lines(one: Answer, asked: Asked) -> list[str]:
    """Notes under the table."""
    full = [FULL] if one.cost.causal and one.spec.family.configured(one.spec.sizes) is None else []
    stores = [] if one.stores is None else [f"The checkpoint stores {one.stores:,} bytes."]
    hardware = _hardware(one, asked) if asked.train and not asked.conventions else []
    return [*hardware, *_attention(one.cost, one.run), *_absorbed(one), *full, *stores]


def _hardware(one: Answer, asked: Asked) -> list[str]:
    """Model and hardware FLOPs of the run, and of training on all tokens."""
    model, hardware = model_flops(one.cost, one.run), hardware_flops(one.cost, one.run, asked.recompute)
    again = {"none": "nothing", "selective": "attention pairs", "full": "the forward pass"}[asked.recompute]
    flash = f"with FlashAttention, which counts pairs 3.5 times: {flash_flops(one.cost, one.run):,}"
    lines = [f"Model FLOPs: {model:,}. Hardware FLOPs with {again} recomputed: {hardware:,}; {flash}."]
    if asked.tokens:
        found = _of_training(one, asked, asked.tokens)
        sums = f"{found['model_flops']:.3e} model FLOPs, {found['hardware_flops']:.3e} hardware FLOPs"
        lines.append(f"Training on {asked.tokens:,} tokens: {sums}; {found['6nd']:.3e} by 6ND with all parameters.")
    return lines


def _of_training(one: Answer, asked: Asked, tokens: int) -> dict[str, int]:
    """FLOPs of training on *tokens* in runs like this one."""
    hardware = hardware_flops(one.cost, one.run, asked.recompute)
    return {
        "model_flops": model_flops(one.cost, one.run) * tokens // one.run.tokens,
        "hardware_flops": hardware * tokens // one.run.tokens,
        "6nd": 6 * one.cost.model.total() * tokens,
    }


def _attention(cost: Costed, run: Run) -> list[str]:
    """The share of query-key pairs in the FLOPs, and the length from which they outweigh the weights."""
    weights = int(multiplied(cost.work))
    pairs = sum(int(line.macs) for line in cost.work if line.per == PAIR)
    others = (SOURCE_PAIR, CROSS_PAIR, SCORED)
    if not pairs or run.cached or any(line.window or line.chunk or line.per in others for line in cost.work):
        return []
    share = pairs * run.pairs(cost.causal) / (pairs * run.pairs(cost.causal) + weights * run.tokens)
    even, causal = weights / pairs, 2 * weights / pairs - 1
    length = (
        f"{causal:,.0f} tokens on ({even:,.0f} if masked pairs count too)" if cost.causal else f"{even:,.0f} tokens on"
    )
    return [f"Query-key pairs are {100 * share:.1f} % of these FLOPs; they outweigh the weights from {length}."]


def _absorbed(one: Answer) -> list[str]:
    """The FLOPs of latent attention with absorbed projections."""
    found = absorbed(one.spec, one.cost, one.run)
    if found is None:
        return []
    return [
        "Latent attention is counted expanded, as the class computes it. With the up-projections absorbed into queries "
        f"and outputs (DeepSeek-AI 2024, sec. 2.1.2), this run takes {found:,} FLOPs."
    ]
