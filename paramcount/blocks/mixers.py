"""Alternatives to attention: state spaces, linear attention and short convolutions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.products import Product, State
from paramcount.config import Config, ConfigError
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import CHUNK, CHUNK_PAIR, ONE_LESS, STATE, STEP
from paramcount.ledger.tensor import Size

# Layer names from before transformers 5, which still reads them.
LEGACY = {"mamba": "linear_attention", "attention": "full_attention"}
CHUNK_OF_DELTA = 64  # tokens, hard-coded in transformers 5.23.0's classes
FULL_OR_LINEAR = ("full_attention", "linear_attention")


class Selective(NamedTuple):
    """The widths of Mamba's mixer: the model's, the inner one, the state's, the time step's rank, the convolution's."""

    d_model: Size
    d_inner: Size
    d_state: Size
    r_dt: Size
    d_conv: Size
    bias: bool
    conv_bias: bool


class Heads2(NamedTuple):
    """The widths of Mamba-2's mixer, whose d_inner is split into n_heads heads, with n_groups of inputs and outputs."""

    d_model: Size
    d_inner: int
    d_state: Size
    n_heads: int
    n_groups: Size
    d_conv: Size
    bias: bool
    conv_bias: bool
    out_bias: bool
    chunk: int


class Delta(NamedTuple):
    """The widths of a gated delta net: the model's, the heads' keys and values, and the convolution's."""

    d_model: Size
    n_k_heads: Size
    n_v_heads: Size
    d_k: Size
    d_v: Size
    d_conv: Size

    @property
    def keys(self) -> Any:
        """The width of all keys together, equal to that of the queries."""
        return self.n_k_heads * self.d_k

    @property
    def values(self) -> Any:
        """The width of all values together."""
        return self.n_v_heads * self.d_v


def time_step_rank(c: Config, key: str) -> Size:
    """The rank under *key*, a number or "auto", which is a sixteenth of d_model, rounded up."""
    if c.get(key) == "auto":
        return c.follows("r_dt", "hidden_size / 16, rounded up", c.size("hidden_size"), 16, "up")
    return c.size(key)


def mamba(m: Selective, name: str = "mixer") -> Parts:
    """Gu and Dao 2023, sec. 3.4 and algorithm 2: time step, input and output are computed from the tokens."""
    return (
        bare(f"{name}.A_log", "mixer", m.d_inner, m.d_state),
        bare(f"{name}.D", "mixer", m.d_inner),
        *depthwise(f"{name}.conv1d", m.d_inner, m.d_conv, m.conv_bias),
        dense(f"{name}.in_proj", "mixer", m.d_model, 2 * m.d_inner, m.bias),
        dense(f"{name}.x_proj", "mixer", m.d_inner, m.r_dt + 2 * m.d_state),
        dense(f"{name}.dt_proj", "mixer", m.r_dt, m.d_inner, bias=True),
        dense(f"{name}.out_proj", "mixer", m.d_inner, m.d_model, m.bias),
        *selective_scan(m.d_inner, m.d_state),
    )


def selective_scan(d_inner: Any, d_state: Any) -> Parts:
    """The states, each read by one product per token (Gu and Dao 2023, eq. 2b); they are always float32."""
    states = d_inner * d_state
    return Part("", "mixer", Product(states, STATE)), Part("", "mixer", State(states, "fp32"))


def mamba2(m: Heads2, name: str = "mixer", normed: bool = True) -> Parts:
    """Dao and Gu 2024, sec. 7.1: one decay per head, and one map for everything else."""
    convolved = m.d_inner + 2 * m.n_groups * m.d_state
    return (
        *(bare(f"{name}.{own}", "mixer", m.n_heads) for own in ("dt_bias", "A_log", "D")),
        *depthwise(f"{name}.conv1d", convolved, m.d_conv, m.conv_bias),
        dense(f"{name}.in_proj", "mixer", m.d_model, m.d_inner + convolved + m.n_heads, m.bias),
        *((rms_norm(f"{name}.norm", m.d_inner),) if normed else ()),
        dense(f"{name}.out_proj", "mixer", m.d_inner, m.d_model, m.out_bias),
        *_scan_of_heads(m),
    )


def _scan_of_heads(m: Heads2) -> Parts:
    """Attention within a chunk, and states that lead from each chunk to all later ones (Dao and Gu 2024, sec. 6).

    Every head has its own input and output by then. A single token after a cache reads its states instead.
    """
    states = m.d_inner * m.d_state
    scores, mixed = m.chunk * m.chunk * (m.n_heads * m.d_state), m.chunk * m.chunk * m.d_inner
    return (
        Part("", "mixer", Product(scores + mixed + 2 * (m.chunk * states), CHUNK, m.chunk)),
        Part("", "mixer", Product(states, CHUNK_PAIR, m.chunk)),
        Part("", "mixer", Product(states, STEP, m.chunk)),
        Part("", "mixer", State(states, "fp32")),
    )


