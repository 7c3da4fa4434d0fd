"""SqueezeBERT: grouped convolutions instead of linear maps."""

from __future__ import annotations

from paramcount.blocks.attention import attend, whole_heads
from paramcount.blocks.encoder import embeddings, layers, of_the_first
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import layer_norm
from paramcount.blocks.task_heads import CLASSIFIERS, bert_lm, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture


def _grouped(c: Config, name: str, component: str, d_in: str, d_out: str, groups: str) -> Part:
    """A pointwise convolution that mixes channels only within groups."""
    n_groups, d_group = c.size(groups), c.quotient(f"d_{groups.removesuffix('s')}", d_in, groups)
    if not c.divides(n_groups, c.size(d_out)):
        raise c.refuse(groups, f"valid: a divisor of {d_in} and of {d_out}")
    return Part(name, component, Convolution(c.size(d_out), d_group, 1, bias=True))


def squeezebert(c: Config) -> Parts:
    """Iandola et al. 2020, sec. 3: BERT with grouped convolutions instead of linear maps."""
    d_model, d_ff = "hidden_size", "intermediate_size"
    if not c.equals(c.size("embedding_size"), c.size(d_model)):
        raise c.refuse("embedding_size", f"valid: hidden_size = {c.size(d_model)}")
    h, maps = whole_heads(c), {"query": "q_groups", "key": "k_groups", "value": "v_groups"}
    one = (
        *(_grouped(c, f"attention.{own}", "attention", d_model, d_model, groups) for own, groups in maps.items()),
        _grouped(c, "post_attention.conv1d", "attention", d_model, d_model, "post_attention_groups"),
        attend(h),
        layer_norm("post_attention.layernorm", c.size(d_model)),
        _grouped(c, "intermediate.conv1d", "feed-forward", d_model, d_ff, "intermediate_groups"),
        _grouped(c, "output.conv1d", "feed-forward", d_ff, d_model, "output_groups"),
        layer_norm("output.layernorm", c.size(d_model)),
    )
    return (*embeddings(c), layers(c, one, "encoder.layers"), of_the_first(h.d_model))


SQUEEZEBERT = Architecture(
    summary="BERT with grouped convolutions instead of linear maps",
    source="Iandola et al. 2020, sec. 3",
    body=squeezebert,
    heads={"base": no_head, "masked": bert_lm(), **CLASSIFIERS},
    prefix="transformer",
)
