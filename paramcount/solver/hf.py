"""A shape as the config.json of Hugging Face's GPT-2, which transformers loads to exactly the same count."""

from __future__ import annotations

from typing import Any

from paramcount.errors import InputError
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
END_OF_TEXT = 50256  # the last token of GPT-2's vocabulary (Radford et al. 2019, released encoder.json)


def hf_config(candidate: Candidate, family: str) -> dict[str, Any]:
    """The config of *candidate*; raises InputError where Hugging Face's GPT-2 cannot be of its shape."""
    if family != "gpt":
        raise InputError(
            f"--emit hf: a GPT-2 config states models of the family gpt, not {family}; valid: another --like"
        )
    if candidate.n_heads * candidate.d_head != candidate.d_model:
        raise InputError(
            f"--emit hf: n_heads·d_head = {candidate.n_heads * candidate.d_head} is not d_model = {candidate.d_model}, "
            "and a GPT-2 config has no size of its own for it; valid: shapes whose attention is as wide as the model"
        )
    token = END_OF_TEXT if candidate.n_vocab > END_OF_TEXT else None
    return {
        "model_type": "gpt2",
        "architectures": ["GPT2LMHeadModel"],
        "vocab_size": candidate.n_vocab,
        "n_positions": candidate.n_ctx,
        "n_embd": candidate.d_model,
        "n_layer": candidate.n_layers,
        "n_head": candidate.n_heads,
        "n_inner": candidate.d_ff,
        "tie_word_embeddings": candidate.tied,
        "bos_token_id": token,
        "eos_token_id": token,
        **RELEASED,
    }
