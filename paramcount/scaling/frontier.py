"""The compute-optimal frontier as a power law in the compute, and the loss as a sum of powers of N and D."""

from __future__ import annotations

from typing import NamedTuple

FLOPS_PER_PARAM = 6  # per token, forward and backward (Kaplan et al. 2020, sec. 2.1): C = 6·N·D
PF_DAY = 10**15 * 24 * 60 * 60  # FLOPs


class Run(NamedTuple):
    """A training run: *n_params* N as its law counts them, *tokens* D, and the compute 6·N·D in FLOPs."""

    n_params: float
    tokens: float

    @property
    def flops(self) -> float:
        return FLOPS_PER_PARAM * self.n_params * self.tokens


class Frontier(NamedTuple):
    """N_opt = *scale*·(C/*unit*)^*power*, with *unit* in FLOPs; D_opt follows from 6·N·D = C."""

    scale: float
    power: float
    unit: float = 1.0

    def at_flops(self, flops: float) -> Run:
        """The optimal run for *flops* FLOPs."""
        n_params = self.scale * (flops / self.unit) ** self.power
        return Run(n_params, flops / (FLOPS_PER_PARAM * n_params))

    def at_params(self, n_params: float) -> Run:
        """The run for which *n_params* is the optimal size."""
        flops = self.unit * (n_params / self.scale) ** (1 / self.power)
        return Run(n_params, flops / (FLOPS_PER_PARAM * n_params))

    def at_tokens(self, tokens: float) -> Run:
        """The run for which *tokens* is the optimal number of tokens."""
        units = (FLOPS_PER_PARAM * self.scale * tokens / self.unit) ** (1 / (1 - self.power))
        return Run(units * self.unit / (FLOPS_PER_PARAM * tokens), tokens)


class Parametric(NamedTuple):
    """L(N, D) = *e* + *a*/N^*alpha* + *b*/D^*beta* in nats per token (Hoffmann et al. 2022, eq. 2)."""

    e: float
    a: float
    b: float
    alpha: float
    beta: float

    def loss(self, run: Run) -> float:
        """The loss of *run*."""
        return float(self.e + self.a / run.n_params**self.alpha + self.b / run.tokens**self.beta)

    def frontier(self) -> Frontier:
        """The frontier of lowest loss for the compute (Hoffmann et al. 2022, eq. 4): N = G·(C/6)^(β/(α + β))."""
        both = self.alpha + self.beta
        best = (self.alpha * self.a / (self.beta * self.b)) ** (1 / both)
        return Frontier(best, self.beta / both, FLOPS_PER_PARAM)
