"""OPT: GPT-3's shape with two positions more, and the 350M model that differs from its family."""

from typing import Any

from paramcount.blocks.linear import Linear
from paramcount.families.compose import final_norm, language_model, positions, usual_layer
from paramcount.families.family import Family
from paramcount.families.gpt import GPT
from paramcount.ledger.model import Model, Part


def opt(**s: Any) -> Model:
    """OPT: as GPT-3, with two rows more in the position table (its code keeps them free for padding)."""
    d_model = s["d_model"]
    return language_model(s, usual_layer(s), (positions(s["n_ctx"] + 2, d_model),), (final_norm(d_model),))


def opt_projected(**s: Any) -> Model:
    """OPT-350M as released: d_embed-wide token embeddings projected to d_model and back, post-norm, no final norm."""
    d_model, d_embed = s["d_model"], s["d_embed"]
    into = Part("project_in", "projections", Linear(d_embed, d_model, bias=False))
    out = Part("project_out", "projections", Linear(d_model, d_embed, bias=False))
    return language_model(s, usual_layer(s), (positions(s["n_ctx"] + 2, d_model), into), (out,), width=d_embed)


OPT = GPT._replace(
    name="opt",
    summary="OPT: as gpt, with two positions more than its context",
    source="Zhang et al. 2022, arXiv:2205.01068, and its released code",
    build=opt,
)
OPT_PROJECTED = Family(
    name="opt-projected",
    summary="OPT-350M: as opt, post-norm, its embeddings narrower than the model and projected",
    source="Zhang et al. 2022, the released code",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "d_ff", "d_embed", "n_vocab", "n_ctx"),
    switches={"tied": True},
    ties={"d_ff": (4, "d_model")},
    build=opt_projected,
)
