"""Shapes within budgets of memory, cache and compute: what each takes, and which budget binds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.training import train
from paramcount.costs.training.result import Training as Devices
from paramcount.errors import InputError
from paramcount.papers.tables import read
from paramcount.quantity import LARGEST
from paramcount.scaling.laws import NON_EMBEDDING, Fit
from paramcount.solver.answer import Query, answered, query_of
from paramcount.solver.budgets import CACHE, COMPUTE, MEMORY, scale
from paramcount.solver.compute import Training, refuse_experts, solve_flops, trained
from paramcount.solver.defaults import Defaults, by_budget, by_model
from paramcount.solver.limits import Limits, gauge
from paramcount.solver.request import Asks
from paramcount.solver.solution import Candidate, Solution, spec_of

Options = Mapping[str, Any]


class Rent(NamedTuple):
    """The devices for training: *devices* of *gpu*, at *mfu* of their peak and *price* $ per hour each."""

    gpu: str = ""
    devices: str = ""
    mfu: str = ""
    price: str = ""

    def of(self, flops: int) -> Devices | None:
        """The training costs of *flops* on these devices; None if none are asked for."""
        if not self.gpu:
            return None
        devices, mfu, price = (text or None for text in (self.devices, self.mfu, self.price))
        return train(None, flops=flops, gpu=self.gpu, devices=devices, mfu=mfu, price=price)


class Taken(NamedTuple):
    """What a shape takes: its *footprint*, of which *memory* bytes must fit, and its *cache*, None if not known.

    *training* is its tokens and FLOPs, *devices* their cost on the devices; None without compute or a law. *used* is
    the share of each budget by name, *binds* the budget that is used most.
    """

    footprint: Footprint
    memory: int
    cache: int | None
    training: Training | None
    devices: Devices | None
    used: Mapping[str, float]
    binds: str


class Within(NamedTuple):
    """Shapes within *limits*, the best first, and what each takes."""

    limits: Limits
    solution: Solution
    taken: tuple[Taken, ...]

    def __repr__(self) -> str:
        return f"{repr(self.solution)[:-1]}; {self.binds} binds>" if self.taken else repr(self.solution)

    @property
    def binds(self) -> str | None:
        """The binding budget of the first shape."""
        return self.taken[0].binds if self.taken else None


def shapes_within(limits: Limits, rent: Rent, max_loss: float | None, like: str | None, options: Options) -> Within:
    """Shapes that use up one budget and exceed none, and what each takes; *options* are those of `solve`.

    With *max_loss*, only those whose loss by the law is at most this; raises InputError if there are none.
    """
    if limits.memory is None and limits.cache is None:
        assert limits.flops is not None
        assert limits.fit is not None
        solution = solve_flops(limits.flops, limits.fit.law, limits.seq, max_loss, like=like, **options).solution
    else:
        solution = _solved(limits, like, options)
    found = Within(limits, solution, tuple(_taken(limits, rent, one, solution) for one in solution.candidates))
    return found if max_loss is None else _losing(found, max_loss)


def _taken(limits: Limits, rent: Rent, candidate: Candidate, solution: Solution) -> Taken:
    spec = spec_of(solution.design, candidate.sizes)
    found = limits.footprint(spec)
    memory = limits.needed(spec, found)
    try:
        kept = limits.kept(spec)
    except InputError:
        kept = None
    training = None
    if limits.flops is not None or limits.fit is not None:
        training = trained(candidate, limits.flops, limits.fit, spec, limits.seq)
    of = {MEMORY: (memory, limits.memory), CACHE: (kept, limits.cache)}
    if (best := limits.best_size) is not None:
        counted = candidate.non_embedding if limits.reading == NON_EMBEDDING else candidate.total
        of[COMPUTE] = (counted, best)
    used = {name: part / whole for name, (part, whole) in of.items() if whole is not None and part is not None}
    devices = rent.of(training.flops_6nd) if training else None
    return Taken(found, memory, kept, training, devices, used, max(used, key=lambda name: used[name]))


def _losing(found: Within, most: float) -> Within:
    """The shapes whose loss is at most *most*; raises InputError if there are none."""
    fit = found.limits.fit
    assert fit is not None
    losses = [one.training.loss if one.training else None for one in found.taken]
    kept = [at for at, loss in enumerate(losses) if loss is not None and loss <= most]
    if losses and not kept:
        least = min(loss for loss in losses if loss is not None)
        said = f"{found.binds} binds: by {fit.law} the lowest loss within the budgets is {least:.4f}"
        raise InputError(f"max-loss = {most:g}: {said}{_enough(found.limits, fit, most)}")
    solution, taken = found.solution, found.taken
    candidates = tuple(solution.candidates[at] for at in kept)
    return found._replace(solution=solution._replace(candidates=candidates), taken=tuple(taken[at] for at in kept))


def _enough(limits: Limits, fit: Fit, most: float) -> str:
    """The advice in the error: how much compute would reach the loss, if any does."""
    least = fit.flops_for(most)
    if least is None:
        return "; valid: a higher loss; no compute reaches this one"
    return f"; valid: a higher loss, or {least:.3g} FLOPs and budgets for a shape of that size"


def _solved(limits: Limits, like: str | None, options: Options) -> Solution:
    """The shapes that use up the given budgets."""
    asks = _asks(options)
    sizes = (limits.memory, limits.cache, limits.best_size)
    full = scale(limit for limit in sizes if limit is not None)
    query = query_of(full, asks, options.get("tolerance"), options.get("rank") or "balanced", options.get("top"))
    query = query._replace(beyond=limits.best_size is not None, meter=lambda *design: gauge(limits, *design))
    solution = _by_defaults(query, asks, limits.seq, like)
    if limits.fit is not None:
        refuse_experts(solution, like)
    return solution._replace(budget=limits.best_size or 0)


def _by_defaults(query: Query, asks: Asks, seq: int | None, like: str | None) -> Solution:
    if like:
        return _answered(query, asks, by_model(like), seq)
    return _of_its_size([int(row["from_params"]) for row in read("solve_defaults.csv")], query, asks, seq)


def _of_its_size(leasts: list[int], query: Query, asks: Asks, seq: int | None) -> Solution:
    """The answer whose defaults suit its size, or else the one with the largest defaults that has shapes."""
    answers = []
    for least, beyond in reversed(list(zip(leasts, [*leasts[1:], LARGEST], strict=True))):
        answers.append(_answered(query, asks, by_budget(least), seq))
        if answers[-1].candidates and least <= answers[-1].candidates[0].total < beyond:
            return answers[-1]
    return next((found for found in answers if found.candidates), answers[-1])


def _answered(query: Query, asks: Asks, defaults: Defaults, seq: int | None) -> Solution:
    """The answer, with enough positions for every token if positions are learned."""
    positions = defaults.others.get("n_ctx")
    if seq is None or not positions or "n_ctx" in asks.sizes or max(positions) >= seq:
        return answered(query, asks, defaults)
    found = answered(query, asks._replace(sizes={**asks.sizes, "n_ctx": seq}), defaults)
    return found._replace(notes=(*found.notes, f"n_ctx = {seq}, to match --seq: each token needs a position."))


def _asks(options: Mapping[str, Any]) -> Asks:
    own = {"like", "tolerance", "rank", "top", *Asks._fields} - {"sizes"}
    sizes = {name: size for name, size in options.items() if name not in own and size is not None}
    return Asks(
        sizes,
        options.get("d_ff_ratio"),
        options.get("aspect"),
        options.get("multiple_of") or 1,
        bool(options.get("powers_of_two")),
        options.get("tied"),
        options.get("tp") or 1,
        "total",
    )
