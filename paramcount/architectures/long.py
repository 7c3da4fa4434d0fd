"""Encoders of BERT's make for long texts: attention that is sparse, approximated or left out."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, no_head, spans
from paramcount.architectures.encoder_heads import (
    CLASSIFIERS,
    DEEPER_CLASSIFIERS,
    ROBERTA_LM,
    bert_lm,
    both,
    choice,
    hidden,
    two_answers,
)
from paramcount.architectures.encoder_parts import cross, embeddings, feed_forward, layer, layers, pooler, square
from paramcount.architectures.parts import bare, dense, layer_norm, plain, whole_heads
from paramcount.config import Config

_LONGFORMER_POOLED = frozenset({"base", "choice"})
_BIG_BIRD_POOLED = frozenset({"base", "causal", "masked", "pretraining", "sequence", "token", "choice"})
_GLOBAL = ("self.query_global", "self.key_global", "self.value_global")


def longformer(c: Config) -> Parts:
    """Beltagy et al. 2020, sec. 3.1: RoBERTa with maps of their own for the tokens that attend to all."""
    one = layer(c, square(c.size("hidden_size"), maps=_GLOBAL))
    return (*embeddings(c), layers(c, one), *pooler(c, _LONGFORMER_POOLED))


def _sparse_attention(c: Config, name: str, component: str) -> Parts:
    """Attention whose queries, keys and values may have no bias."""
    d_model = whole_heads(c)
    return (
        *square(d_model, name, ("self.query", "self.key", "self.value"), component, c.flag("use_bias")),
        dense(f"{name}.output.dense", component, d_model, d_model, bias=True),
        layer_norm(f"{name}.output.LayerNorm", d_model),
    )


def big_bird(c: Config) -> Parts:
    """Zaheer et al. 2020: BERT with random, windowed and global attention."""
    if c.get("attention_type") not in ("block_sparse", "original_full"):
        raise c.refuse("attention_type", "valid: block_sparse, original_full")
    across = _sparse_attention(c, "crossattention", "cross-attention") if cross(c) else ()
    norm = layer_norm("output.LayerNorm", c.size("hidden_size"))
    one = (*_sparse_attention(c, "attention", "attention"), *across, *feed_forward(c), norm)
    return (*embeddings(c), layers(c, one), *pooler(c, _BIG_BIRD_POOLED, "pooler"))


def _big_bird_answers(config: Config, prefix: str) -> Parts:
    """A feed-forward of its own before the two numbers."""
    d_model, name = config.size("hidden_size"), "qa_classifier"
    names = ("intermediate.dense", "output.dense")
    return (
        *plain(d_model, config.size("intermediate_size"), name=name, names=names, component="classifier"),
        layer_norm(f"{name}.output.LayerNorm", d_model, component="classifier"),
        dense(f"{name}.qa_outputs", "classifier", d_model, 2, bias=True),
    )


def _windowed(c: Config, window: str) -> Parts:
    """BERT, each head's values also going through a convolution, where the config has a *window* for it."""
    kernel, n_heads = c.size_or_none(window), c.size("num_attention_heads")
    convolution = (bare("attention.self.conv.weight", "convolution", n_heads, 1, kernel, 1),) if kernel else ()
    return (*embeddings(c, spare=2), layers(c, layer(c, convolution)))


def nystromformer(c: Config) -> Parts:
    """Xiong et al. 2021: attention by landmarks, and a convolution beside it."""
    if c.flag("inv_coeff_init_option"):
        raise c.refuse("inv_coeff_init_option", "valid: false, as the released class takes nothing else")
    return _windowed(c, "conv_kernel_size")


def yoso(c: Config) -> Parts:
    """Zeng et al. 2021: attention by Bernoulli sampling, and a convolution beside it where conv_window asks for one."""
    return _windowed(c, "conv_window")


def mra(c: Config) -> Parts:
    """Zeng et al. 2022: attention at several resolutions, which has no parameters of its own."""
    return (*embeddings(c, spare=2), layers(c, layer(c)))


def fnet(c: Config) -> Parts:
    """Lee-Thorp et al. 2021, sec. 3: Fourier transforms in place of attention."""
    d_model = c.size("hidden_size")
    one = (
        layer_norm("fourier.output.LayerNorm", d_model),
        *feed_forward(c),
        layer_norm("output.LayerNorm", d_model),
    )
    return (
        *embeddings(c),
        dense("embeddings.projection", "projections", d_model, d_model, bias=True),
        layers(c, one),
        dense("pooler.dense", "pooler", d_model, d_model, bias=True),
    )


LONGFORMER = Architecture(
    summary="RoBERTa with windowed attention, and maps of their own for the tokens that attend to all",
    source="Beltagy et al. 2020, sec. 3.1",
    body=longformer,
    heads={"base": no_head, "masked": ROBERTA_LM, **DEEPER_CLASSIFIERS},
    prefix="longformer",
)
BIG_BIRD = Architecture(
    summary="BERT with random, windowed and global attention",
    source="Zaheer et al. 2020",
    body=big_bird,
    heads={
        "base": no_head,
        "causal": bert_lm(),
        "masked": bert_lm(),
        "pretraining": both(bert_lm(), two_answers()),
        **DEEPER_CLASSIFIERS,
        "question": _big_bird_answers,
    },
    prefix="bert",
)
NYSTROMFORMER = Architecture(
    summary="BERT with attention by landmarks",
    source="Xiong et al. 2021",
    body=nystromformer,
    heads={
        "base": no_head,
        "masked": bert_lm(),
        **DEEPER_CLASSIFIERS,
        "question": spans(),
        "choice": both(hidden("pre_classifier"), choice()),
    },
    prefix="nystromformer",
)
YOSO = NYSTROMFORMER._replace(
    summary="BERT with attention by sampling", source="Zeng et al. 2021", body=yoso, prefix="yoso"
)
MRA = NYSTROMFORMER._replace(
    summary="BERT with attention at several resolutions", source="Zeng et al. 2022", body=mra, prefix="mra"
)
FNET = Architecture(
    summary="BERT with Fourier transforms in place of attention",
    source="Lee-Thorp et al. 2021, sec. 3",
    body=fnet,
    heads={
        "base": no_head,
        "masked": bert_lm(),
        "pretraining": both(bert_lm(), two_answers()),
        "next-sentence": two_answers(),
        **CLASSIFIERS,
    },
    prefix="fnet",
)
