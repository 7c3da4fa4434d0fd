"""GPT-1, GPT-2 and GPT-3: decoders with learned positions, biases everywhere and LayerNorm."""

from typing import Any

from paramcount.families.compose import final_norm, language_model, positions, usual_layer
from paramcount.families.family import Family
from paramcount.ledger.model import Model


def gpt(**s: Any) -> Model:
    """GPT-2 and GPT-3: norms before attention and feed-forward, and a final norm (Radford et al. 2019, sec. 2.3)."""
    d_model = s["d_model"]
    return language_model(s, usual_layer(s), (positions(s["n_ctx"], d_model),), (final_norm(d_model),))


def gpt1(**s: Any) -> Model:
    """GPT-1: norms after attention and feed-forward, so no final norm (Radford et al. 2018, sec. 4.1)."""
    return language_model(s, usual_layer(s), (positions(s["n_ctx"], s["d_model"]),))


GPT = Family(
    name="gpt",
    summary="GPT-2, GPT-3 and their like: pre-norm decoder, learned positions, biases, final norm",
    source="Radford et al. 2019, sec. 2.3; Brown et al. 2020, sec. 2.1",
    sizes=("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx"),
    switches={"tied": True},
    ties={"d_ff": (4, "d_model")},
    build=gpt,
)
GPT1 = GPT._replace(
    name="gpt-post-norm",
    summary="GPT-1: post-norm decoder, learned positions, biases, no final norm",
    source="Radford et al. 2018, sec. 4.1",
    build=gpt1,
)
