"""`solve`: the shapes with a given number of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import ceil, log
from typing import NamedTuple

from paramcount.arguments import checked
from paramcount.catalog.called import suggestions
from paramcount.errors import InputError
from paramcount.models.design import Design
from paramcount.quantity import parse_quantity
from paramcount.solver.choice import Asked, Ratio, read_tolerance
from paramcount.solver.contradictions import nothing_admitted
from paramcount.solver.defaults import Defaults, by_budget, by_catalog, by_model
from paramcount.solver.grid import Grid, Point
from paramcount.solver.lattice import distinct, grids
from paramcount.solver.notes import notes, of_today, stop
from paramcount.solver.problem import Meter, Problem, beside, is_width
from paramcount.solver.rank import RANKS, Goal, Picker, head_picker, ranked
from paramcount.solver.request import Asks, settle
from paramcount.solver.search import Window, covered, search
from paramcount.solver.solution import Candidate, NotAsCountedError, Solution, recounted, sizes_of, spec_of
from paramcount.solver.usual import Trend, aspect_trend

TOP = 10
MOST = 10_000  # candidates; recounting one takes half a millisecond
ROUNDS = 20  # of replacing shapes that their body counts differently by the next best
TOLERANCE, TOLERANCE_OF_POWERS = Fraction(1, 10), Fraction(35, 100)  # powers of two are up to a third off


@checked
def solve(
    params: int | float | str,
    *,
    n_layers: Asked | None = None,
    d_model: Asked | None = None,
    n_heads: Asked | None = None,
    n_kv_heads: Asked | None = None,
    d_head: Asked | None = None,
    d_ff: Asked | None = None,
    n_vocab: Asked | None = None,
    n_ctx: Asked | None = None,
    n_experts: Asked | None = None,
    n_active_experts: Asked | None = None,
    d_ff_ratio: Ratio | Iterable[Ratio] | None = None,
    tied: bool | None = None,
    aspect: Ratio | tuple[Ratio, Ratio] | None = None,
    multiple_of: int = 1,
    powers_of_two: bool = False,
    tp: int = 1,
    like: str | None = None,
    tolerance: float | str | Fraction | None = None,
    exactly: bool = False,
    non_embedding: bool = False,
    active: bool = False,
    rank: str = "balanced",
    top: int | None = None,
    **others: Asked | None,
) -> Solution:
    """Find shapes with *params* parameters, the best first.

    Sizes are whole numbers: one (96), an inclusive range ("64:256") or several ("64,96", [64, 96]); *others* are those
    that only some families have, by name, such as d_embed. The count increases in every size, so for every choice of
    the others the best value of one size is found by bisection on exact integers; the solution says how many shapes
    that covers.

    If not given, n_layers is 1 to 1024 (with *powers_of_two*, every power of two) and d_model every width that the
    other sizes allow, with no upper limit. n_heads makes attention as wide as the model; d_head is 64 or 128, n_vocab
    50257 and n_ctx 2048, as in GPT-3, and all are smaller for small budgets (tables/solve_defaults.csv). With *like*,
    n_heads and widths such as d_ff keep that model's proportions to d_model, n_kv_heads its proportion to n_heads, and
    all other sizes are the model's own.

    Args:
        params: the budget in parameters, an int or a text such as "100T"; from 1 to 10^36.
        d_ff_ratio: d_ff/d_model in place of d_ff, 4 by default; "8/3" and several ratios work too, d_ff is always
            whole.
        tied: whether the output head shares the token embedding; it does by default.
        aspect: the range of d_model/n_layers, "64:256" or (64, 256).
        multiple_of: d_model is a multiple of this.
        powers_of_two: n_layers, d_model and d_head are powers of two (and so is n_heads).
        tp: n_heads, d_model, d_ff and n_vocab are multiples of this; n_vocab is padded if it is not given.
        like: a model whose family, conventions and proportions to keep (aspect within 25 %).
        tolerance: the largest |error| as a share of the budget, 0.01 or "1%"; 10 % by default, 35 % with
            *powers_of_two*.
        exactly: every shape of exactly this many parameters, with the catalog's vocabularies, contexts and head sizes.
        non_embedding: the budget is for the count without embeddings and output head.
        active: the budget is for the active parameters of a mixture of experts.
        rank: "closest", "tidy" or "balanced", as described by RANKS.
        top: how many candidates to return; 10 by default, all with *exactly* or *powers_of_two*.

    Raises:
        paramcount.errors.InputError: if an option cannot be read or options contradict each other.

    >>> found = solve("1.3B", n_layers="16:32", multiple_of=128, top=3)
    >>> [candidate.n_layers for candidate in found.candidates]
    [24, 27, 31]
    """
    budget = parse_quantity(str(params), "params")
    if non_embedding and active:
        raise InputError("--active with --non-embedding: a budget is for one kind of count; valid: one of the two")
    reading = "active" if active else "non-embedding" if non_embedding else "total"
    sizes = {
        "n_layers": n_layers, "d_model": d_model, "n_heads": n_heads, "n_kv_heads": n_kv_heads, "d_head": d_head,
        "d_ff": d_ff, "n_vocab": n_vocab, "n_ctx": n_ctx, "n_experts": n_experts, "n_active_experts": n_active_experts,
    }  # fmt: skip
    given = {name: size for name, size in (sizes | others).items() if size is not None}
    if exactly and tolerance is not None and read_tolerance(tolerance):
        raise InputError(f"--tolerance {tolerance} with --exactly: --exactly allows no error; valid: one of the two")
    wide = exactly and reading == "total"
    defaults = by_model(like) if like else by_catalog(budget) if wide else by_budget(budget)
    asks = Asks(given, d_ff_ratio, aspect, multiple_of, powers_of_two, tied, tp, reading)
    return answered(query_of(budget, asks, tolerance, rank, top, exactly), asks, defaults)


def query_of(
    budget: int, asks: Asks, tolerance: float | str | Fraction | None, rank: str, top: int | None, exactly: bool = False
) -> Query:
    """The query of a request, with defaults filled in; raises InputError as `solve` does."""
    _check(rank, top)
    usual = Fraction(0) if exactly else TOLERANCE_OF_POWERS if asks.powers_of_two else TOLERANCE
    share = usual if tolerance is None else read_tolerance(tolerance)
    return Query(budget, share, rank, top or (None if exactly or asks.powers_of_two else TOP))


def answered(query: Query, asks: Asks, defaults: Defaults) -> Solution:
    """The answer to *query*; if there is none, the range of aspect ratios is widened to half and twice the target."""
    solution = _answer(query, asks, defaults)
    if not solution.candidates and asks.aspect is None and defaults.target is not None:
        wider = _answer(query, asks, defaults._replace(aspect=(defaults.target / 2, defaults.target * 2)))
        return wider if wider.candidates else solution
    return solution


class Query(NamedTuple):
    """What to search for: shapes within a *share* of *budget*, and of them the first *top* by *rank* (all if None).

    For budgets that are not parameter counts, *meter* makes a Meter for a design, on the scale of *budget*, which may
    be exceeded only if *beyond*.
    """

    budget: int
    share: Fraction
    rank: str
    top: int | None
    meter: Callable[[Design, Mapping[str, bool]], Meter] | None = None
    beyond: bool = True

    def window(self) -> Window:
        """The range of accepted counts."""
        low, high = ceil(self.budget * (1 - self.share)), int(self.budget * (1 + self.share * self.beyond))
        return Window(self.budget, low, high, tidy=self.rank != "closest")


def _answer(query: Query, asks: Asks, defaults: Defaults) -> Solution:
    problem, window = settle(asks, defaults), query.window()
    if query.meter is not None:
        problem = problem._replace(meter=query.meter(problem.family, problem.switches))
    lattice = list(grids(problem, window.high))
    if not lattice or not (shapes := covered(lattice)):
        raise nothing_admitted(problem)
    different = lattice if problem.meter else distinct(lattice, problem)
    head = head_picker(problem)
    found = _searched(different, window, problem, head)
    open_ended = asks.aspect is None and not {"n_layers", "d_model"} & asks.sizes.keys()
    if query.top is None and len(found) > MOST:
        raise InputError(f"{len(found):,} shapes are found; valid: --top, up to {MOST:,}, or a smaller tolerance")
    goal = _goal(window, query.share, problem, defaults, head, published_first=open_ended)

    def recount(point: Point) -> Candidate:
        return recounted(point, head(point.d_model, point.kv_width), problem, query.budget)

    candidates, left, why = _recounted(found, recount, lambda points: ranked(points, query.rank, goal, head, query.top))
    solution = Solution(
        budget=query.budget,
        budget_counts=asks.reading.replace("-", "_"),
        family=problem.family.name,
        design=problem.family,
        rank=query.rank,
        tolerance=float(query.share),
        shapes_covered=shapes,
        candidates=tuple(candidates),
        notes=(*notes(shapes, different, query.share, asks, defaults, problem), *_left_out(len(found) - left, why)),
        today=of_today(None if problem.meter else query.budget, asks) if defaults.is_gpt3s else "",
    )
    if candidates:
        return solution
    if found:
        raise InputError(f"--like {problem.like} cannot be scaled: {why}; valid: another model")
    every = Window(query.budget, 0, max(grid.corner(-1) for grid in lattice))
    nearest = min(_searched(different, every, problem, head), key=lambda point: abs(point.params - query.budget))
    miss = recount(nearest)
    if problem.meter is not None:
        why = problem.meter.stopped(spec_of(problem.family, miss.sizes), query.share)
    else:
        why = stop(miss, nearest.params, query.budget, query.share, lattice, problem)
    return solution._replace(nearest_miss=miss, stopped_by=why)


def _recounted(
    found: list[Point], recount: Callable[[Point], Candidate], best: Callable[[list[Point]], list[Point]]
) -> tuple[list[Candidate], int, str]:
    """The *best* of the points *found*, recounted; points whose body disagrees with the formula are replaced.

    Also returns how many points are left, and why one was left out.
    """
    left, why = found, ""
    for _ in range(ROUNDS):
        counted, chosen = {}, best(left)
        for point in chosen:
            try:
                counted[point] = recount(point)
            except NotAsCountedError as error:
                why = str(error)
        if len(counted) == len(chosen):
            break
        left = [point for point in left if point in counted or point not in chosen]
    return list(counted.values()), len(left), why


def _left_out(shapes: int, why: str) -> list[str]:
    return [f"Left out {shapes:,} shapes whose recount differs from the formula: {why}."] * bool(shapes)


def _check(rank: str, top: int | None) -> None:
    if rank not in RANKS:
        near = suggestions(rank, RANKS)
        raise InputError(
            f"rank = {rank}: unknown ranking; " + (f"did you mean {near}?" if near else f"valid: {', '.join(RANKS)}")
        )
    if top is not None and not 1 <= top <= MOST:
        raise InputError(f"top = {top}: not a whole number from 1 to {MOST:,}; valid: 10")


def _searched(lattice: list[Grid], window: Window, problem: Problem, head: Picker) -> list[Point]:
    """The best points of *lattice*. With a meter, head sizes may matter, so each width keeps only its own head size."""
    if problem.meter is None:
        return search(lattice, window)
    every = ((grid.recipe.d_head, point) for grid in lattice for point in search([grid], window))
    own = (point for d_head, point in every if head(point.d_model, point.kv_width).d_head == d_head)
    return list(dict.fromkeys(own))


def _goal(
    window: Window, share: Fraction, problem: Problem, defaults: Defaults, head: Picker, published_first: bool
) -> Goal:
    trend = aspect_trend(problem.reading)
    usual = log(defaults.target) if defaults.target is not None else trend.at(log(window.budget))
    aim: Callable[[Point], float] = lambda _: usual  # noqa: E731
    if problem.meter is not None and defaults.target is None:
        aim = _aim_of_count(problem, trend, head)
    fields = beside(problem.family)
    free = tuple(fields.index(field) for field in problem.others if is_width(field))
    return Goal(window.budget, float(share), aim, trend.spread, trend.widest, published_first, free, defaults.own)


def _aim_of_count(problem: Problem, trend: Trend, head: Picker) -> Callable[[Point], float]:
    """The log of the usual aspect ratio for a point's count, where the budget is not a count."""
    count = problem.family.counter(problem.reading, problem.switches)

    def aim(point: Point) -> float:
        sizes = sizes_of(point, head(point.d_model, point.kv_width), problem)
        return trend.at(log(count(*(sizes[name] for name in problem.family.sizes))))

    return aim
