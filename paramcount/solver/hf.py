"""A shape as a config.json for transformers' class of its family, which has exactly the same count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.solver.scaled import Scaled
from paramcount.verification.as_config import config_of

if TYPE_CHECKING:
    from paramcount.solver.solution import Candidate

# As in the config.json of the released gpt2 (huggingface.co/openai-community/gpt2).
RELEASED = {
    "activation_function": "gelu_new",
    "attn_pdrop": 0.1,
    "embd_pdrop": 0.1,
    "initializer_range": 0.02,
    "layer_norm_epsilon": 1e-05,
    "resid_pdrop": 0.1,
}
KV_HEADS = "num_key_value_heads"
END_OF_TEXT = 50256  # the last token of GPT-2's vocabulary (Radford et al. 2019, released encoder.json)


def hf_config(candidate: Candidate) -> dict[str, Any]:
    """The config of *candidate*; raises InputError if no transformers class can have its shape."""
    design = candidate.design
    if isinstance(design, Scaled):
        return {**design.shape(candidate.sizes).config.document, **_as_many_keys(design, candidate)}
    try:
        config = config_of(Spec("the shape", design, candidate.sizes))
    except InputError as error:
        raise InputError(f"--emit hf: {error}") from None
    if config["model_type"] != "gpt2":
        return config
    token = END_OF_TEXT if candidate.n_vocab > END_OF_TEXT else None
    return {**config, "bos_token_id": token, "eos_token_id": token, **RELEASED}


def _as_many_keys(design: Scaled, candidate: Candidate) -> dict[str, int]:
    """n_kv_heads = n_heads, if it was so and no parameter depends on it: transformers' class may insist on it."""
    config, heads = design.base.config, design.roles.get("n_heads", "")
    if KV_HEADS not in config.values or "n_kv_heads" in design.roles or heads not in candidate.sizes:
        return {}
    return {KV_HEADS: candidate.sizes[heads]} if config.get(KV_HEADS) == design.values[heads] else {}