def delta_of(c: Config) -> Delta:
    """A gated delta net's widths as in most configs."""
    n_k_heads, n_v_heads = c.size("linear_num_key_heads"), c.size("linear_num_value_heads")
    d_k, d_v = c.size("linear_key_head_dim"), c.size("linear_value_head_dim")
    return Delta(c.size("hidden_size"), n_k_heads, n_v_heads, d_k, d_v, c.size("linear_conv_kernel_dim"))


def gated_delta(m: Delta, maps: dict[str, Size], out: tuple[str, str], name: str = "linear_attn") -> Parts:
    """Yang et al. 2025, sec. 3: *maps* lead in; *out* names the norm over each head's value and the output map."""
    norm, back = out
    return (
        *depthwise(f"{name}.conv1d", m.keys + m.keys + m.values, m.d_conv),
        *(dense(f"{name}.{own}", "mixer", m.d_model, d_out) for own, d_out in maps.items()),
        bare(f"{name}.dt_bias", "mixer", m.n_v_heads),
        bare(f"{name}.A_log", "mixer", m.n_v_heads),
        rms_norm(f"{name}.{norm}", m.d_v),
        dense(f"{name}.{back}", "mixer", m.values, m.d_model),
        *delta_rule(m.n_v_heads, m.d_k, m.d_v),
    )


def delta_rule(n_heads: Any, d_k: Any, d_v: Any, by_channel: bool = False) -> Parts:
    """Products within a chunk and with its initial state (Yang et al. 2024, sec. 3.3, eq. 8 to 11).

    Keys are multiplied by keys and by queries, and a triangular system is solved, which is not counted. If they decay
    *by_channel*, these scores are sums rather than products, but the inverse of the system is multiplied.
    """
    scores, solved = (1, 2) if by_channel else (2, 1)
    a_chunk = CHUNK_OF_DELTA * (CHUNK_OF_DELTA * (scores * d_k + solved * d_v) + 3 * (d_k * d_v))
    return (
        Part("", "mixer", Product(n_heads * a_chunk, CHUNK, CHUNK_OF_DELTA)),
        Part("", "mixer", State(n_heads * d_k * d_v, "fp32")),
    )


def short_convolution(c: Config, name: str = "conv") -> Parts:
    """LFM2's: a gate before and a gate after a convolution over a few positions, all d_model wide."""
    d_model, bias = c.size("hidden_size"), c.flag("conv_bias")
    return (
        *depthwise(f"{name}.conv", d_model, c.size("conv_L_cache"), bias),
        dense(f"{name}.in_proj", "mixer", d_model, 3 * d_model, bias),
        dense(f"{name}.out_proj", "mixer", d_model, d_model, bias),
    )


def depthwise(name: str, width: Size, kernel: Size, bias: bool = False) -> Parts:
    """A convolution over positions, each channel by itself, and the positions it caches.

    Classes pad both ends by kernel − 1 and cut off the end.
    """
    convolution = Convolution(width, 1, kernel, bias, beyond=kernel + ONE_LESS)
    return Part(name, "mixer", convolution), Part("", "mixer", State(width * kernel))


def typed(
    c: Config,
    otherwise: Callable[[Config], list[str]],
    key: str = "layer_types",
    valid: tuple[str, ...] = FULL_OR_LINEAR,
) -> list[str]:
    """Each layer's kind, as listed under *key*, or from *otherwise* if there is no list."""
    listed = c.list_of(key, c.layers())
    return otherwise(c) if listed is None else understood(c, key, listed, valid)


def understood(c: Config, key: str, listed: list[Any], valid: tuple[str, ...]) -> list[str]:
    """The kinds of layers *listed* under *key*, under transformers 5's names; raises ConfigError."""
    kinds = [LEGACY.get(kind, kind) if isinstance(kind, str) else str(kind) for kind in listed]
    if unknown := [kind for kind in kinds if kind not in valid]:
        raise ConfigError(f"{c.name}: {c.prefix}{key} has {unknown[0]!r:.40}; valid: {', '.join(valid)}")
    return kinds


def short(kinds: Sequence[str]) -> list[str]:
    """The kinds without the word attention, as in the names of their counts: n_linear_layers."""
    return [kind.removesuffix("_attention") for kind in kinds]


def follows(c: Config, *keys: str) -> None:
    """Raise ConfigError if one of *keys* is given, since transformers' class computes it itself."""
    for key in keys:
        if c.get(key) is not None:
            raise c.refuse(key, f"valid: none; transformers computes it for {c.model_type}")
