"""OLMo Hybrid: full attention in some layers, a gated delta rule in the others."""

from __future__ import annotations

from paramcount.blocks.attention import attention, full_norms, heads
from paramcount.blocks.decoder import layered
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.mixers import FULL_OR_LINEAR, Delta, gated_delta, short, typed
from paramcount.blocks.parts import rms_norm
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.qwen3_next import QWEN3_NEXT


def olmo_hybrid(c: Config) -> Parts:
    """As OLMo 2, with norms after attention; most layers have a delta net with norms before it instead."""
    kinds, d_model = short(typed(c, _with_one_full)), c.size("hidden_size")
    if len(set(kinds)) < 2:
        raise c.refuse("layer_types", f"valid: both kinds of layers, {' and '.join(FULL_OR_LINEAR)}")

    def layer(kind: str) -> Parts:
        first, second = (
            ("post_attention_layernorm", "post_feedforward_layernorm")
            if kind == "full"
            else ("input_layernorm", "post_attention_layernorm")
        )
        mixer = _wide_normed(c) if kind == "full" else _olmo_delta(c)
        return (*mixer, *gated_feed_forward(c), rms_norm(first, d_model), rms_norm(second, d_model))

    return layered(c, kinds, layer)


def _with_one_full(c: Config) -> list[str]:
    kinds = ["full_attention" if at % 4 == 3 else "linear_attention" for at in range(c.layers())]
    c.goes_on = "full_attention" in kinds
    return kinds if c.goes_on else [*kinds[:-1], "full_attention"]


def _wide_normed(c: Config) -> Parts:
    h, bias = heads(c), c.flag("attention_bias")
    return (*attention(h, bias, bias), *full_norms(h))


def _olmo_delta(c: Config) -> Parts:
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    n_k_heads = c.size_or_none("linear_num_key_heads") or n_heads
    d_k = c.size_or_none("linear_key_head_dim") or _narrow(c, n_k_heads)
    n_v_heads = c.size_or_none("linear_num_value_heads") or n_heads
    d_v = c.size_or_none("linear_value_head_dim") or 2 * d_k
    m = Delta(d_model, n_k_heads, n_v_heads, d_k, d_v, c.size("linear_conv_kernel_dim"))
    maps = {
        "q_proj": m.keys,
        "k_proj": m.keys,
        "v_proj": m.values,
        "a_proj": n_v_heads,
        "b_proj": n_v_heads,
        "g_proj": m.values,
    }
    return gated_delta(m, maps, ("o_norm", "o_proj"))


def _narrow(c: Config, n_k_heads: Sized) -> Size:
    words = "0.75 · hidden_size / key heads, rounded down"
    width = c.follows("d_linear_k", words, 3 * c.size("hidden_size"), 4 * n_k_heads)
    if not c.is_at_most(1, width):
        raise c.refuse("linear_key_head_dim", "valid: a whole number, since hidden_size is this small")
    return width


OLMO_HYBRID = QWEN3_NEXT._replace(
    ahead=None,
    summary="gated delta nets, and attention with norms over all queries and keys in every fourth layer",
    source="transformers 5.23.0, models/olmo_hybrid",
    body=olmo_hybrid,
    heads=DECODER_HEADS,
)
