"""Maps any program's config key to a size of the literature by its words, in any order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from paramcount.config.keys import SYMBOLS

# Words that mean the same in a key, and the word used for them here.
_WORDS = {
    **dict.fromkeys(("n", "num", "nums", "number", "numbers", "count", "of", "no"), "#"),
    **dict.fromkeys(("dim", "dimension", "width", "d", "length", "len"), "size"),
    **dict.fromkeys(("attn", "query", "q", "attention"), ""),
    **dict.fromkeys(("embd", "embed", "embedding", "emb"), "embedding"),
    **dict.fromkeys(("ff", "ffn", "mlp", "feedforward", "intermediate", "inner"), "ffn"),
    **dict.fromkeys(("transformer", "local", "routed"), ""),
    **dict.fromkeys(("vocabulary", "vocab"), "vocab"),
    **dict.fromkeys(("position", "pos"), "position"),
    **dict.fromkeys(("layer", "block"), "layer"),
    **dict.fromkeys(("hidden", "hid", "model"), "hidden"),
    "kvhead": "kv head",
}
_TOGETHER = {
    "key_value": "kv",
    "feed_forward": "ffn",
    "multi_query": "kv",
    "query_group": "kv_head",
    "nhead": "n_head",
    "nlayer": "n_layer",
    "nembd": "n_embd",
    "per_": "",
}
# What a set of these words means, likeliest first.
_MEANINGS: dict[str, tuple[str, ...]] = {
    "# layer": ("n_layers",),
    "# hidden layer": ("n_layers",),
    "depth": ("n_layers",),
    "# encoder layer": ("n_encoder_layers",),
    "# decoder layer": ("n_decoder_layers",),
    "# head": ("n_heads",),
    "# kv head": ("n_kv_heads",),
    "# kv group": ("n_kv_heads",),
    "# group kv": ("n_kv_heads",),
    "kv head": ("n_kv_heads",),
    "head size": ("d_head",),
    "kv channel": ("d_head",),
    "hidden size": ("d_model",),
    "hidden": ("d_model",),
    "size": ("d_model",),
    "# embedding": ("d_model",),
    "embedding size": ("d_embedding", "d_model"),
    "embedding": ("d_model",),
    "ffn size": ("d_ff",),
    "ffn hidden size": ("d_ff",),
    "ffn hidden": ("d_ff",),
    "# ffn": ("d_ff",),
    "ffn": ("d_ff",),
    "vocab size": ("n_vocab",),
    "padded vocab size": ("n_vocab",),
    "draft vocab size": ("n_vocab",),
    "# vocab": ("n_vocab",),
    "vocab": ("n_vocab",),
    "# expert": ("n_experts",),
    "# moe expert": ("n_experts",),
    "expert": ("n_experts",),
    "# shared expert": ("n_shared_experts",),
    "moe ffn size": ("d_expert",),
    "moe ffn hidden size": ("d_expert",),
    "expert ffn size": ("d_expert",),
    "max position embedding": ("n_ctx",),
    "max embedding position": ("n_ctx",),
    "# position": ("n_ctx",),
    "max position": ("n_ctx",),
    "layer size": ("n_ctx",),  # block_size
    "context size": ("n_ctx",),
    "# ctx": ("n_ctx",),
    "ctx": ("n_ctx",),
}
_BY_WORDS = {frozenset(words.split()): meant for words, meant in _MEANINGS.items()}
# Keys whose meaning varies between programs, and those that do not mean what their words say.
_OWN: dict[str, tuple[str, ...]] = {
    "hidden_dim": ("d_ff", "d_model"),
    "n_embed": ("d_model",),
    "width": ("d_model",),
    **dict.fromkeys(("dim", "emb_dim", "embed_dim", "embedding_dim"), ("d_embedding", "d_model")),
    "max_seq_len": ("n_ctx",),
    "d_inner": ("d_ff", "d_inner"),
    **dict.fromkeys(("top_k", "num_labels", "length", "len", "block", "layer", "num_embeddings", "inner", "vocab"), ()),
    **dict.fromkeys(("attention", "attn", "mlp", "ffn", "hidden", "embedding", "expert", "n_blocks", "num_blocks"), ()),
}
KIN = {
    "n_layers": ("n_encoder_layers", "n_decoder_layers"),
    "n_encoder_layers": ("n_layers",),
    "n_decoder_layers": ("n_layers",),
    "n_heads": ("n_encoder_heads", "n_decoder_heads"),
    "n_encoder_heads": ("n_heads",),
    "n_decoder_heads": ("n_heads",),
    "n_kv_heads": ("n_global_kv_heads",),
    "d_head": ("d_global_head", "d_nope", "d_rope", "d_v"),
    "d_ff": ("d_encoder_ff", "d_decoder_ff", "d_expert", "d_dense_ff", "d_shared_expert"),
    "d_encoder_ff": ("d_ff",),
    "d_decoder_ff": ("d_ff",),
    "d_expert": ("d_ff",),
    "n_vocab": ("n_source_vocab", "n_decoder_vocab"),
    "n_ctx": ("n_encoder_ctx", "n_decoder_ctx"),
}


@cache
def meanings(key: str) -> tuple[str, ...]:
    """The symbols of the sizes *key* may mean, n_layers for layer_num; none if it does not name a size."""
    if key in _OWN:
        return _OWN[key]
    if key in SYMBOLS:
        return (SYMBOLS[key],)
    if key in SYMBOLS.values():
        return (key,)
    return _BY_WORDS.get(words(key), ())


def words(key: str) -> frozenset[str]:
    """The words of *key*, normalised and unordered: {#, kv, head} for num_key_value_heads and kvHeadNum."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower().replace("-", "_").replace(".", "_")
    plain = "_".join(word.removesuffix("s") if len(word) > 3 else word for word in plain.split("_") if word)
    for written, one in _TOGETHER.items():
        plain = plain.replace(written, one)
    return frozenset(_spelt(plain.split("_")))


def _spelt(found: Iterable[str]) -> Iterable[str]:
    for word in found:
        yield from _WORDS.get(word, word).split()
