"""ModernBERT, and the decoder with its layers, with separate queries, keys and values."""

from __future__ import annotations

from paramcount.blocks.attention import attention, fused_attention, whole_heads
from paramcount.blocks.feedforward import fused_gated
from paramcount.blocks.leaves import Head
from paramcount.blocks.parts import dense, layer_norm, table
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import AddHead, choice, no_head, one_layer
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def modernbert(c: Config) -> Parts:
    """Warner et al. 2024, sec. 2.1: one map for queries, keys and values, and no norm before the first attention."""
    h, bias, n_layers = whole_heads(c), c.flag("attention_bias"), c.layers()
    c.list_of("layer_types", n_layers)
    return _body(c, fused_attention(h, "attn", ("Wqkv", "Wo"), bias, bias))


def modernbert_decoder(c: Config) -> Parts:
    """As ModernBERT, with separate queries, keys and values."""
    return _body(c, _attention(c))


def _body(c: Config, attention: Parts) -> Parts:
    n_layers, d_model, bias = c.layers(), c.size("hidden_size"), c.flag("norm_bias")
    after_the_first = layer_norm("attn_norm", d_model, bias)
    layer = (*attention, layer_norm("mlp_norm", d_model, bias), *_feed_forward(c))
    kinds = ["first"] + ["later"] * (n_layers - 1)
    return (
        table("embeddings.tok_embeddings", c.size("vocab_size"), d_model),
        layer_norm("embeddings.norm", d_model, bias, component="embedding norm"),
        *stacks(c, "layers", kinds, lambda kind: layer if kind == "first" else (after_the_first, *layer), n_layers),
        layer_norm("final_norm", d_model, bias, component="final norm"),
    )


def _attention(c: Config) -> Parts:
    bias = c.flag("attention_bias")
    return attention(whole_heads(c), bias, bias, "attn", ("q_proj", "k_proj", "v_proj", "Wo"))


def _feed_forward(c: Config) -> Parts:
    d_model, d_ff, bias = c.size("hidden_size"), c.size("intermediate_size"), c.flag("mlp_bias")
    return fused_gated(d_model, d_ff, bias, "mlp", ("Wi", "Wo"))


def _transform(c: Config, name: str) -> Parts:
    d_model = c.size("hidden_size")
    transform = dense(f"{name}.dense", "head transform", d_model, d_model, c.flag("classifier_bias"))
    return transform, layer_norm(f"{name}.norm", d_model, c.flag("norm_bias"), component="head transform")


def _vocabulary(transform: str) -> AddHead:
    """The vocabulary after the transform named *transform*."""

    def add(config: Config, prefix: str) -> Parts:
        tied_to = f"{prefix}embeddings.tok_embeddings.weight" if config.flag("tie_word_embeddings") else ""
        head = Head(config.size("vocab_size"), config.size("hidden_size"), tied_to, config.flag("decoder_bias"))
        return (*_transform(config, transform), Part("decoder", "output head", head))

    return add


def _transformed(head: AddHead) -> AddHead:
    """A classifier after the transform."""

    def add(config: Config, prefix: str) -> Parts:
        return (*_transform(config, "head"), *head(config, prefix))

    return add


def _decoder_labels(c: Config, prefix: str) -> Parts:
    return (dense("classifier", "classifier", c.size("hidden_size"), c.n_labels(), c.flag("classifier_bias")),)


MODERNBERT_DECODER = Architecture(
    summary="decoder with rotary positions, LayerNorm and a gated feed-forward",
    source="Warner et al. 2024, sec. 2.1",
    body=modernbert_decoder,
    heads={"base": no_head, "causal": _vocabulary("lm_head"), "sequence": _transformed(_decoder_labels)},
    decodes=True,
)
_LABELS = _transformed(one_layer)
MODERNBERT = Architecture(
    summary="encoder with rotary positions, LayerNorm and a gated feed-forward",
    source="Warner et al. 2024, sec. 2.1",
    body=modernbert,
    heads={
        "base": no_head,
        "masked": _vocabulary("head"),
        "sequence": _LABELS,
        "token": _LABELS,
        "question": _LABELS,
        "choice": _transformed(choice()),
    },
)
