"""Decoders with LayerNorm and queries, keys and values in one map: GPT-NeoX, BLOOM, Falcon, MPT."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, lm_head, no_head, spans
from paramcount.architectures.parts import bare, dense, last_norm, layer_norm, plain, table, whole_heads
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.sized import Sized
from paramcount.tensor import Size

UP_AND_DOWN = ("dense_h_to_4h", "dense_4h_to_h")


def gpt_neox(c: Config) -> Parts:
    """Black et al. 2022, sec. 2.1: rotary positions, attention and feed-forward side by side, a norm for each."""
    d_model = whole_heads(c)
    attn = _attention("attention", d_model, 3 * d_model, c.flag("attention_bias"))
    feed_forward = plain(d_model, c.size("intermediate_size"), names=UP_AND_DOWN)
    layers = Stack("layers", c.size("num_hidden_layers"), (*_norms(d_model), *attn, *feed_forward))
    return (_tokens(c, "embed_in"), layers, *last_norm(c, "final_layer_norm"))


def gpt_neox_japanese(c: Config) -> Parts:
    """GPT-NeoX's decoder without biases but one, on the last layer's attention."""
    d_model, n_layers = whole_heads(c), c.size("num_hidden_layers")
    attn = _attention("attention", d_model, 3 * d_model, bias=False)
    feed_forward = plain(d_model, c.size("intermediate_multiple_size") * d_model, bias=False, names=UP_AND_DOWN)
    layers = Stack("layers", n_layers, (*_norms(d_model), *attn, *feed_forward))
    bias = bare(f"layers.{n_layers - 1}.attention.dense_bias", "attention", d_model)
    return (_tokens(c, "embed_in"), layers, bias, *last_norm(c, "final_layer_norm"))


def bloom(c: Config) -> Parts:
    """Scao et al. 2022, sec. 3.2.2: ALiBi in place of positions, and a norm on the embedding."""
    d_model = whole_heads(c)
    attn = _attention("self_attention", d_model, 3 * d_model, bias=True)
    layer = (*_norms(d_model), *attn, *plain(d_model, 4 * d_model, names=UP_AND_DOWN))
    norm = layer_norm("word_embeddings_layernorm", d_model, component="embedding norm")
    return (_tokens(c), norm, Stack("h", c.size("num_hidden_layers"), layer), *last_norm(c, "ln_f"))


def falcon(c: Config) -> Parts:
    """Almazrouei et al. 2023: keys and values for one head, for some or for all, and no biases unless given."""
    _refuse_unread(c)
    d_model, bias = whole_heads(c), c.flag("bias")
    d_ff = c.size_or_none("ffn_hidden_size") or 4 * d_model
    attn = _attention("self_attention", d_model, _falcon_qkv(c), bias)
    layer = (*_falcon_norms(c), *attn, *plain(d_model, d_ff, bias, names=UP_AND_DOWN))
    return (_tokens(c), Stack("h", c.size("num_hidden_layers"), layer), *last_norm(c, "ln_f"))


def mpt(c: Config) -> Parts:
    """ALiBi in place of positions and no bias anywhere, whatever no_bias and learned_pos_emb say."""
    d_model = whole_heads(c)
    _note_unread(c)
    attn = _attention("attn", d_model, 3 * d_model, False, ("Wqkv", "out_proj"))
    norms = (layer_norm("norm_1", d_model, bias=False), layer_norm("norm_2", d_model, bias=False))
    layer = (*norms, *attn, *plain(d_model, 4 * d_model, bias=False, name="ffn"))
    final = layer_norm("norm_f", d_model, bias=False, component="final norm")
    return (_tokens(c, "wte"), Stack("blocks", c.size("num_hidden_layers"), layer), final)


def _attention(
    name: str, d_model: Size, d_qkv: Size, bias: bool, names: tuple[str, str] = ("query_key_value", "dense")
) -> Parts:
    """Queries, keys and values in one map, and the way back."""
    qkv, out = (f"{name}.{own}" for own in names)
    return (dense(qkv, "attention", d_model, d_qkv, bias), dense(out, "attention", d_model, d_model, bias))


def _tokens(c: Config, name: str = "word_embeddings") -> Part:
    return table(name, c.size("vocab_size"), c.size("hidden_size"))


def _norms(d_model: Size) -> Parts:
    return layer_norm("input_layernorm", d_model), layer_norm("post_attention_layernorm", d_model)


def _falcon_qkv(c: Config) -> Sized:
    """The width of queries, keys and values together; num_kv_heads is read in the new decoder alone."""
    d_model, d_head = c.size("hidden_size"), c.quotient("d_head", "hidden_size", "num_attention_heads")
    d_kv: Size = d_head if c.flag("multi_query") else d_model
    if c.flag("new_decoder_architecture"):
        d_kv = d_head * (c.size_or_none("num_kv_heads") or c.size("num_attention_heads"))
    d_qkv: Sized = d_model + 2 * d_kv
    return d_qkv


def _falcon_norms(c: Config) -> Parts:
    """One norm for attention and feed-forward side by side, or one each."""
    d_model = c.size("hidden_size")
    if not c.flag("parallel_attn"):
        return _norms(d_model)
    n_norms = c.size_or_none("num_ln_in_parallel_attn") or (2 if c.flag("new_decoder_architecture") else 1)
    if n_norms == 2:
        return layer_norm("ln_attn", d_model), layer_norm("ln_mlp", d_model)
    return (layer_norm("input_layernorm", d_model),)


def _refuse_unread(c: Config) -> None:
    """Sizes under the keys of Falcon's first release, which transformers' class passes over for its defaults."""
    read = {"n_layer": "num_hidden_layers", "n_head": "num_attention_heads", "n_head_kv": "num_kv_heads"}
    for old, new in read.items():
        if c.get(old) not in (None, c.get(new)):
            raise c.refuse(old, f"transformers' class reads no such key; valid: {new}")


def _note_unread(c: Config) -> None:
    """What MPT's own code reads and transformers' class does not."""
    for key, only in {"expansion_ratio": 4, "no_bias": True}.items():
        if c.get(key) != only:
            c.notes.append(f"{key} = {c.get(key)} is not read by transformers' class, which has {only}")
    attention = c.nested("attn_config")
    if attention.get("attn_type") not in (None, "multihead_attention", "multiquery_attention"):
        raise attention.refuse("attn_type", "transformers' class has no such attention; valid: multihead_attention")
    for key, read in {"attn_type": "multihead_attention", "qk_ln": False, "kv_n_heads": None}.items():
        if attention.get(key) not in (None, read):
            c.notes.append(f"attn_config.{key} = {attention.get(key)} is not read by transformers' class")


_HEADS = {
    "base": no_head,
    "causal": lm_head("word_embeddings"),
    "sequence": labels(),
    "token": labels("classifier", bias=True),
    "question": spans(),
}
GPT_NEOX = Architecture(
    summary="decoder with rotary positions, attention and feed-forward side by side and a LayerNorm for each",
    source="Black et al. 2022, sec. 2.1",
    body=gpt_neox,
    heads={**_HEADS, "causal": lm_head("embed_in")},
    prefix="gpt_neox",
)
GPT_NEOX_JAPANESE = GPT_NEOX._replace(
    summary="GPT-NeoX's decoder without biases but on the last layer's attention",
    source="transformers 5.23.0, GPTNeoXJapaneseModel",
    body=gpt_neox_japanese,
    heads={"base": no_head, "causal": lm_head("embed_in", "embed_out")},
    prefix="gpt_neox_japanese",
)
BLOOM = Architecture(
    summary="decoder with ALiBi, a LayerNorm on the embedding and a plain feed-forward",
    source="Scao et al. 2022, sec. 3.2.2",
    body=bloom,
    heads=_HEADS,
    prefix="transformer",
)
FALCON = BLOOM._replace(
    summary="decoder with few heads of keys and values, attention and feed-forward side by side",
    source="Almazrouei et al. 2023, and transformers 5.23.0, FalconModel",
    body=falcon,
)
MPT = BLOOM._replace(
    summary="decoder with ALiBi, LayerNorm and no biases",
    source="transformers 5.23.0, MptModel",
    body=mpt,
    heads={**_HEADS, "causal": lm_head("wte")},
)
