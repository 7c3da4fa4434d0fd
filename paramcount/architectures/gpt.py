"""Decoders of GPT's make: LayerNorm, as many keys and values as queries, and a feed-forward of two maps."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, lm_head, no_head, spans
from paramcount.architectures.parts import Heads, attention, dense, last_norm, layer_norm, plain, table, whole_heads
from paramcount.blocks.stored import Crossed
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.tensor import Size


def gpt(c: Config) -> Parts:
    """Radford et al. 2018, sec. 4.1: norms after attention and feed-forward, and none at the end."""
    d_model = whole_heads(c)
    tokens = table("tokens_embed", c.size("vocab_size"), d_model)
    return (tokens, _positions(c, "positions_embed"), _layers(c, _crossed(d_model, 4 * d_model), _norms(d_model)))


def gpt2(c: Config) -> Parts:
    """Radford et al. 2019, sec. 2.3: norms before attention and feed-forward, and one at the end."""
    d_model = whole_heads(c)
    layer = _layers(c, _norms(d_model), _crossed(d_model, _d_ff(c)), _crossed_cross_attention(c))
    return (*_tokens(c), _positions(c), layer, *last_norm(c, "ln_f"))


def gpt_bigcode(c: Config) -> Parts:
    """GPT-2's decoder in linear maps, with one head of keys and values for all queries (Ben Allal et al. 2023)."""
    d_model = whole_heads(c)
    d_head = c.quotient("d_head", "hidden_size", "num_attention_heads")
    if c.flag("multi_query") and c.flag("add_cross_attention"):
        raise c.refuse("add_cross_attention", "valid: false, or multi_query = false")
    d_kv = d_head if c.flag("multi_query") else d_model
    attn = (
        dense("attn.c_attn", "attention", d_model, d_model + 2 * d_kv, bias=True),
        dense("attn.c_proj", "attention", d_model, d_model, bias=True),
    )
    feed_forward = plain(d_model, _d_ff(c), names=("c_fc", "c_proj"))
    layer = _layers(c, _norms(d_model), attn, feed_forward, _cross_attention(c))
    return (*_tokens(c), _positions(c), layer, *last_norm(c, "ln_f"))


def gpt_neo(c: Config) -> Parts:
    """GPT-2's decoder in linear maps, without a bias on queries, keys and values; local layers have the same shapes."""
    d_model = whole_heads(c)
    _check_attention_types(c)
    d_ff = c.size_or_none("intermediate_size") or 4 * d_model
    projections = _projections(d_model, "attn.attention", out_bias=True)
    layer = _layers(c, _norms(d_model), projections, plain(d_model, d_ff, names=("c_fc", "c_proj")))
    return (*_tokens(c), _positions(c), layer, *last_norm(c, "ln_f"))


def gptj(c: Config) -> Parts:
    """Attention and feed-forward side by side after one norm, and rotary positions."""
    d_model = whole_heads(c)
    feed_forward = plain(d_model, _d_ff(c), names=("fc_in", "fc_out"))
    return _parallel(c, _projections(d_model, "attn"), feed_forward)


def codegen(c: Config) -> Parts:
    """GPT-J's decoder with queries, keys and values in one map."""
    d_model = whole_heads(c)
    attn = (
        dense("attn.qkv_proj", "attention", d_model, 3 * d_model),
        dense("attn.out_proj", "attention", d_model, d_model),
    )
    return _parallel(c, attn, plain(d_model, _d_ff(c), names=("fc_in", "fc_out")))


def ctrl(c: Config) -> Parts:
    """Keskar et al. 2019: norms before attention and feed-forward, sinusoidal positions."""
    d_model = whole_heads(c)
    names = ("Wq", "Wk", "Wv", "dense")
    attn = attention(_heads(d_model), True, True, "multi_head_attention", names)
    feed_forward = plain(d_model, c.size("dff"), name="ffn", names=("0", "2"))
    norms = (layer_norm("layernorm1", d_model), layer_norm("layernorm2", d_model))
    return (*_tokens(c, "w"), _layers(c, norms, attn, feed_forward), *last_norm(c, "layernorm"))


def _parallel(c: Config, attn: Parts, feed_forward: Parts) -> Parts:
    norm = (layer_norm("ln_1", c.size("hidden_size")),)
    return (*_tokens(c), _layers(c, norm, attn, feed_forward), *last_norm(c, "ln_f"))


def _tokens(c: Config, name: str = "wte") -> Parts:
    return (table(name, c.size("vocab_size"), c.size("hidden_size")),)


