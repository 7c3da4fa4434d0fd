"""Questions to scaling laws (compute, a size, or tokens) and their answers."""

from __future__ import annotations

from typing import NamedTuple

from paramcount.errors import InputError
from paramcount.quantity import short
from paramcount.scaling import kaplan
from paramcount.scaling.constants import fitted_range
from paramcount.scaling.frontier import FLOPS_PER_PARAM, Run
from paramcount.scaling.laws import Fit, fits, law_named, losing, positive


class Asked(NamedTuple):
    """Compute in FLOPs, a size, tokens, or two of them; None if not given."""

    flops: float | None = None
    n_params: float | None = None
    tokens: float | None = None

    def run(self) -> Run | None:
        """The run given by two of the three; None if only one is given.

        Raises InputError if none or all are given, or if one is not positive.
        """
        given = [positive(value, name) for name, value in self._asdict().items() if value is not None]
        if len(given) not in (1, 2):
            said = "nothing to ask" if not given else "two of them give the third"
            raise InputError(f"scaling: {said}; valid: one or two of --flops, --params and --tokens, or --gpu …")
        if len(given) == 1:
            return None
        if self.n_params is None:
            return Run((self.flops or 0) / (FLOPS_PER_PARAM * (self.tokens or 0)), self.tokens or 0)
        return Run(self.n_params, self.tokens or (self.flops or 0) / (FLOPS_PER_PARAM * self.n_params))


class Answer(NamedTuple):
    """The optimal *run* by one set of constants, and its *loss*, None if they give none.

    *beyond* maps N and D, if outside the fitted range, to their ratio to the nearest end of it. *critical_batch*, in
    tokens, and *fewest_steps* are only given by Kaplan's law.
    """

    fit: Fit
    run: Run
    loss: float | None
    beyond: dict[str, float]
    critical_batch: float | None
    fewest_steps: float | None

    def __repr__(self) -> str:
        loss = "" if self.loss is None else f", loss {self.loss:.4f}"
        return f"{repr(self.fit)[:-1]}: {self.run.n_params:.3g} parameters, {self.run.tokens:.3g} tokens{loss}>"


def answers(asked: Asked, laws: list[str]) -> list[Answer]:
    """The optimal run by every set of constants of *laws*: for the compute, or the one whose optimal N or D is given.

    Raises InputError on an unknown law or an invalid question.
    """
    run = asked.run()
    for name in laws:
        law_named(name)
    found = ((fit, _best(fit, asked, run)) for name in laws for fit in fits(name))
    return [_answer(fit, best) for fit, best in found]


def losses(run: Run) -> dict[str, float]:
    """The loss of *run* by each law that gives one, with N as that law counts it."""
    stated = {name: fits(name)[0].loss for name in losing()}
    return {name: loss(run) for name, loss in stated.items() if loss}


def refuse_beyond(found: list[Answer], run: Run | None) -> None:
    """Raise InputError if the question or a law's answer is outside the law's fitted range."""
    for answer in found:
        law = answer.fit.law
        for judged in filter(None, (run, answer.run)):
            for symbol in answer.fit.beyond(judged):
                low, high = fitted_range(law)[symbol]
                value = judged.n_params if symbol == "N" else judged.tokens
                valid = f"valid: {symbol} from {short(int(low))} to {short(int(high))}, or without --strict"
                raise InputError(
                    f"--strict: {law}: {symbol} = {short(round(value))} is outside its fitted range; {valid}"
                )


def _best(fit: Fit, asked: Asked, run: Run | None) -> Run:
    if run is not None:
        return fit.frontier.at_flops(run.flops)
    if asked.flops is not None:
        return fit.frontier.at_flops(asked.flops)
    if asked.n_params is not None:
        return fit.frontier.at_params(asked.n_params)
    return fit.frontier.at_tokens(asked.tokens or 0)


def _answer(fit: Fit, run: Run) -> Answer:
    batch, steps = kaplan.batch_and_steps(run.flops) if fit.law == kaplan.LAW else (None, None)
    return Answer(fit, run, fit.best_loss(run), fit.beyond(run), batch, steps)
