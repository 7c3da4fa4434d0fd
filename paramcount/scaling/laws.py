"""The scaling laws by name: what N counts in each, its fitted range, and what it can tell."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from paramcount.arguments import checked
from paramcount.errors import InputError
from paramcount.scaling import kaplan
from paramcount.scaling.constants import Relation, fitted_range, relations
from paramcount.scaling.frontier import PF_DAY, Frontier, Parametric, Run


class Law(NamedTuple):
    """A law: its *title*, what N counts, and the paper."""

    title: str
    counts: str
    source: str


HALVINGS = 80  # of the logarithm of compute, which exhausts a float's precision
LARGEST = 1e75  # more than 6 times the product of two numbers of at most 1e36
ALL = "all"  # which parameters are counted
NON_EMBEDDING = "non-embedding"
LAWS = {
    "kaplan": Law("Kaplan et al. 2020", NON_EMBEDDING, "arXiv:2001.08361"),
    "chinchilla-1": Law("Hoffmann et al. 2022, approach 1 (training curves)", ALL, "arXiv:2203.15556"),
    "chinchilla-2": Law("Hoffmann et al. 2022, approach 2 (equal FLOPs)", ALL, "arXiv:2203.15556"),
    "chinchilla-3": Law("Hoffmann et al. 2022, approach 3 (L(N, D))", ALL, "arXiv:2203.15556"),
    "refit-2024": Law("Besiroglu et al. 2024, approach 3 anew", ALL, "arXiv:2404.10102"),
}


class Fit(NamedTuple):
    """One set of a law's constants: its *frontier*, and the loss of any run if they give one.

    *best* is the loss on the frontier, if the law has a separate relation for it, as Kaplan's has.
    """

    law: str
    variant: str
    frontier: Frontier
    loss: Callable[[Run], float] | None
    best: Callable[[float], float] | None
    place: str

    def __eq__(self, other: object) -> bool:
        mine = (self.law, self.variant, self.frontier, self.place)
        return isinstance(other, Fit) and mine == (other.law, other.variant, other.frontier, other.place)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((self.law, self.variant))

    def __repr__(self) -> str:
        return f"<{self.law}{f' ({self.variant})' if self.variant else ''}>"

    @property
    def counts(self) -> str:
        """The parameters counted by N: all, or non-embedding."""
        return LAWS[self.law].counts

    def best_loss(self, run: Run) -> float | None:
        """The loss of *run*, which is on the frontier; None if the law gives none."""
        if self.best is not None:
            return self.best(run.flops)
        return self.loss(run) if self.loss else None

    def flops_for(self, loss: float) -> float | None:
        """The smallest compute whose optimal run has this *loss*; None if none has, or if the law gives no loss."""
        low, high = 1.0, LARGEST
        least = self.best_loss(self.frontier.at_flops(high))
        if least is None or least > loss:
            return None
        for _ in range(HALVINGS):
            middle = (low * high) ** 0.5
            reached = self.best_loss(self.frontier.at_flops(middle))
            low, high = (low, middle) if reached is not None and reached <= loss else (middle, high)
        return high

    def beyond(self, run: Run) -> dict[str, float]:
        """*run*'s N and D, if outside the fitted range, as multiples of its nearest end."""
        found = {}
        for symbol, value in (("N", run.n_params), ("D", run.tokens)):
            low, high = fitted_range(self.law)[symbol]
            if not low <= value <= high:
                found[symbol] = value / (high if value > high else low)
        return found


@cache
def fits(law: str) -> tuple[Fit, ...]:
    """The sets of constants of *law*, the main one first."""
    by_loss = (_parametric(stated) for stated in relations(law, "L = E"))
    return (*by_loss, *(_frontier(stated) for stated in relations(law, "N_opt")))


def losing() -> list[str]:
    """The laws that give the loss of any run."""
    return [name for name in LAWS if fits(name)[0].loss]


def law_named(name: str) -> Fit:
    """The main constants of the law called *name*; raises InputError if it is unknown."""
    if name not in LAWS:
        raise InputError(f"law = {name}: unknown law; valid: {', '.join(LAWS)}")
    return fits(name)[0]


@checked
def optimum(law: str, flops: float) -> tuple[float, float]:
    """The optimal n_params and tokens by *law* for *flops* FLOPs, 6·N·D = C.

    N counts what `LAWS[law].counts` says. Raises InputError on an unknown law, or if *flops* is not positive.

    >>> n_params, tokens = optimum("chinchilla-3", 1e24)
    >>> f"{n_params:.3g}"
    '5.19e+10'
    """
    run = law_named(law).frontier.at_flops(positive(flops, "flops"))
    return run.n_params, run.tokens


def positive(value: float, what: str) -> float:
    """*value* as a float; raises InputError if it is not positive or is too large."""
    if not 0 < value < LARGEST:
        raise InputError(f"{what} = {value}: not a positive number; valid: 1e22, up to {LARGEST:g}")
    return float(value)


def _parametric(stated: Relation) -> Fit:
    c = stated.values
    found = Parametric(c["E"], c["A"], c["B"], c["alpha"], c["beta"])
    return Fit(stated.law, stated.variant, found.frontier(), found.loss, None, stated.place)


def _frontier(stated: Relation) -> Fit:
    is_kaplan = stated.law == kaplan.LAW
    frontier = Frontier(stated.values["k"], stated.values["p"], PF_DAY if is_kaplan else 1.0)
    loss, best = (kaplan.loss_of_one_epoch, kaplan.loss_of_flops) if is_kaplan else (None, None)
    return Fit(stated.law, stated.variant, frontier, loss, best, stated.place)
