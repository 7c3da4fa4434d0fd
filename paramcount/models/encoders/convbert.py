"""ConvBERT: parallel attention and convolutions."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, feed_forward, layers, linear_and_norm, projection
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.products import Attend, Matrices, Product
from paramcount.blocks.roles import KEY, OUTPUT, QUERY, VALUE
from paramcount.blocks.task_heads import DEEPER_CLASSIFIERS, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture
from paramcount.models.encoders.electra import GENERATOR, SUMMARIZED_CHOICE


def _mixed_attention(c: Config, name: str, component: str) -> Parts:
    """Attention with fewer heads beside convolutions computed from the tokens (Jiang et al. 2020, sec. 4.2)."""
    d_model, kernel = c.size("hidden_size"), c.size("conv_kernel_size")
    c.quotient("d_head", "hidden_size", "num_attention_heads")
    words = "num_attention_heads / head_ratio, at least 1"
    n_heads = c.follows("n_left_heads", words, c.size("num_attention_heads"), c.size("head_ratio"), least=1)
    if not c.divides(n_heads, d_model):
        raise c.refuse(
            "head_ratio", f"valid: one that leaves a divisor of hidden_size = {d_model} as heads, not {n_heads}"
        )
    width = c.follows("d_attention", "half of hidden_size, in whole heads", d_model, 2 * n_heads, times=n_heads)
    key = f"{name}.self.key_conv_attn_layer"
    return (
        *(dense(f"{name}.self.{r.name}", component, d_model, width, True, r) for r in (QUERY, KEY, VALUE)),
        bare(f"{key}.bias", component, width, 1),
        Part(f"{key}.depthwise", component, Convolution(d_model, 1, kernel)),
        Part(f"{key}.pointwise", component, Convolution(width, d_model, 1)),
        dense(f"{name}.self.conv_kernel_layer", component, width, n_heads * kernel, bias=True),
        dense(f"{name}.self.conv_out_layer", component, d_model, width, bias=True),
        *linear_and_norm(f"{name}.output", component, d_model, d_model, OUTPUT),
        Part("", component, Attend(width, width, 2 * width)),
        Part("", component, Product(width * kernel)),
    )


def _grouped_feed_forward(c: Config) -> Parts:
    """The feed-forward, split into groups if there are several."""
    d_model, d_ff, n_groups = c.size("hidden_size"), c.size("intermediate_size"), c.size("num_groups")
    if n_groups == 1:
        return feed_forward(c)
    one, other = (
        c.quotient("d_group", "hidden_size", "num_groups"),
        c.quotient("d_ff_group", "intermediate_size", "num_groups"),
    )
    return (
        Part("intermediate.dense", "feed-forward", Matrices("weight", (n_groups, one, other))),
        bare("intermediate.dense.bias", "feed-forward", d_ff),
        Part("output.dense", "feed-forward", Matrices("weight", (n_groups, other, one))),
        bare("output.dense.bias", "feed-forward", d_model),
    )


def convbert(c: Config) -> Parts:
    """Jiang et al. 2020, sec. 4: ELECTRA with parallel attention and convolutions."""
    across: Parts = ()
    if c.flag("add_cross_attention"):
        if not c.flag("is_decoder"):
            raise c.refuse("add_cross_attention", "valid: true only with is_decoder = true")
        across = _mixed_attention(c, "crossattention", "cross-attention")
    attention = _mixed_attention(c, "attention", "attention")
    one = (*attention, *across, *_grouped_feed_forward(c), layer_norm("output.LayerNorm", c.size("hidden_size")))
    front = (*embeddings(c, "embedding_size"), *projection(c, "embeddings_project", c.size("embedding_size")))
    return (*front, layers(c, one))


CONVBERT = Architecture(
    summary="encoder with parallel attention and convolutions",
    source="Jiang et al. 2020, sec. 4",
    body=convbert,
    heads={"base": no_head, "masked": GENERATOR, **DEEPER_CLASSIFIERS, "choice": SUMMARIZED_CHOICE},
    prefix="convbert",
)
