"""Attention in torch with its kinds of positions, written by hand from the papers.

Shapes are given as (b, t, …): b sequences of t tokens each. Nothing here knows the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from .layers import affine, dropped, parameter

Bands = Sequence[int | None]


class Attention(nn.Module):
    """Causal multi-head attention (Vaswani et al. 2017, sec. 3.2), n_heads · d_head wide, whatever d_model is.

    With a *band* a token sees only the last *band* tokens, including itself: the locally banded pattern (Child et al.
    2019) that alternates with the dense one in GPT-3 (Brown et al. 2020, sec. 2.1), and Mistral's sliding window. With
    *n_kv_heads*, consecutive query heads share a key and value head (Ainslie et al. 2023, sec. 2.2). *dropout* is
    applied after the softmax and after the output projection.
    """

    def __init__(
        self,
        d_model: int,
        n_heads: int,
        d_head: int,
        bias: bool = True,
        band: int | None = None,
        n_kv_heads: int | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.n_heads, self.d_head, self.band, self.dropout = n_heads, d_head, band, dropout
        self.n_kv_heads = n_heads if n_kv_heads is None else n_kv_heads
        width, shared = n_heads * d_head, self.n_kv_heads * d_head
        self.W_Q = parameter(d_model, width)
        self.W_K = parameter(d_model, shared)
        self.W_V = parameter(d_model, shared)
        self.W_O = parameter(width, d_model)
        self.b_Q = parameter(width) if bias else None
        self.b_K = parameter(shared) if bias else None
        self.b_V = parameter(shared) if bias else None
        self.b_O = parameter(d_model) if bias else None

    def forward(self, x: Tensor, positions: Tensor | None = None) -> Tensor:
        """(b, t, d_model) -> (b, t, d_model); *positions*, (t, d_model), affect only queries and keys."""
        placed = x if positions is None else x + positions
        q = self.rotated(self._heads(placed, self.W_Q, self.b_Q, self.n_heads))  # (b, n_heads, t, d_head)
        k = self.rotated(self._heads(placed, self.W_K, self.b_K, self.n_kv_heads))  # (b, n_kv_heads, t, d_head)
        v = self._heads(x, self.W_V, self.b_V, self.n_kv_heads)
        heads = self.attended(q, k, v).transpose(1, 2).flatten(2)  # (b, t, n_heads · d_head)
        return dropped(affine(heads, self.W_O, self.b_O), self.dropout)

    def attended(self, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        """The values weighted by attention: (b, n_heads, t, d_head)."""
        weights = self.masked(self.scores(q, self._for_all(k))).softmax(dim=3)  # (b, n_heads, t, t)
        return dropped(weights, self.dropout) @ self._for_all(v)

    def rotated(self, heads: Tensor) -> Tensor:
        """Queries or keys rotated by position; here unchanged."""
        return heads

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        """The score of each query (row) for each key (column): (b, n_heads, t, t)."""
        scores: Tensor = q @ k.transpose(2, 3) / self.d_head**0.5
        return scores

    def masked(self, scores: Tensor) -> Tensor:
        """*scores* with -inf where a query may not see a key."""
        distance = distances(scores)
        future = distance < 0
        hidden = future if self.band is None else future | (distance >= self.band)
        return scores.masked_fill(hidden, float("-inf"))

    def _heads(self, x: Tensor, weight: Tensor, bias: Tensor | None, n_heads: int) -> Tensor:
        b, t, _ = x.shape
        return affine(x, weight, bias).view(b, t, n_heads, self.d_head).transpose(1, 2)

    def _for_all(self, heads: Tensor) -> Tensor:
        """(b, n_kv_heads, t, d_head) -> (b, n_heads, t, d_head)."""
        return heads.repeat_interleave(self.n_heads // self.n_kv_heads, dim=1)


class BidirectionalAttention(Attention):
    """Attention to all tokens, including later ones (Devlin et al. 2018, sec. 3)."""

    def masked(self, scores: Tensor) -> Tensor:
        return scores


class RotaryAttention(Attention):
    """Queries and keys rotated by angles that grow with position (Su et al. 2021, sec. 3.2.2).

    The first ROTARY_PCT of each head is rotated. Column i pairs with the one half of that width further on, as in the
    released models; the paper pairs neighbours, which is the same up to the order of W_Q's and W_K's columns.
    """

    ROTARY_PCT = 1.0

    def rotated(self, heads: Tensor) -> Tensor:
        half = int(self.ROTARY_PCT * self.d_head / 2)
        turned = angles(heads.shape[2], 2 * half, heads.device)  # (t, half)
        cos, sin = turned.cos(), turned.sin()
        first, second = heads[..., :half], heads[..., half : 2 * half]
        out = torch.empty_like(heads)
        out[..., :half] = first * cos - second * sin
        out[..., half : 2 * half] = second * cos + first * sin
        out[..., 2 * half :] = heads[..., 2 * half :]
        return out


class AlibiAttention(Attention):
    """A penalty on every score that grows with distance, with a slope per head (Press et al. 2021, sec. 3)."""

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        scores = super().scores(q, k)
        return scores - alibi_slopes(self.n_heads, q.device)[:, None, None] * distances(scores)


class RelativeAttention(Attention):
    """Scores by content and by distance (Dai et al. 2019, sec. 3.3): for query i, key j and sinusoids R,

    (q_i + u) · k_j + (q_i + v) · (R_{i-j} W_KR), divided as usual by the root of d_head.
    """

    def __init__(self, d_model: int, n_heads: int, d_head: int) -> None:
        super().__init__(d_model, n_heads, d_head)
        self.W_KR = parameter(d_model, n_heads * d_head)
        self.u = parameter(n_heads * d_head)
        self.v = parameter(n_heads * d_head)

    def scores(self, q: Tensor, k: Tensor) -> Tensor:
        t, heads = q.shape[2], (self.n_heads, 1, self.d_head)
        farthest_first = sinusoids(q.new_empty(1, t, self.W_KR.shape[0])).flip(0)  # (t, d_model)
        r = (farthest_first @ self.W_KR).view(t, self.n_heads, self.d_head).transpose(0, 1)  # (n_heads, t, d_head)
        content = (q + self.u.view(heads)) @ k.transpose(2, 3)  # (b, n_heads, t, t)
        position = shifted((q + self.v.view(heads)) @ r.transpose(1, 2))
        scores: Tensor = (content + position) / self.d_head**0.5
        return scores


def shifted(scores: Tensor) -> Tensor:
    """Row i moved left by t - 1 - i, so that column j stands for distance i - j rather than t - 1 - j.

    (b, n_heads, t, t), by the padding of Dai et al. 2019, appendix B; what is shifted in on the right is for later
    tokens.
    """
    b, n_heads, t, _ = scores.shape
    return functional.pad(scores, (1, 0)).view(b, n_heads, t + 1, t)[:, :, 1:]


def distances(scores: Tensor) -> Tensor:
    """(t, t): how far the key (column) is before the query (row)."""
    place = torch.arange(scores.shape[3], device=scores.device)
    return place[:, None] - place[None, :]


def alibi_slopes(n_heads: int, device: torch.device) -> Tensor:
    """2^(-8/n), 2^(-16/n), … for n_heads = n a power of two.

    Otherwise those of the power of two below, and every other one of the power above, as in the code released with
    Press et al. 2021.
    """
    below = 2 ** (n_heads.bit_length() - 1)
    exponents = torch.empty(n_heads, device=device)
    exponents[:below] = torch.arange(1, below + 1, device=device) * (8 / below)
    exponents[below:] = (2 * torch.arange(n_heads - below, device=device) + 1) * (4 / below)
    return 2.0**-exponents


def angles(t: int, width: int, device: torch.device) -> Tensor:
    """(t, ceil(width / 2)): position / 10000^(2i / width) (Vaswani et al. 2017, sec. 3.5; Su et al. 2021, 3.2.2)."""
    place = torch.arange(t, device=device)[:, None]  # (t, 1)
    evens = torch.arange(0, width, 2, device=device)
    return place / 10_000.0 ** (evens / width)


def sinusoids(x: Tensor) -> Tensor:
    """(t, d_model) for x of (b, t, d_model), on its device: sines in even columns, cosines in odd ones.

    Vaswani et al. 2017, sec. 3.5.
    """
    _, t, d_model = x.shape
    turned = angles(t, d_model, x.device)
    table = x.new_empty(t, d_model)
    table[:, 0::2] = turned.sin()
    table[:, 1::2] = turned.cos()[:, : d_model // 2]
    return table
