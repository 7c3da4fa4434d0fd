"""Liquid AI's decoders: short gated convolutions in most layers, attention in the others."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Head
from paramcount.blocks.mixers import short_convolution, typed
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.stacks import numbers, stacks
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config, ConfigError
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

FULL_OR_CONV = ("full_attention", "conv")
MAPS = ("w1", "w3", "w2")


def lfm2(c: Config) -> Parts:
    """Llama's decoder with short convolutions instead of attention in most layers."""
    d_model = c.size("hidden_size")
    feed = gated(d_model, _adjusted(c), name="feed_forward", names=MAPS)
    return _decoder(c, typed(c, _numbered, valid=FULL_OR_CONV), lambda kind: (*_mixer(c, kind), *feed))


def _numbered(c: Config) -> list[str]:
    if c.get("full_attn_idxs") is None:
        return ["full_attention"] * c.layers()
    full = numbers(c, "full_attn_idxs")
    return ["full_attention" if at in full else "conv" for at in range(c.layers())]


def _adjusted(c: Config) -> Size:
    """Two thirds of the given width, times a factor, rounded up to a multiple; in floats, as in the class."""
    d_ff = c.size("block_ff_dim" if "block_ff_dim" in c.given else "intermediate_size")
    if not c.flag("block_auto_adjust_ff_dim"):
        return d_ff
    how = "2/3 of the given width times block_ffn_dim_multiplier, up to a multiple of block_multiple_of"
    if (times := c.get("block_ffn_dim_multiplier")) is None:
        return c.follows("d_gated_ff", how, 2 * d_ff, 3)
    if isinstance(times, bool) or not isinstance(times, int | float) or not 0 < times < 1e6:
        raise c.refuse("block_ffn_dim_multiplier", "valid: a number above 0, or null")
    step, (above, below) = c.size("block_multiple_of"), times.as_integer_ratio()
    if above == 1:  # otherwise it is rounded twice, which is not a single quotient
        return c.follows("d_gated_ff", how, 2 * d_ff + 3 * below * (step - 1), 3 * below * step, times=step)
    width, to = int(times * (2 * d_ff.looked_at() // 3)), step.looked_at()
    return c.named("d_gated_ff", -(-width // to) * to, how)


def lfm2_moe(c: Config) -> Parts:
    """The same with experts in all but the first layers."""
    d_model, n_dense = c.size("hidden_size"), c.size("num_dense_layers", least=0)
    kinds = typed(c, _missing, valid=FULL_OR_CONV)
    pairs = [f"{kind} {'dense' if at < n_dense else 'sparse'}" for at, kind in enumerate(kinds)]

    def layer(pair: str) -> Parts:
        kind, feed = pair.split()
        if feed == "sparse":
            return (*_mixer(c, kind), *mixture(c, routing(c), c.size("moe_intermediate_size"), "feed_forward"))
        return (*_mixer(c, kind), *gated(d_model, c.size("intermediate_size"), name="feed_forward", names=MAPS))

    return _decoder(c, pairs, layer)


def _missing(c: Config) -> list[str]:
    raise ConfigError(f"{c.name}: layer_types is missing; valid: a list of {' and '.join(FULL_OR_CONV)}, one per layer")


def lfm3(c: Config) -> Parts:
    """As LFM2, with a window in some layers, a gate for each head and norms after each half of a layer."""
    d_model = c.size("hidden_size")
    after = ("post_operator_norm", "post_ffn_norm") if c.flag("use_sandwich_norm") else ()
    feed = gated(d_model, c.size("intermediate_size"), name="feed_forward", names=MAPS)
    shared = (*feed, *(rms_norm(name, d_model) for name in after))
    kinds = typed(c, _windowed, valid=(*FULL_OR_CONV, "sliding_attention"))
    kinds = ["conv" if kind == "conv" else "attention" for kind in kinds]
    return _decoder(c, kinds, lambda kind: (*(short_convolution(c) if kind == "conv" else _gated(c)), *shared))


def _windowed(c: Config) -> list[str]:
    return ["full_attention" if at and at % 2 == 0 else "conv" for at in range(c.layers())]


def _gated(c: Config) -> Parts:
    h, bias = heads(c), c.flag("attention_bias")
    gate = (dense("self_attn.g_proj", "attention", h.d_model, h.n_heads),) if c.flag("use_attention_gate") else ()
    norms = (rms_norm("self_attn.q_norm", h.d_head), rms_norm("self_attn.k_norm", h.d_head))
    return (*attention(h, bias, bias), *norms, *gate)


def _mixer(c: Config, kind: str) -> Parts:
    if kind == "conv":
        return short_convolution(c)
    h = heads(c)
    norms = (rms_norm("self_attn.q_layernorm", h.d_head), rms_norm("self_attn.k_layernorm", h.d_head))
    return (*attention(h, names=("q_proj", "k_proj", "v_proj", "out_proj")), *norms)


def _decoder(c: Config, kinds: list[str], layer: Callable[[str], Parts]) -> Parts:
    d_model = c.size("hidden_size")
    norms = (rms_norm("operator_norm", d_model), rms_norm("ffn_norm", d_model))
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *stacks(c, "layers", kinds, lambda kind: (*layer(kind), *norms), c.layers()),
        rms_norm("embedding_norm", d_model, "final norm"),
    )


def tied_by_older_key(c: Config, prefix: str) -> Parts:
    """Logits over the vocabulary, tied by the older key tie_embedding if the config has it."""
    is_tied = c.flag("tie_embedding" if "tie_embedding" in c.given else "tie_word_embeddings")
    tied_to = f"{prefix}embed_tokens.weight" if is_tied else ""
    return (Part("lm_head", "output head", Head(c.size("vocab_size"), c.size("hidden_size"), tied_to)),)


LFM2 = Architecture(
    summary="short gated convolutions, and attention in some layers",
    source="transformers 5.23.0, models/lfm2",
    body=lfm2,
    heads={"base": no_head, "causal": tied_by_older_key},
)
LFM2_MOE = LFM2._replace(
    summary="short gated convolutions, attention in some layers, and experts in most",
    source="transformers 5.23.0, models/lfm2_moe",
    body=lfm2_moe,
)
LFM3 = LFM2._replace(source="transformers 5.23.0, models/lfm3", body=lfm3, heads={"base": no_head, "causal": lm_head()})
