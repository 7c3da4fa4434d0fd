"""The relations of Kaplan et al. 2020 (arXiv:2001.08361) beyond the optimal size: losses, batches, steps, and data.

N is non-embedding, losses are in nats per token. C_min is the compute of a run far below the critical batch size; at
that size a run takes twice as much, and twice the fewest steps (eqs. 5.4 and 5.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from paramcount.scaling.constants import Relation, relation, relations
from paramcount.scaling.frontier import PF_DAY, Run

LAW = "kaplan"
EIGHTFOLD = 8  # the paper's own example of how slowly the need for data grows


class Stated(NamedTuple):
    """The result of one relation: its *name* in words, *value* and *unit*, and where the relation is printed."""

    name: str
    value: float
    unit: str
    place: str


def loss_of(run: Run) -> float:
    """L(N, D) with early stopping, by eq. 1.5 with Table 2's constants."""
    c = relation(LAW, "L(N, D)").values
    size = (c["N_c"] / run.n_params) ** (c["alpha_N"] / c["alpha_D"])
    return float((size + c["D_c"] / run.tokens) ** c["alpha_D"])


def loss_of_steps(n_params: float, steps: float) -> float:
    """L(N, S) after *steps* steps of batches far above the critical size, by eq. 1.6 with Table 3's constants."""
    c = relation(LAW, "L(N, S)").values
    return float((c["N_c"] / n_params) ** c["alpha_N"] + (c["S_c"] / steps) ** c["alpha_S"])


def loss_of_flops(flops: float) -> float:
    """L(C_min), the lowest loss for *flops* FLOPs, by eq. 1.3."""
    return _least_loss(relation(LAW, "L(C_min)"), flops)


def loss_of_one_epoch(run: Run) -> float:
    """L(N, S) for tokens seen once in batches far below the critical size, S_min = D/B_crit(L) (eq. B.3).

    B_crit depends on the loss itself; the two sides cross once, so the equation is solved by bisection.
    """
    low, high = 1e-3, 1e6
    for _ in range(100):
        middle = (low * high) ** 0.5
        if loss_of_steps(run.n_params, run.tokens / critical_batch(middle)) > middle:
            low = middle
        else:
            high = middle
    return high


def critical_batch(loss: float) -> float:
    """B_crit(L) in tokens, by eq. 1.4."""
    return _critical(relation(LAW, "B_crit(L)"), loss)


def tokens_needed(n_params: float) -> float:
    """The D that keeps the loss of *n_params* within 0.02 of that with unlimited data, by eq. 4.4."""
    c = relation(LAW, "D >= ").values
    return float(c["k"] * n_params ** c["p"])


def params_fed(tokens: float) -> float:
    """The N for which *tokens* are enough: eq. 4.4 inverted."""
    c = relation(LAW, "D >= ").values
    return float((tokens / c["k"]) ** (1 / c["p"]))


def batch_and_steps(flops: float) -> tuple[float, float]:
    """The critical batch size in tokens and the fewest steps of the optimal run for *flops* FLOPs, by Table 6."""
    batch, steps = (_power(relation(LAW, begins), flops) for begins in ("B_crit = ", "S_min"))
    return batch, steps


def of_flops(flops: float) -> Iterator[Stated]:
    """The relations for an amount of compute."""
    for found in relations(LAW, "L(C_min)"):
        yield Stated(_named("L(C_min), optimal size and batch", found), _least_loss(found, flops), "nats", found.place)
    batch, steps = batch_and_steps(flops)
    yield Stated("critical batch size", batch, "tokens", relation(LAW, "B_crit = ").place)
    for found in relations(LAW, "B_crit(L)"):
        size = _critical(found, loss_of_flops(flops))
        yield Stated(_named("B_crit(L) at that loss", found), size, "tokens", found.place)
    yield Stated("fewest steps, far above that batch size", steps, "steps", relation(LAW, "S_min").place)
    for found in relations(LAW, "D_opt"):
        name = _named("D for one epoch at that batch size, 2·C_min", found)
        yield Stated(name, _power(found, flops), "tokens", found.place)


def of_params(n_params: float) -> Iterator[Stated]:
    """The relations for a size."""
    found = relation(LAW, "L(N) ")
    loss = (found.values["N_c"] / n_params) ** found.values["alpha_N"]
    needed, place = tokens_needed(n_params), relation(LAW, "D >= ").place
    yield Stated("L(N), trained to convergence", loss, "nats", found.place)
    yield Stated("minimum D needed", needed, "tokens", place)
    yield Stated(
        f"minimum D for {EIGHTFOLD} × N, relative to that for N",
        tokens_needed(EIGHTFOLD * n_params) / needed,
        "times",
        place,
    )


def of_tokens(tokens: float) -> Iterator[Stated]:
    """The relations for a number of tokens."""
    found = relation(LAW, "L(D)")
    loss = (found.values["D_c"] / tokens) ** found.values["alpha_D"]
    yield Stated("L(D), a large model, stopped early", loss, "nats", found.place)
    yield Stated("maximum N for these tokens", params_fed(tokens), "parameters", relation(LAW, "D >= ").place)


def of_run(run: Run) -> Iterator[Stated]:
    """The relations for a size and a number of tokens together."""
    yield Stated("L(N, D), stopped early", loss_of(run), "nats", relation(LAW, "L(N, D)").place)
    loss = loss_of_one_epoch(run)
    place = f"{relation(LAW, 'L(N, S)').place}, eq. B.3"
    yield Stated("L(N, S), one epoch in small batches", loss, "nats", place)
    yield Stated("B_crit(L) at that loss", critical_batch(loss), "tokens", relation(LAW, "B_crit(L)").place)
    share = run.tokens / tokens_needed(run.n_params)
    yield Stated("D over the minimum needed", share, "times", relation(LAW, "D >= ").place)


def _named(name: str, found: Relation) -> str:
    return f"{name} ({found.variant})" if found.variant else name


def _least_loss(found: Relation, flops: float) -> float:
    return float((found.values["C_c"] * PF_DAY / flops) ** found.values["alpha_C"])


def _critical(found: Relation, loss: float) -> float:
    return float(found.values["B_star"] / loss ** (1 / found.values["alpha_B"]))


def _power(found: Relation, flops: float) -> float:
    return float(found.values["k"] * (flops / PF_DAY) ** found.values["p"])
