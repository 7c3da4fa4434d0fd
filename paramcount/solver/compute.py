"""`solve --flops`: shapes for an amount of compute, of the size that is optimal by a scaling law, and their tokens."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from inspect import signature
from typing import NamedTuple

from paramcount.arguments import checked
from paramcount.catalog.spec import Spec
from paramcount.costs.conventions import EXACT, conventions
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.errors import InputError
from paramcount.quantity import parse_quantity, quantity_of, short
from paramcount.scaling.frontier import FLOPS_PER_PARAM
from paramcount.scaling.frontier import Run as Trained
from paramcount.scaling.laws import NON_EMBEDDING, Fit, law_named, losing
from paramcount.solver.answer import solve
from paramcount.solver.choice import Asked, Ratio
from paramcount.solver.solution import Candidate, Solution, spec_of

OF_SHAPES = frozenset(signature(solve).parameters) - {"params", "others"}
OF_LAWS = "scaling laws are for dense models"


class Training(NamedTuple):
    """The training of a shape with the compute: *tokens*, and their FLOPs.

    *flops_6nd* is 6·N·D for whole tokens, where N is the kind of count that the law uses; *flops_exact* counts every
    product in sequences of *seq* tokens, None if not known. *loss* is that of the law, None if it gives none.
    """

    tokens: int
    flops_6nd: int
    flops_exact: int | None
    seq: int | None
    loss: float | None


class ForCompute(NamedTuple):
    """Shapes for *flops* FLOPs by the law of *fit*, whose optimum is *best*, with a training for each candidate."""

    flops: int
    fit: Fit
    best: Trained
    solution: Solution
    trainings: tuple[Training, ...]

    def __repr__(self) -> str:
        best = f"{self.fit.law} wants {short(round(self.best.n_params))} parameters for {self.flops:.3g} FLOPs"
        return f"{repr(self.solution)[:-1]}; {best}>"


@checked
def solve_flops(
    flops: int | float | str,
    law: str,
    seq: int | str | None = None,
    max_loss: float | None = None,
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
    rank: str = "balanced",
    top: int | None = None,
    **others: Asked | None,
) -> ForCompute:
    """Find shapes of the optimal size by *law* for *flops* FLOPs; the other options are those of `solve`.

    Each candidate is trained on D tokens, where 6·N·D is the compute and N the candidate's exact count, of the kind
    that the law uses; its exact FLOPs are for sequences of *seq* tokens, by default its context. With *max_loss*, only
    candidates with at most that loss are returned. Raises InputError as `solve` does, on mixtures of experts, for which
    no law here defines N, and if the compute is not enough for that loss.

    >>> found = solve_flops("1e22", "refit-2024", top=1)
    >>> f"{found.best.n_params:.3g}", found.solution.candidates[0].n_layers, found.trainings[0].tokens
    ('9.05e+09', 44, 183655489392)
    """
    options = {**{name: value for name, value in locals().items() if name in OF_SHAPES}, **others}
    flops, length = parse_quantity(str(flops), "flops"), None if seq is None else quantity_of(seq, "seq")
    for name in ("exactly", "non_embedding", "active"):
        if options.pop(name, False):
            raise InputError(
                f"--{name.replace('_', '-')} with --flops: the law fixes what is counted; valid: without it"
            )
    fit = law_named(law)
    best = fit.frontier.at_flops(flops)
    if best.n_params < 1 or best.tokens < 1:
        raise InputError(f"flops = {flops:,}: too little for one parameter and one token by {law}; valid: 1e18")
    solution = solve(round(best.n_params), non_embedding=fit.counts == NON_EMBEDDING, **options)
    refuse_experts(solution, like)
    trainings = tuple(
        trained(candidate, flops, fit, spec_of(solution.design, candidate.sizes), length)
        for candidate in solution.candidates
    )
    found = ForCompute(flops, fit, best, solution, trainings)
    return found if max_loss is None else _within(found, max_loss)


def refuse_experts(solution: Solution, like: str | None) -> None:
    """Raise InputError if the shapes are mixtures of experts, for which no law here defines N."""
    if "n_experts" in solution.design.fields or any(c.active != c.total for c in solution.candidates):
        raise InputError(f"--like {like}: a mixture of experts, but {OF_LAWS}; valid: a dense model")


def _within(found: ForCompute, most: float) -> ForCompute:
    """The shapes of *found* whose loss is at most *most*; raises InputError if there are none."""
    law, least = found.fit.law, found.fit.best_loss(found.best)
    if least is None:
        raise InputError(f"max-loss = {most:g}: {law} gives no loss; valid: {' or '.join(losing())}")
    kept = [
        (candidate, training)
        for candidate, training in zip(found.solution.candidates, found.trainings, strict=True)
        if training.loss is not None and training.loss <= most
    ]
    if found.solution.candidates and not kept:
        enough = found.fit.flops_for(most)
        valid = f"{enough:.3g} FLOPs" if enough else "a higher loss; no compute reaches this one"
        said = f"by {law} the lowest loss for {found.flops:.3g} FLOPs is {least:.4f}"
        raise InputError(f"max-loss = {most:g}: compute binds: {said}; valid: {valid}")
    candidates = tuple(candidate for candidate, _ in kept)
    return found._replace(
        solution=found.solution._replace(candidates=candidates), trainings=tuple(training for _, training in kept)
    )


def trained(candidate: Candidate, flops: int | None, fit: Fit | None, spec: Spec, seq: int | None) -> Training:
    """The training of *candidate*, whose model is *spec*, with *flops* FLOPs, or with its optimal compute by *fit*.

    One of the two must be given. Without a *fit*, N is the number of active parameters.
    """
    n_params = candidate.active
    if fit is not None:
        n_params = candidate.non_embedding if fit.counts == NON_EMBEDDING else candidate.total
    if flops is None:
        assert fit is not None
        tokens = round(fit.frontier.at_params(n_params).tokens)
    else:
        tokens = flops // (FLOPS_PER_PARAM * n_params)
    exact, length = _exact(spec, tokens, seq)
    loss = fit.loss(Trained(n_params, tokens)) if fit and fit.loss and tokens else None
    return Training(tokens, FLOPS_PER_PARAM * n_params * tokens, exact, length, loss)


def _exact(spec: Spec, tokens: int, seq: int | None) -> tuple[int | None, int | None]:
    """The FLOPs of training on *tokens* in sequences of *seq* (or the context), and that length; None if unknown."""
    length = _context(spec) if seq is None else seq
    if length is None:
        return None, None
    run = Run(1, length)
    try:
        found = conventions(spec, costed(spec, run), run, tokens)
    except InputError:
        return None, None
    return next(way.flops for way in found if way.name == EXACT), length


def _context(spec: Spec) -> int | None:
    design = spec.family.configured(spec.sizes)
    stated = spec.sizes.get("n_ctx") or (design and design.config.get("max_position_embeddings"))
    return stated if type(stated) is int else None
