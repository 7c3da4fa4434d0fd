"""What fits devices in training: without activations for all layouts, with activations for layouts of whole layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from paramcount.costs.memory.asked import recipe_of
from paramcount.costs.memory.beside import NOTHING, Beside, beside
from paramcount.costs.memory.fitting import BATCH, CONTEXT, DEVICES, Fitting, Question, largest
from paramcount.costs.memory.layout import FIRST, STAGES_OF_ZERO, Layout
from paramcount.costs.memory.search import fewest, shapes_of
from paramcount.costs.memory.sharding import held, totals
from paramcount.costs.run import Run

ALONE = f"{DEVICES}, without activations"
UNDIVIDED = "devices whose layers are not divided"

Sums = tuple[int, int, int]  # the bytes of weights, gradients and states


def fits_training(question: Question) -> list[Fitting]:
    """The fewest devices for weights, gradients and states, and for a whole step if activations are known."""
    by, most = recipe_of(question.given), f"up to {question.most:,}"
    alone = fewest(question.model, by, question.memory, question.asked, lambda tp, pp: NOTHING)
    if alone is None:
        return [Fitting(ALONE, None, why=f"none of {most} devices")]
    answers = [Fitting(ALONE, alone.layout.devices, alone.layout, alone.rank, alone.bytes)]
    whole = question.whole(question.run)
    kept = beside(question.spec, whole, question.given)
    if question.run is None or kept is None:
        return [*answers, Fitting(BATCH, None, why=f"the activations are not known: {whole.reasons['activations']}")]
    found = fewest(question.model, by, question.memory, question.asked, _undivided(kept))
    if found is None:
        return [*answers, Fitting(DEVICES, None, why=f"none of {most} {UNDIVIDED}")]
    answers.append(Fitting(DEVICES, found.layout.devices, found.layout, found.rank, found.bytes))
    layouts = _layouts(question, question.number(found.layout))
    batch, seq = question.run.batch, question.run.seq
    return [
        *answers,
        _most(question, BATCH, layouts, lambda number: Run(number, seq)),
        _most(question, CONTEXT, layouts, lambda number: Run(batch, number)),
    ]


def _undivided(kept: Beside) -> Callable[[int, int], Beside | None]:
    """*kept* for layouts in which each rank has all layers whole; not known for others."""
    return lambda tp, pp: kept if tp == pp == 1 else None


def _layouts(question: Question, devices: int) -> list[tuple[Layout, Sums]]:
    """The layouts with whole layers on exactly *devices* devices, and what their busiest rank holds."""
    asked, by = question.asked, recipe_of(question.given)
    found = []
    for shape in shapes_of(question.model, asked, devices, _undivided(NOTHING)):
        if devices % shape.ep or asked.dp not in (None, devices):
            continue
        for zero in STAGES_OF_ZERO if asked.zero is None else (asked.zero,):
            layout = shape.layout(zero, devices)
            found.append((layout, totals(held(shape.stages[0][1], layout), by)))
    return found


def _most(question: Question, name: str, layouts: list[tuple[Layout, Sums]], run: Callable[[int], Run]) -> Fitting:
    """The largest number whose run fits a layout, and the layout that needs least for it."""

    @cache
    def kept(number: int) -> Beside:
        return beside(question.spec, question.whole(run(number)), question.given) or NOTHING

    def needed(sums: Sums, number: int) -> int:
        return int(kept(number).needed(*sums))

    def reach(sums: Sums) -> int:
        return largest(lambda number: needed(sums, number) <= question.memory)

    reached = [(value, -needed(sums, value), layout) for layout, sums in layouts if (value := reach(sums))]
    if not reached:
        return Fitting(name, None, why="not even 1 fits")
    value, nbytes, layout = max(reached, key=lambda one: one[:2])
    why = question.beyond_positions(value) if name == CONTEXT else ""
    return Fitting(name, value, layout, FIRST, -nbytes, why)
