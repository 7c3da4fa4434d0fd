"""GPT-2 as OpenAI, nanoGPT and minGPT write it down, and GPT-J's training config of mesh-transformer-jax."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

SIZES = {"n_layer": "n_layer", "n_head": "n_head", "n_embd": "n_embd"}
EITHER = "nanoGPT's, whose head is tied (--set bias=true, or false), or minGPT's, whose is not (--set embd_pdrop=0.1)"
MESH = {
    "layers": "n_layer",
    "d_model": "n_embd",
    "n_heads": "n_head",
    "n_vocab": "vocab_size",
    "pe_rotary_dims": "rotary_dim",
    "seq": "n_positions",
}


def _gpt2(keys: Keys, vocab: str, context: str) -> dict[str, Any]:
    for key in (*SIZES, vocab, context):
        keys.whole(key)
    return {"model_type": "gpt2", **renamed(keys, {**SIZES, vocab: "vocab_size", context: "n_positions"})}


def hparams(keys: Keys) -> dict[str, Any]:
    """Radford et al. 2019, sec. 2.3."""
    return _gpt2(keys, "n_vocab", "n_ctx")


def nanogpt(keys: Keys) -> dict[str, Any]:
    """GPT-2 with one switch for every bias, those of the norms too; true is GPT-2."""
    sizes = {key: keys.whole(key) for key in (*SIZES, "vocab_size", "block_size")}
    return {"model_type": "nanogpt", **sizes, "bias": keys.flag("bias", True)}


def mingpt(keys: Keys) -> dict[str, Any]:
    """GPT-2 with a head of its own. A model_type is a name for sizes here, which the file has too."""
    return {**_gpt2(keys, "vocab_size", "block_size"), "tie_word_embeddings": False}


def either(keys: Keys) -> dict[str, Any]:
    """Refused."""
    keys.refuse("block_size", EITHER)


def mesh(keys: Keys) -> dict[str, Any]:
    """Wang and Komatsuzaki 2021: GPT-J. Positions are rotary and norms LayerNorm."""
    keys.only("pe", "rotary")
    keys.only("norm", "layernorm")
    for key in MESH:
        keys.whole(key)
    return {"model_type": "gptj", **renamed(keys, MESH)}


DROPOUTS, SWITCHES = frozenset({"embd_pdrop", "resid_pdrop", "attn_pdrop"}), frozenset({"bias", "dropout"})
GPTS = frozenset({"gpt2", "nanogpt"})
MINGPTS = frozenset({"gpt-mini", "gpt-micro", "gpt-nano", "gopher-44m", "openai-gpt"})
NEEDED = frozenset(SIZES)
BLOCKS = NEEDED | {"block_size", "vocab_size"}
MESHED = frozenset(MESH) - {"pe_rotary_dims"} | {"pe"}
PROGRAMS = (
    Program("OpenAI's hparams.json", hparams, NEEDED | {"n_vocab", "n_ctx"}),
    Program("nanoGPT's model_args", nanogpt, BLOCKS, DROPOUTS, (SWITCHES,), may_be=GPTS),
    Program("minGPT's config", mingpt, BLOCKS, SWITCHES, (DROPOUTS,), may_be=GPTS | MINGPTS),
    Program("a config of nanoGPT or minGPT", either, BLOCKS, DROPOUTS | SWITCHES, may_be=GPTS | MINGPTS),
    Program("mesh-transformer-jax's training config", mesh, MESHED, may_be=frozenset({"gptj"}), strict=False),
)
