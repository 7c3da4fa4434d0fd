"""Perceiver IO: a few latent vectors that attend to bytes and to each other, and queries that read them out."""

from __future__ import annotations

from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm, table
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.task_heads import no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

_TEXT = frozenset({"masked", "sequence"})
_N_READERS, _D_READERS = 8, 256  # heads that read out tokens, and their width, hard-coded


def _attention(name: str, d_query: Size, d_input: Size, widths: tuple[Size, Size], component: str) -> Parts:
    """Queries from *d_query*, keys and values from *d_input*, with these *widths*, and the output map."""
    d_qk, d_v = widths
    across = component == "cross-attention"
    return (
        layer_norm(f"{name}.self.layernorm1", d_query),
        *((layer_norm(f"{name}.self.layernorm2", d_input),) if across else ()),
        dense(f"{name}.self.query", component, d_query, d_qk, True, QUERY),
        dense(f"{name}.self.key", component, d_input, d_qk, True, KEY),
        dense(f"{name}.self.value", component, d_input, d_v, True, VALUE),
        dense(f"{name}.output.dense", component, d_v, d_query if across else d_v, True, OUTPUT),
    )


def _feed_forward(name: str, d_model: Size, widening: Size) -> Parts:
    names = (f"{name}mlp.dense1", f"{name}mlp.dense2")
    return (layer_norm(f"{name}layernorm", d_model), *plain(d_model, widening * d_model, name="", names=names))


def _across(name: str, d_query: Size, d_input: Size, widths: tuple[Size, Size], widening: Size) -> Parts:
    """Attention to other vectors, and a feed-forward."""
    attention = _attention(f"{name}.attention", d_query, d_input, widths, "cross-attention")
    return (*attention, *_feed_forward(f"{name}.", d_query, widening))


def _widths(c: Config, d_query: Sized, d_input: Sized, n_heads: int) -> tuple[Sized, Sized]:
    """The widths of queries and keys, and of values: as given, or taken from the input the config names."""
    shape = c.get("cross_attention_shape_for_attention")
    if shape not in ("q", "kv"):
        raise c.refuse("cross_attention_shape_for_attention", "valid: q, kv")
    d_qk = c.size_or_none("qk_channels") or (d_query if shape == "q" else d_input)
    d_v = c.size_or_none("v_channels") or d_qk
    if not (c.divides(n_heads, d_qk) and c.divides(n_heads, d_v)):
        raise c.refuse("qk_channels", f"valid: widths that are multiples of {n_heads} heads, not {d_qk} and {d_v}")
    return d_qk, d_v


def perceiver(c: Config) -> Parts:
    """Jaegle et al. 2021, sec. 3: latents attend to the input once, then to themselves; blocks share their layers."""
    d_model, d_latents = c.size("d_model"), c.size("d_latents")
    n_heads, n_readers = c.size("num_self_attention_heads"), c.size("num_cross_attention_heads")
    for key, n in (("num_self_attention_heads", n_heads), ("num_cross_attention_heads", n_readers)):
        if not c.divides(n, d_latents):
            raise c.refuse(key, f"valid: a divisor of d_latents = {d_latents}")
    own = _widths(c, d_latents, d_latents, n_heads)
    one = (
        *_attention("attention", d_latents, d_latents, own, "attention"),
        *_feed_forward("", d_latents, c.size("self_attention_widening_factor")),
    )
    read = _widths(c, d_latents, d_model, n_readers)
    widening = c.size("cross_attention_widening_factor")
    return (
        *(_text(c) if c.task in _TEXT else ()),
        bare("embeddings.latents", "latents", c.size("num_latents"), d_latents),
        *_across("encoder.cross_attention", d_latents, d_model, read, widening),
        Stack("encoder.self_attends", c.size("num_self_attends_per_block"), one),
    )


def _text(c: Config) -> Parts:
    """Embeddings of bytes and of their positions."""
    d_model, n_ctx = c.size("d_model"), c.size("max_position_embeddings")
    return (
        table("input_preprocessor.embeddings", c.size("vocab_size"), d_model),
        table("input_preprocessor.position_embeddings", n_ctx, d_model, "position embedding"),
    )


def _bytes(config: Config, prefix: str) -> Parts:
    """A query for each position reads the latents; logits use the byte embeddings and a bias."""
    d_model, name = config.size("d_model"), f"{prefix}decoder"
    if not config.divides(_N_READERS, d_model):
        raise config.refuse("d_model", f"valid for this class: a multiple of {_N_READERS}")
    queries = f"{name}.output_position_encodings.position_embeddings"
    widths = (_D_READERS, d_model)
    return (
        bare(queries, "position embedding", config.size("max_position_embeddings"), d_model),
        *_across(f"{name}.decoding_cross_attention", d_model, config.size("d_latents"), widths, 1),
        bare("embedding_decoder.bias", "output head", config.size("vocab_size")),
    )


def _labels(config: Config, prefix: str) -> Parts:
    """One query reads the latents and is mapped to the labels."""
    d_latents, name = config.size("d_latents"), f"{prefix}decoder.decoder"
    shape = (d_latents, d_latents)
    return (
        bare(f"{name}.output_position_encodings.position_embeddings", "classifier", 1, d_latents),
        *_across(f"{name}.decoding_cross_attention", d_latents, d_latents, shape, 1),
        dense(f"{name}.final_layer", "classifier", d_latents, config.n_labels(), bias=True),
    )


PERCEIVER = Architecture(
    summary="latent vectors that attend to bytes and to each other",
    source="Jaegle et al. 2021, sec. 3",
    body=perceiver,
    heads={"base": no_head, "masked": _bytes, "sequence": _labels},
    prefix="perceiver",
    uncosted="reads tokens into latents and reads a full context's positions out of them",
)
