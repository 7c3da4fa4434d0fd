"""MobileBERT: narrow layers between bottlenecks."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attend, whole_heads
from paramcount.blocks.encoder import attends, layers, linear_and_norm, pooler
from paramcount.blocks.parts import dense, idle, layer_norm, table
from paramcount.blocks.roles import FIRST, OUTPUT, SECOND, VALUE
from paramcount.blocks.task_heads import CLASSIFIERS, both, no_head, two_answers, vocabulary
from paramcount.blocks.task_heads import transform as head_transform
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture

_MOBILE_POOLED = frozenset({"base", "pretraining", "sequence", "choice", "next-sentence"})


def _mobile_heads(c: Config) -> Heads:
    """Attention and feed-forward as wide as the bottleneck, if there is one."""
    width = "intra_bottleneck_size" if c.flag("use_bottleneck") else "hidden_size"
    if not c.agrees("true_hidden_size", c.size(width)):
        raise c.refuse("true_hidden_size", f"valid: {width} = {c.size(width)}")
    return whole_heads(c, width)


def _bottlenecks(c: Config) -> Parts:
    """The maps into and out of the bottleneck (Sun et al. 2020, sec. 3.1)."""
    if not c.flag("use_bottleneck"):
        return ()
    d_model, d_inner = c.size("hidden_size"), c.size("intra_bottleneck_size")
    shared = (
        linear_and_norm("bottleneck.attention", "bottleneck", d_model, d_inner)
        if c.flag("key_query_shared_bottleneck")
        else ()
    )
    if c.flag("use_bottleneck_attention"):  # takes queries and keys from the other bottleneck
        shared = tuple(idle(part) for part in shared if isinstance(part, Part))
    into = linear_and_norm("bottleneck.input", "bottleneck", d_model, d_inner)
    return (*into, *shared, *linear_and_norm("output.bottleneck", "bottleneck", d_inner, d_model))


def _mobile_layer(c: Config) -> Parts:
    h, d_model, d_ff = _mobile_heads(c), c.size("hidden_size"), c.size("intermediate_size")
    d_inner, width = h.d_model, h.n_heads * h.d_head
    d_value = d_inner if c.flag("use_bottleneck_attention") else d_model
    up = dense("intermediate.dense", "feed-forward", d_inner, d_ff, True, FIRST)
    one = (up, *linear_and_norm("output", "feed-forward", d_ff, d_inner, SECOND))
    into = attends(h)
    return (
        *_bottlenecks(c),
        *into[:2],
        dense("attention.self.value", "attention", d_value, width, True, VALUE),
        *linear_and_norm("attention.output", "attention", width, d_inner, OUTPUT),
        attend(h),
        Stack("ffn", c.size("num_feedforward_networks") - 1, one),
        *one,
    )


def mobilebert(c: Config) -> Parts:
    """Sun et al. 2020, sec. 3: narrow layers between bottlenecks, with several feed-forwards each."""
    if c.get("normalization_type") not in ("no_norm", "layer_norm"):
        raise c.refuse("normalization_type", "valid: no_norm, layer_norm")
    d_model, d_embedding = c.size("hidden_size"), c.size("embedding_size")
    d_in = 3 * d_embedding if c.flag("trigram_input") else d_embedding
    transformation = dense("embeddings.embedding_transformation", "projections", d_in, d_model, bias=True)
    passed_by = d_embedding == d_model and not c.flag("trigram_input")
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_embedding),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        table("embeddings.token_type_embeddings", c.size("type_vocab_size", 0), d_model, "segment embedding"),
        idle(transformation) if passed_by else transformation,
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, _mobile_layer(c)),
        *(pooler(c, _MOBILE_POOLED) if c.flag("classifier_activation") else ()),
    )


def _mobile_lm(config: Config, prefix: str) -> Parts:
    """The vocabulary by the embeddings, and by a separate table for the width they lack."""
    d_model, d_embedding = config.size("hidden_size"), config.size("embedding_size")
    if d_embedding > d_model:
        raise config.refuse("embedding_size", f"valid: up to hidden_size = {d_model}")
    rest = dense("cls.predictions.dense", "output head", config.size("vocab_size"), d_model - d_embedding)
    transform = head_transform("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm")
    tied = vocabulary("cls.predictions.decoder", "cls.predictions", "embedding_size")
    return (*transform(config, prefix), rest, *tied(config, prefix))


MOBILEBERT = Architecture(
    summary="narrow encoder layers between bottlenecks",
    source="Sun et al. 2020, sec. 3",
    body=mobilebert,
    heads={
        "base": no_head,
        "masked": _mobile_lm,
        "pretraining": both(_mobile_lm, two_answers()),
        "next-sentence": two_answers(),
        **CLASSIFIERS,
    },
    prefix="mobilebert",
)
