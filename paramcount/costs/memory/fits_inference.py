"""What fits devices in inference: weights, and the cache of a run."""

from __future__ import annotations

from paramcount.costs.memory.beside import NOTHING, Beside
from paramcount.costs.memory.divided import cached_numbers
from paramcount.costs.memory.fitting import BATCH, CONTEXT, DEVICES, FARTHEST, Fitting, Question, largest
from paramcount.costs.memory.layout import Layout, Rank
from paramcount.costs.memory.per_device import cache_width, per_device, weights_bytes
from paramcount.costs.memory.search import Shape, shapes_of


def fits_inference(question: Question) -> list[Fitting]:
    """Devices for weights and cache, and the largest batch and context on so many."""
    whole, run = question.whole(question.run), question.run
    stated = whole.cache is not None
    name = DEVICES if stated else f"{DEVICES}, without the cache"

    def divided(tp: int, pp: int) -> Beside | None:
        return NOTHING if not whole.cache or _heads_divide(question, Layout(tp=tp, pp=pp)) else None

    shapes = list(shapes_of(question.model, question.asked, question.most, divided))
    tokens = run.batch * run.seq if whole.cache and run else 0
    copies = [(shape, question.asked.dp or shape.ep) for shape in shapes]
    sizes = [(shape.layout(0, dp), *_taken(question, shape, tokens)) for shape, dp in copies]
    holding = [one for one in sizes if one[1] <= question.memory and one[0].devices <= question.most]
    if not holding:
        return [Fitting(name, None, why=f"none of up to {question.most:,} devices")]
    layout, nbytes, stage = min(holding, key=lambda one: (one[0].devices, one[1]))
    least = Fitting(name, layout.devices, layout, Rank(stage), nbytes)
    if not whole.cache:
        return [least, Fitting(BATCH, None, why="it keeps no cache" if stated else f"cache: {whole.reasons['cache']}")]
    return [least, *_batch_and_context(question, shapes, question.number(layout))]


def _heads_divide(question: Question, layout: Layout) -> bool:
    return all(cached_numbers(question.model, layout, stage) is not None for stage in range(layout.pp))


def _batch_and_context(question: Question, shapes: list[Shape], devices: int) -> list[Fitting]:
    """The largest batch of a copy and the largest context, on just so many devices."""
    if question.run is None:
        return []
    fitting = [(shape, _most_tokens(question, shape)) for shape in shapes if _on(question, shape, devices)]
    shape, tokens = max(fitting, key=lambda one: one[1], default=(None, 0))
    found = []
    for name, each in ((BATCH, question.run.seq), (CONTEXT, question.run.batch)):
        if shape is None or tokens < each:
            found.append(Fitting(name, None, why=f"none on {devices:,} devices"))
            continue
        nbytes, stage = _taken(question, shape, tokens // each * each)
        layout = shape.layout(0, devices // (shape.tp * shape.pp))
        one = Fitting(name, tokens // each, layout, Rank(stage), nbytes)
        found.append(_as_far_as_stated(question, one) if name == CONTEXT else one)
    return found


def _on(question: Question, shape: Shape, devices: int) -> bool:
    """Whether copies of *shape* are on just so many devices, and as many as are asked for."""
    copies, rest = divmod(devices, shape.tp * shape.pp)
    return not rest and not copies % shape.ep and question.asked.dp in (None, copies)


def _as_far_as_stated(question: Question, one: Fitting) -> Fitting:
    """The context up to which the cache is stated, where a window ends that before."""
    run, seq, layout = question.run, one.value, one.layout
    if run is None or seq is None or layout is None:
        return one

    def stated(seq: int) -> bool:
        return question.whole(run._replace(seq=seq)).cache is not None

    if stated(seq):
        return one._replace(why=question.beyond_positions(seq))
    until = largest(stated)
    at = per_device(question.spec, question.whole(run._replace(seq=until)), layout, question.given)
    why = "the cache of longer ones is not stated"
    return one._replace(value=until, bytes=at.footprint.stated, rank=at.rank, why=why)


def _taken(question: Question, shape: Shape, tokens: int) -> tuple[int, int]:
    """What the busiest rank takes with so many tokens in its cache, and its stage."""
    sums = [(weights + tokens * per_token, -stage) for stage, weights, per_token in _stages(question, shape)]
    nbytes, stage = max(sums)
    return nbytes, -stage


def _most_tokens(question: Question, shape: Shape) -> int:
    """The tokens whose cache fits every stage."""
    left = [(question.memory - weights, per_token) for _, weights, per_token in _stages(question, shape)]
    if any(memory < 0 for memory, _ in left):
        return 0
    return min((memory // per_token for memory, per_token in left if per_token), default=FARTHEST)


def _stages(question: Question, shape: Shape) -> list[tuple[int, int, int]]:
    """The stages that differ, the bytes of their weights and of a token in their cache."""
    layout, width = shape.layout(0, shape.ep), cache_width(question.given)
    return [
        (stage, weights_bytes(parts, question.given), width * (cached_numbers(question.model, layout, stage) or 0))
        for stage, parts in shape.stages
    ]