def _positions(c: Config, name: str = "wpe") -> Part:
    return table(name, c.size("max_position_embeddings"), c.size("hidden_size"), "position embedding")


def _layers(c: Config, *layer: Parts) -> Stack:
    return Stack("h", c.size("num_hidden_layers"), tuple(part for parts in layer for part in parts))


def _norms(d_model: Size) -> Parts:
    return layer_norm("ln_1", d_model), layer_norm("ln_2", d_model)


def _d_ff(c: Config) -> Size:
    return c.size_or_none("n_inner") or 4 * c.size("hidden_size")


def _heads(d_model: Size) -> Heads:
    return Heads(d_model, 1, 1, d_model)


def _projections(d_model: Size, name: str, out_bias: bool = False) -> Parts:
    return attention(_heads(d_model), out_bias=out_bias, name=name, names=("q_proj", "k_proj", "v_proj", "out_proj"))


def _crossed(d_model: Size, d_ff: Size) -> Parts:
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


def _cross_attention(c: Config) -> Parts:
    """The same in linear maps."""
    if not c.flag("add_cross_attention"):
        return ()
    d_model = c.size("hidden_size")
    return (
        dense("crossattention.c_attn", "cross-attention", d_model, 2 * d_model, bias=True),
        dense("crossattention.q_attn", "cross-attention", d_model, d_model, bias=True),
        dense("crossattention.c_proj", "cross-attention", d_model, d_model, bias=True),
        layer_norm("ln_cross_attn", d_model),
    )


def _check_attention_types(c: Config) -> None:
    """attention_types, lists of kinds and how often each is repeated, must make n_layers."""
    kinds = c.get("attention_types")
    kinds = [[["global", "local"], 12]] if kinds is None else kinds
    n_layers, valid = c.layers("num_layers"), "valid: lists of global and local, each with its repetitions,"
    try:
        n_kinds = sum(len(own) * times for own, times in kinds)
        known = {"global", "local"}.issuperset(kind for own, _ in kinds for kind in own)
    except (TypeError, ValueError):
        raise c.refuse("attention_types", valid) from None
    if n_kinds != n_layers or not known:
        raise c.refuse("attention_types", f"{valid} that make up num_layers = {n_layers}, not {n_kinds}")


_GPT2_HEADS = {
    "base": no_head,
    "causal": lm_head("wte"),
    "sequence": labels(),
    "token": labels("classifier", bias=True),
    "question": spans(),
}
_GPTJ_HEADS = {
    "base": no_head,
    "causal": lm_head("wte", bias=True),
    "sequence": labels(),
    "question": labels("qa_outputs", bias=True),
}
GPT2 = Architecture(
    summary="decoder with learned positions, LayerNorm before each part and a plain feed-forward",
    source="Radford et al. 2019, sec. 2.3",
    body=gpt2,
    heads=_GPT2_HEADS,
    prefix="transformer",
)
GPT = GPT2._replace(
    summary="decoder with learned positions, LayerNorm after each part and a plain feed-forward",
    source="Radford et al. 2018, sec. 4.1",
    body=gpt,
    heads={"base": no_head, "causal": lm_head("tokens_embed"), "sequence": labels()},
)
GPT_BIGCODE = GPT2._replace(
    summary="GPT-2's decoder with one head of keys and values for all queries",
    source="Ben Allal et al. 2023",
    body=gpt_bigcode,
    heads={task: head for task, head in _GPT2_HEADS.items() if task != "question"},
)
GPT_NEO = GPT2._replace(
    summary="GPT-2's decoder with local attention in some layers",
    source="transformers 5.23.0, GPTNeoModel",
    body=gpt_neo,
)
GPTJ = GPT2._replace(
    summary="decoder with rotary positions, attention and feed-forward side by side after one LayerNorm",
    source="transformers 5.23.0, GPTJModel",
    body=gptj,
    heads=_GPTJ_HEADS,
)
CODEGEN = GPTJ._replace(
    summary="GPT-J's decoder with queries, keys and values in one map",
    source="transformers 5.23.0, CodeGenModel",
    body=codegen,
    heads={"base": no_head, "causal": lm_head("wte", bias=True)},
)
CTRL = GPT2._replace(
    summary="decoder with sinusoidal positions, LayerNorm before each part and a plain feed-forward",
    source="Keskar et al. 2019",
    body=ctrl,
    heads={"base": no_head, "causal": lm_head("w", bias=True), "sequence": labels("classifier")},
)
