"""BLT: bytes in, patches in the middle, bytes out; and a small model that decides where patches end."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import dense, frozen, rms_norm, table
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def blt(c: Config) -> Parts:
    """Pagnoni et al. 2024, sec. 3: local encoder, global transformer, local decoder, and the patcher if included."""
    parts = (*_global(c), *_encoder(c), *_decoder(c))
    return (*parts, *_patcher(c)) if c.flag("patch_in_forward") else parts


def _global(c: Config) -> Parts:
    """Patches; the bytes' vectors, cross_attn_k of them, are mapped to its width if it differs."""
    inner = c.nested("global_config")
    d_model = inner.size("hidden_size")
    d_patch = c.nested("encoder_config").size("hidden_size") * c.size("cross_attn_k")
    name = "global_transformer.token_embedding_projection"
    into = (dense(name, "projections", d_patch, d_model),) if d_patch != d_model else ()
    return (*into, _layers(inner, "global_transformer", "d_head"))


def _encoder(c: Config) -> Parts:
    """Bytes, hashes of their n-grams, and attention from patches to bytes."""
    inner = c.nested("encoder_config")
    d_model = inner.size("hidden_size")
    tables = c.size("encoder_hash_byte_group_nb_functions") * _n_groups(c)
    rows = c.size("encoder_hash_byte_group_vocab") * tables
    return (
        table("local_encoder.embed_tokens", inner.size("vocab_size"), d_model),
        table("encoder_hash_tok_embedding", rows, d_model),
        _layers(inner, "local_encoder", "d_encoder_head"),
        _cross_layers(inner, "local_encoder", "d_encoder_head"),
        _patches(inner, "local_encoder", d_model),
    )


def _decoder(c: Config) -> Parts:
    """Attention from bytes to patches, and a final norm."""
    inner = c.nested("decoder_config")
    return (
        _patches(inner, "local_decoder", inner.size("hidden_size_global")),
        _layers(inner, "local_decoder", "d_decoder_head"),
        _cross_layers(inner, "local_decoder", "d_decoder_head"),
        rms_norm("local_decoder.norm", inner.size("hidden_size"), "final norm"),
    )


def _patcher(c: Config) -> Parts:
    """A language model of bytes, which is frozen but counted."""
    inner = c.nested("patcher_config")
    d_model, n_vocab = inner.size("hidden_size"), inner.size("vocab_size")
    return frozen(
        table("patcher.embed_tokens", n_vocab, d_model),
        _layers(inner, "patcher", "d_patcher_head"),
        rms_norm("patcher.norm", d_model, "final norm"),
        dense("patcher.lm_head", "output head", d_model, n_vocab),
    )


def _heads(c: Config, d_head: str) -> Heads:
    n_heads = c.size("num_attention_heads")
    n_kv_heads = c.size("num_key_value_heads") if c.get("num_key_value_heads") else n_heads
    return Heads(c.size("hidden_size"), n_heads, n_kv_heads, c.quotient(d_head, "hidden_size", "num_attention_heads"))


def _layers(c: Config, name: str, d_head: str) -> Stack:
    d_model = c.size("hidden_size")
    norms = (rms_norm("input_layernorm", d_model), rms_norm("post_attention_layernorm", d_model))
    layer = (*norms, *attention(_heads(c, d_head)), *gated(d_model, _d_ff(c)))
    return Stack(f"{name}.layers", c.size("num_hidden_layers"), layer)


def _cross_layers(c: Config, name: str, d_head: str) -> Stack:
    """Attention between bytes and patches, once or in every layer."""
    d_model = c.size("hidden_size")
    depth = c.size("num_hidden_layers") if c.flag("cross_attn_all_layers") else 1
    norms = (rms_norm("q_norm", d_model), rms_norm("k_norm", d_model))
    maps = attention(_heads(c, d_head), name="", component="cross-attention")
    return Stack(f"{name}.cross_attn_layers", depth, (*maps, *norms))


def _patches(c: Config, name: str, d_in: Size) -> Part:
    d_out = c.size("hidden_size") * c.size("cross_attn_k")
    return dense(f"{name}.patch_embedding_projection", "projections", d_in, d_out)


def _d_ff(c: Config) -> Size:
    """As given, or 8/3 of the width, rounded down."""
    if c.get("intermediate_size"):
        return c.size("intermediate_size")
    name = f"{c.prefix}d_ff".replace(".", "_")
    return c.follows(name, f"⌊8/3 · {c.prefix}hidden_size⌋", 8 * c.size("hidden_size"), 3)


def _n_groups(c: Config) -> Size:
    groups = c.get("encoder_hash_byte_group_size") or [3, 4, 5, 6, 7, 8]
    if not isinstance(groups, list):
        raise c.refuse("encoder_hash_byte_group_size", "valid: a list of whole numbers")
    return c.named("n_byte_groups", len(groups), "items of encoder_hash_byte_group_size")


def _lm_head(config: Config, prefix: str) -> Parts:
    if config.flag("tie_word_embeddings"):
        raise config.refuse(
            "tie_word_embeddings", "valid: false, since the input and output bytes have separate tables"
        )
    d_model = config.nested("decoder_config").size("hidden_size")
    return (dense("lm_head", "output head", d_model, config.size("vocab_size")),)


BLT = Architecture(
    summary="a transformer over patches of bytes between a local encoder and a local decoder",
    source="Pagnoni et al. 2024, sec. 3",
    body=blt,
    heads={"base": no_head, "causal": _lm_head},
    uncosted="groups bytes into patches whose number depends on another model's predictions",
)
