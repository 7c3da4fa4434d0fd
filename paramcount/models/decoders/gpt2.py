"""GPT-2: learned positions, LayerNorm before each sublayer, and a plain feed-forward."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, at_source, attend, attend_across, attention, qkv, whole_heads
from paramcount.blocks.leaves import Crossed, Fused
from paramcount.blocks.parts import last_norm, layer_norm, table
from paramcount.blocks.roles import FIRST, OUTPUT, QUERY, SECOND, Map, together
from paramcount.blocks.task_heads import labels, lm_head, no_head, spans
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def gpt2(c: Config) -> Parts:
    """Radford et al. 2019, sec. 2.3: norms before attention and feed-forward, and a final one."""
    h = whole_heads(c)
    layer = layers(c, norms_of(h.d_model), crossed(h, d_ff_of(c)), _crossed_cross_attention(c, h))
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
    return c.size_or_none("n_inner") or c.tied("d_ff", 4 * c.size("hidden_size"))


def separate_maps(h: Heads, name: str, out_bias: bool = False) -> Parts:
    return attention(h, out_bias=out_bias, name=name, names=("q_proj", "k_proj", "v_proj", "out_proj"))


def crossed(h: Heads, d_ff: Size) -> Parts:
    """Attention and feed-forward in transformers' Conv1D."""
    return (
        _crossed_side_by_side("attn.c_attn", "attention", h.d_model, qkv(h)),
        Part("attn.c_proj", "attention", Crossed(h.n_heads * h.d_head, h.d_model, role=OUTPUT)),
        attend(h),
        Part("mlp.c_fc", "feed-forward", Crossed(h.d_model, d_ff, role=FIRST)),
        Part("mlp.c_proj", "feed-forward", Crossed(d_ff, h.d_model, role=SECOND)),
    )


def _crossed_side_by_side(name: str, component: str, d_in: Size, maps: tuple[Map, ...]) -> Part:
    return Part(name, component, Fused(Crossed(d_in, together(maps)), maps))


def _crossed_cross_attention(c: Config, h: Heads) -> Parts:
    """Attention to an encoder, if the config adds it."""
    if not c.flag("add_cross_attention"):
        return ()
    width = h.n_heads * h.d_head
    return (
        at_source(_crossed_side_by_side("crossattention.c_attn", "cross-attention", h.d_model, qkv(h)[1:])),
        Part("crossattention.q_attn", "cross-attention", Crossed(h.d_model, width, role=QUERY)),
        Part("crossattention.c_proj", "cross-attention", Crossed(width, h.d_model, role=OUTPUT)),
        attend_across(h),
        layer_norm("ln_cross_attn", h.d_model),
    )


GPT2_HEADS = {
    "base": no_head,
    "causal": lm_head("wte"),
    "sequence": labels(),
    "token": labels("classifier", bias=True),
    "question": spans(),
}
GPT2 = Architecture(
    summary="decoder with learned positions, LayerNorm before each sublayer and a plain feed-forward",
    source="Radford et al. 2019, sec. 2.3",
    body=gpt2,
    heads=GPT2_HEADS,
    prefix="transformer",
)
