"""MarkupLM: BERT with embeddings of paths in markup."""

from __future__ import annotations

from paramcount.blocks.encoder import embeddings, layer, layers, pooler
from paramcount.blocks.parts import dense, idle, table
from paramcount.blocks.task_heads import answers, no_head, one_layer
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture

_MARKUPLM_POOLED = frozenset({"base", "sequence"})


def _paths(c: Config) -> Parts:
    """The path to a token's element: each step a tag and a number, joined and mapped to the model's width."""
    d_model, d_step, n_steps = c.size("hidden_size"), c.size("xpath_unit_hidden_size"), c.size("max_depth")
    name = "embeddings.xpath_embeddings"
    n_tags, n_numbers = c.size("max_xpath_tag_unit_embeddings"), c.size("max_xpath_subs_unit_embeddings")
    return (
        Stack(f"{name}.xpath_tag_sub_embeddings", n_steps, (table("", n_tags, d_step, "position embedding"),)),
        Stack(f"{name}.xpath_subs_sub_embeddings", n_steps, (table("", n_numbers, d_step, "position embedding"),)),
        # The first of the three maps is in the class but unused.
        idle(dense(f"{name}.xpath_unitseq2_embeddings", "projections", d_step * n_steps, d_model, bias=True)),
        dense(f"{name}.xpath_unitseq2_inner", "projections", d_step * n_steps, 4 * d_model, bias=True),
        dense(f"{name}.inner2emb", "projections", 4 * d_model, d_model, bias=True),
    )


def markuplm(c: Config) -> Parts:
    """Li et al. 2021: BERT with embeddings of the paths to tokens' elements."""
    return (*embeddings(c), *_paths(c), layers(c, layer(c)), *pooler(c, _MARKUPLM_POOLED))


MARKUPLM = Architecture(
    summary="BERT with embeddings of paths in markup",
    source="Li et al. 2021",
    body=markuplm,
    heads={"base": no_head, "sequence": one_layer, "token": one_layer, "question": answers},
    prefix="markuplm",
)
