"""GPT-2: learned positions, LayerNorm before each sublayer, and a plain feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention, whole_heads
from paramcount.blocks.leaves import Crossed
from paramcount.blocks.parts import last_norm, layer_norm, table
from paramcount.blocks.task_heads import labels, lm_head, no_head, spans
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def gpt2(c: Config) -> Parts:
    """Radford et al. 2019, sec. 2.3: norms before attention and feed-forward, and one at the end."""
    d_model = whole_heads(c)
    layer = layers(c, norms_of(d_model), crossed(d_model, d_ff_of(c)), _crossed_cross_attention(c))
    return (*tokens(c), positions(c), layer, *last_norm(c, "ln_f"))


def tokens(c: Config, name: str = "wte") -> Parts:
    return (table(name, c.size("vocab_size"), c.size("hidden_size")),)


def positions(c: Config, name: str = "wpe") -> Part:
    return table(name, c.size("max_position_embeddings"), c.size("hidden_size"), "position embedding")


def layers(c: Config, *layer: Parts) -> Stack:
    return Stack("h", c.size("num_hidden_layers"), tuple(part for parts in layer for part in parts))


def norms_of(d_model: Size) -> Parts:
    return layer_norm("ln_1", d_model), layer_norm("ln_2", d_model)


def d_ff_of(c: Config) -> Size:
    return c.size_or_none("n_inner") or 4 * c.size("hidden_size")


def one_head(d_model: Size) -> Heads:
    return Heads(d_model, 1, 1, d_model)


def separate_maps(d_model: Size, name: str, out_bias: bool = False) -> Parts:
    return attention(one_head(d_model), out_bias=out_bias, name=name, names=("q_proj", "k_proj", "v_proj", "out_proj"))


def crossed(d_model: Size, d_ff: Size) -> Parts:
    """Attention and feed-forward in transformers' Conv1D."""
    return (
        Part("attn.c_attn", "attention", Crossed(d_model, 3 * d_model)),
        Part("attn.c_proj", "attention", Crossed(d_model, d_model)),
        Part("mlp.c_fc", "feed-forward", Crossed(d_model, d_ff)),
        Part("mlp.c_proj", "feed-forward", Crossed(d_ff, d_model)),
    )


def _crossed_cross_attention(c: Config) -> Parts:
    """Attention to an encoder, where the config adds it."""
    if not c.flag("add_cross_attention"):
        return ()
    d_model = c.size("hidden_size")
    return (
        Part("crossattention.c_attn", "cross-attention", Crossed(d_model, 2 * d_model)),
        Part("crossattention.q_attn", "cross-attention", Crossed(d_model, d_model)),
        Part("crossattention.c_proj", "cross-attention", Crossed(d_model, d_model)),
        layer_norm("ln_cross_attn", d_model),
    )


GPT2_HEADS = {
    "base": no_head,
    "causal": lm_head("wte"),
    "sequence": labels(),
    "token": labels("classifier", bias=True),
    "question": spans(),
}
GPT2 = Architecture(
    summary="decoder with learned positions, LayerNorm before each part and a plain feed-forward",
    source="Radford et al. 2019, sec. 2.3",
    body=gpt2,
    heads=GPT2_HEADS,
    prefix="transformer",
)
