"""Encoders made small or fast by other layers: DistilBERT, MobileBERT, SqueezeBERT and ConvBERT."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, no_head
from paramcount.architectures.encoder_heads import (
    CLASSIFIERS,
    DEEPER_CLASSIFIERS,
    bert_lm,
    both,
    choice,
    hidden,
    one_layer,
    two_answers,
    two_spans,
    vocabulary,
)
from paramcount.architectures.encoder_heads import transform as head_transform
from paramcount.architectures.encoder_parts import embeddings, feed_forward, layers, pooler, projection, square
from paramcount.architectures.factorized import GENERATOR, SUMMARIZED_CHOICE
from paramcount.architectures.parts import bare, dense, layer_norm, plain, table, whole_heads
from paramcount.blocks.stored import Convolution
from paramcount.config import Config
from paramcount.model import Part, Stack
from paramcount.sized import Sized
from paramcount.tensor import Size

_MOBILE_POOLED = frozenset({"base", "pretraining", "sequence", "choice", "next-sentence"})


def distilbert(c: Config) -> Parts:
    """Sanh et al. 2019: BERT with half the layers, without segments and without a pooler."""
    d_model = whole_heads(c)
    one = (
        *square(d_model, maps=("q_lin", "k_lin", "v_lin", "out_lin")),
        layer_norm("sa_layer_norm", d_model),
        *plain(d_model, c.size("hidden_dim"), name="ffn", names=("lin1", "lin2")),
        layer_norm("output_layer_norm", d_model),
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, one, "transformer.layer"),
    )


def _mobile_width(c: Config) -> Sized:
    """How wide attention and feed-forward are: as the bottleneck, where there is one."""
    return whole_heads(c, "intra_bottleneck_size" if c.flag("use_bottleneck") else "hidden_size")


def _into(name: str, component: str, d_in: Size, d_out: Size) -> Parts:
    """A linear map and the norm after it."""
    return (dense(f"{name}.dense", component, d_in, d_out, bias=True), layer_norm(f"{name}.LayerNorm", d_out))


def _bottlenecks(c: Config) -> Parts:
    """The maps into the bottleneck and out of it (Sun et al. 2020, sec. 3.1)."""
    if not c.flag("use_bottleneck"):
        return ()
    d_model, d_inner = c.size("hidden_size"), c.size("intra_bottleneck_size")
    shared = (
        _into("bottleneck.attention", "bottleneck", d_model, d_inner) if c.flag("key_query_shared_bottleneck") else ()
    )
    into = _into("bottleneck.input", "bottleneck", d_model, d_inner)
    return (*into, *shared, *_into("output.bottleneck", "bottleneck", d_inner, d_model))


def _mobile_layer(c: Config) -> Parts:
    d_model, d_inner, d_ff = c.size("hidden_size"), _mobile_width(c), c.size("intermediate_size")
    d_value = d_inner if c.flag("use_bottleneck_attention") else d_model
    up = dense("intermediate.dense", "feed-forward", d_inner, d_ff, bias=True)
    one = (up, *_into("output", "feed-forward", d_ff, d_inner))
    return (
        *_bottlenecks(c),
        *square(d_inner, maps=("self.query", "self.key")),
        dense("attention.self.value", "attention", d_value, d_inner, bias=True),
        *_into("attention.output", "attention", d_inner, d_inner),
        Stack("ffn", c.size("num_feedforward_networks") - 1, one),
        *one,
    )


def mobilebert(c: Config) -> Parts:
    """Sun et al. 2020, sec. 3: narrow layers between bottlenecks, with several feed-forwards each."""
    if c.get("normalization_type") not in ("no_norm", "layer_norm"):
        raise c.refuse("normalization_type", "valid: no_norm, layer_norm")
    d_model, d_embedding = c.size("hidden_size"), c.size("embedding_size")
    d_in = 3 * d_embedding if c.flag("trigram_input") else d_embedding
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_embedding),
        table("embeddings.position_embeddings", c.size("max_position_embeddings"), d_model, "position embedding"),
        table("embeddings.token_type_embeddings", c.size("type_vocab_size", 0), d_model, "segment embedding"),
        dense("embeddings.embedding_transformation", "projections", d_in, d_model, bias=True),
        layer_norm("embeddings.LayerNorm", d_model, component="embedding norm"),
        layers(c, _mobile_layer(c)),
        *(pooler(c, _MOBILE_POOLED) if c.flag("classifier_activation") else ()),
    )


def _mobile_lm(config: Config, prefix: str) -> Parts:
    """The vocabulary by the embeddings, and by a table of its own for the width that those lack."""
    d_model, d_embedding = config.size("hidden_size"), config.size("embedding_size")
    if d_embedding > d_model:
        raise config.refuse("embedding_size", f"valid: up to hidden_size = {d_model}")
    rest = dense("cls.predictions.dense", "output head", config.size("vocab_size"), d_model - d_embedding)
    transform = head_transform("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm")
    tied = vocabulary("cls.predictions.decoder", "cls.predictions", "embedding_size")
    return (*transform(config, prefix), rest, *tied(config, prefix))


def _grouped(c: Config, name: str, component: str, d_in: str, d_out: str, groups: str) -> Part:
    """A convolution over one position, whose channels are mixed within groups alone."""
    n_groups, d_group = c.size(groups), c.quotient(f"d_{groups.removesuffix('s')}", d_in, groups)
    if c.size(d_out) % n_groups:
        raise c.refuse(groups, f"valid: a divisor of {d_in} and of {d_out}")
    return Part(name, component, Convolution(c.size(d_out), d_group, 1, bias=True))


def squeezebert(c: Config) -> Parts:
    """Iandola et al. 2020, sec. 3: BERT with grouped convolutions in place of linear maps."""
    d_model, d_ff = "hidden_size", "intermediate_size"
    if c.size("embedding_size") != c.size(d_model):
        raise c.refuse("embedding_size", f"valid: hidden_size = {c.size(d_model)}")
    maps = {"query": "q_groups", "key": "k_groups", "value": "v_groups"}
    one = (
        *(_grouped(c, f"attention.{own}", "attention", d_model, d_model, groups) for own, groups in maps.items()),
        _grouped(c, "post_attention.conv1d", "attention", d_model, d_model, "post_attention_groups"),
        layer_norm("post_attention.layernorm", c.size(d_model)),
        _grouped(c, "intermediate.conv1d", "feed-forward", d_model, d_ff, "intermediate_groups"),
        _grouped(c, "output.conv1d", "feed-forward", d_ff, d_model, "output_groups"),
        layer_norm("output.layernorm", c.size(d_model)),
    )
    width = whole_heads(c)
    return (*embeddings(c), layers(c, one, "encoder.layers"), dense("pooler.dense", "pooler", width, width, bias=True))


def _mixed_attention(c: Config, name: str, component: str) -> Parts:
    """Attention with fewer heads beside convolutions made from the tokens (Jiang et al. 2020, sec. 4.2)."""
    d_model, kernel = whole_heads(c), c.size("conv_kernel_size")
    left = max(c.size("num_attention_heads") // c.size("head_ratio"), 1)
    n_heads = c.named("n_left_heads", left, "num_attention_heads / head_ratio, one at least")
    if d_model % left:
        raise c.refuse("head_ratio", f"leaves {left} heads; valid: as many as divide hidden_size = {d_model}")
    width = c.named("d_attention", left * (d_model // left // 2), "half of hidden_size, in whole heads")
    key = f"{name}.self.key_conv_attn_layer"
    return (
        *(dense(f"{name}.self.{own}", component, d_model, width, bias=True) for own in ("query", "key", "value")),
        bare(f"{key}.bias", component, width, 1),
        Part(f"{key}.depthwise", component, Convolution(d_model, 1, kernel)),
        Part(f"{key}.pointwise", component, Convolution(width, d_model, 1)),
        dense(f"{name}.self.conv_kernel_layer", component, width, n_heads * kernel, bias=True),
        dense(f"{name}.self.conv_out_layer", component, d_model, width, bias=True),
        *_into(f"{name}.output", component, d_model, d_model),
    )


def _grouped_feed_forward(c: Config) -> Parts:
    """The feed-forward, in groups where there are more than one."""
    d_model, d_ff, n_groups = c.size("hidden_size"), c.size("intermediate_size"), c.size("num_groups")
    if n_groups == 1:
        return feed_forward(c)
    one, other = (
        c.quotient("d_group", "hidden_size", "num_groups"),
        c.quotient("d_ff_group", "intermediate_size", "num_groups"),
    )
    return (
        bare("intermediate.dense.weight", "feed-forward", n_groups, one, other),
        bare("intermediate.dense.bias", "feed-forward", d_ff),
        bare("output.dense.weight", "feed-forward", n_groups, other, one),
        bare("output.dense.bias", "feed-forward", d_model),
    )


def convbert(c: Config) -> Parts:
    """Jiang et al. 2020, sec. 4: ELECTRA with attention and convolutions side by side."""
    across: Parts = ()
    if c.flag("add_cross_attention"):
        if not c.flag("is_decoder"):
            raise c.refuse("add_cross_attention", "needs is_decoder = true; valid: both, or neither")
        across = _mixed_attention(c, "crossattention", "cross-attention")
    attention = _mixed_attention(c, "attention", "attention")
    one = (*attention, *across, *_grouped_feed_forward(c), layer_norm("output.LayerNorm", c.size("hidden_size")))
    front = (*embeddings(c, "embedding_size"), *projection(c, "embeddings_project", c.size("embedding_size")))
    return (*front, layers(c, one))


DISTILBERT = Architecture(
    summary="BERT with half the layers",
    source="Sanh et al. 2019, sec. 3",
    body=distilbert,
    heads={
        "base": no_head,
        "masked": both(head_transform("vocab_transform", "vocab_layer_norm"), vocabulary("vocab_projector")),
        "sequence": both(hidden("pre_classifier"), one_layer),
        "token": one_layer,
        "question": two_spans,
        "choice": both(hidden("pre_classifier"), choice()),
    },
    prefix="distilbert",
)
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
SQUEEZEBERT = Architecture(
    summary="BERT with grouped convolutions in place of linear maps",
    source="Iandola et al. 2020, sec. 3",
    body=squeezebert,
    heads={"base": no_head, "masked": bert_lm(), **CLASSIFIERS},
    prefix="transformer",
)
CONVBERT = Architecture(
    summary="encoder with attention and convolutions side by side",
    source="Jiang et al. 2020, sec. 4",
    body=convbert,
    heads={"base": no_head, "masked": GENERATOR, **DEEPER_CLASSIFIERS, "choice": SUMMARIZED_CHOICE},
    prefix="convbert",
)
