"""What fits devices in inference: weights and the cache of a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from paramcount.costs.memory.beside import NOTHING
from paramcount.costs.memory.fitting import BATCH, CONTEXT, DEVICES, FARTHEST, Fitting, Question, largest
from paramcount.costs.memory.layout import Rank
from paramcount.costs.memory.per_device import cache_of_rank, cache_width, weights_bytes
from paramcount.costs.memory.search import Shape, shapes_of
from paramcount.costs.run import Run

Taken = tuple[int, int]  # the bytes of the busiest rank, and its stage


def fits_inference(question: Question) -> list[Fitting]:
    """The fewest devices for weights and cache, and the largest batch and context on them."""
    whole, run = question.whole(question.run), question.run
    stated = whole.cache is not None
    name = DEVICES if stated else f"{DEVICES}, without the cache"
    shapes = list(shapes_of(question.model, question.asked, question.most, lambda tp, pp: NOTHING))
    taken = _taking(question)
    sizes = []
    for shape in shapes:
        layout = shape.layout(0, question.asked.dp or shape.ep)
        own = taken(shape, run if whole.cache else None)
        if own and own[0] <= question.memory and layout.devices <= question.most:
            sizes.append((layout.devices, *own, layout))
    if not sizes:
        return [Fitting(name, None, why=f"none of up to {question.most:,} devices")]
    devices, nbytes, stage, layout = min(sizes, key=lambda one: one[:2])
    least = Fitting(name, devices, layout, Rank(stage), nbytes)
    if not whole.cache or run is None:
        why = "it has no cache" if stated else f"the cache is not known: {whole.reasons['cache']}"
        return [least, Fitting(BATCH, None, why=why)]
    on = question.number(layout)
    shapes = [shape for shape in shapes if _on(question, shape, on)]
    return [
        least,
        _most(question, BATCH, shapes, on, lambda number: run._replace(batch=number)),
        _most(question, CONTEXT, shapes, on, lambda number: run._replace(seq=number)),
    ]


def _on(question: Question, shape: Shape, devices: int) -> bool:
    """Whether copies of *shape* use exactly this many devices, and are as many as asked for."""
    copies, rest = divmod(devices, shape.tp * shape.pp)
    return not rest and not copies % shape.ep and question.asked.dp in (None, copies)


def _most(question: Question, name: str, shapes: list[Shape], devices: int, run: Callable[[int], Run]) -> Fitting:
    """The largest number whose run fits *devices* devices, and the shape that takes least for it."""
    taken = _taking(question)

    def holds(shape: Shape, number: int) -> bool:
        own = taken(shape, run(number))
        return own is not None and own[0] <= question.memory

    reached = []
    for shape in shapes:
        value = largest(lambda number, shape=shape: holds(shape, number))  # type: ignore[misc]
        if value and (own := taken(shape, run(value))):
            reached.append((value, -own[0], own[1], shape))
    if not reached:
        return Fitting(name, None, why=f"none on {devices:,} devices")
    value, nbytes, stage, shape = max(reached, key=lambda one: one[:2])
    if value >= FARTHEST // 2:
        return Fitting(name, None, why="no limit: its cache stops growing")
    layout = shape.layout(0, devices // (shape.tp * shape.pp))
    why = question.beyond_positions(value) if name == CONTEXT else ""
    if question.whole(run(value + 1)).cache is None:
        why = "the cache of longer ones is not known"
    return Fitting(name, value, layout, Rank(stage), -nbytes, why)


def _taking(question: Question) -> Callable[[Shape, Run | None], Taken | None]:
    """A function to what the busiest rank of a shape takes for a run (or none); None if its cache is not known."""
    width = cache_width(question.given)
    weights: dict[int, list[tuple[int, int]]] = {}

    @cache
    def whole(run: Run) -> int | None:
        return question.whole(run).cache

    def kept(shape: Shape, stage: int, run: Run | None) -> int | None:
        every = 0 if run is None else whole(run)
        if run is None or every is None:
            return every
        return cache_of_rank(question.model, every, run, shape.layout(0, shape.ep), stage, width)

    def taken(shape: Shape, run: Run | None) -> Taken | None:
        if id(shape) not in weights:
            weights[id(shape)] = [(at, weights_bytes(parts, question.given)) for at, parts in shape.stages]
        sums = [(own, kept(shape, at, run), -at) for at, own in weights[id(shape)]]
        known = [(own + beside, at) for own, beside, at in sums if beside is not None]
        if len(known) < len(sums):
            return None
        nbytes, at = max(known)
        return nbytes, -at

    return taken
