"""T5Gemma: an encoder and a decoder of Gemma 2's layers, each with its own config."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, across, attention, of_source
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.task_heads import AddHead, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture, refuse_what_is_not_counted


def t5gemma(c: Config) -> Parts:
    """Zhang et al. 2025: the decoder's attention to the encoder has keys and values as wide as the encoder."""
    encoder = _inner(c, "encoder")
    parts = _side("encoder", encoder, _layer(encoder))
    if not _has_decoder(c):
        return parts
    decoder = _inner(c, "decoder")
    return (
        *of_source(parts),
        *_side("decoder", decoder, (*_layer(decoder), *_cross(decoder, encoder.size("hidden_size")))),
    )


def _inner(c: Config, side: str) -> Config:
    inner = c.nested(side)
    refuse_what_is_not_counted(inner)
    d_model, n_heads = inner.size("hidden_size"), inner.size("num_attention_heads")
    if not inner.divides(n_heads, d_model):
        raise inner.refuse("hidden_size", f"valid: a multiple of num_attention_heads = {n_heads}")
    return inner


def _has_decoder(c: Config) -> bool:
    """Whether there is a decoder, by the class or, for classifiers, by the config. Raises ConfigError."""
    said = c.flag("is_encoder_decoder")
    needed = {"base": True, "encoder": False}.get(c.task, said)
    if said != needed:
        raise c.refuse("is_encoder_decoder", f"valid for this class: {str(needed).lower()}")
    return said or c.task == "seq2seq"


def _side(name: str, c: Config, layer: Parts) -> Parts:
    return (
        table(f"{name}.embed_tokens", c.size("vocab_size"), c.size("hidden_size")),
        Stack(f"{name}.layers", c.size("num_hidden_layers"), layer),
        rms_norm(f"{name}.norm", c.size("hidden_size"), "final norm"),
    )


def _heads(c: Config) -> Heads:
    return Heads(
        c.size("hidden_size"), c.size("num_attention_heads"), c.size("num_key_value_heads"), c.size("head_dim")
    )


def _layer(c: Config) -> Parts:
    bias, d_model = c.flag("attention_bias"), c.size("hidden_size")
    feed_forward = gated(d_model, c.size("intermediate_size"))
    return (*attention(_heads(c), bias, bias), *feed_forward, *_around(c, "self_attn"), *_around(c, "feedforward"))


def _around(c: Config, name: str) -> Parts:
    """A norm before and one after a sublayer."""
    return tuple(rms_norm(f"{side}_{name}_layernorm", c.size("hidden_size")) for side in ("pre", "post"))


def _cross(c: Config, d_encoder: Size) -> Parts:
    bias, h = c.flag("attention_bias"), _heads(c)
    return (*across(h, bias, "cross_attn", d_source=d_encoder), *_around(c, "cross_attn"))


def _lm(config: Config, prefix: str) -> Parts:
    inner = config.nested("decoder")
    tied_to = f"{prefix}decoder.embed_tokens.weight" if config.flag("tie_word_embeddings") else ""
    head = Head(inner.size("vocab_size"), inner.size("hidden_size"), tied_to)
    return (Part("lm_head.out_proj", "output head", head),)


def _labels(config: Config, prefix: str) -> Parts:
    width: Sized = config.nested("decoder" if _has_decoder(config) else "encoder").size("hidden_size")
    return (dense("score.out_proj", "classifier", width, config.n_labels(), bias=True),)


_HEADS: dict[str, AddHead] = {
    "base": no_head,
    "seq2seq": _lm,
    "encoder": no_head,
    "sequence": _labels,
    "token": _labels,
}
T5GEMMA = Architecture(
    summary="encoder and decoder of Gemma 2's layers",
    source="Zhang et al. 2025; transformers 5.23.0",
    body=t5gemma,
    heads=_HEADS,
    prefixes={"encoder": ""},
)
