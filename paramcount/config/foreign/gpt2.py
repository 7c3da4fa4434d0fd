"""GPT-2 in the formats of OpenAI, nanoGPT and minGPT, and GPT-J's training config for mesh-transformer-jax."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

SIZES = {"n_layer": "n_layer", "n_head": "n_head", "n_embd": "n_embd"}
EITHER = "nanoGPT's with a tied head (--set bias=true, or false), or minGPT's, untied (--set embd_pdrop=0.1)"
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
    """GPT-2 with one switch for all biases, including those of the norms; true is GPT-2."""
    sizes = {key: keys.whole(key) for key in (*SIZES, "vocab_size", "block_size")}
    return {"model_type": "nanogpt", **sizes, "bias": keys.flag("bias", True)}


def mingpt(keys: Keys) -> dict[str, Any]:
    """GPT-2 with an untied head. Its model_type is only a name for sizes that the file gives too."""
    return {**_gpt2(keys, "vocab_size", "block_size"), "tie_word_embeddings": False}


def either(keys: Keys) -> dict[str, Any]:
    """Refuse a file that fits both programs."""
    keys.refuse("block_size", EITHER)


def mesh(keys: Keys) -> dict[str, Any]:
    """Wang and Komatsuzaki 2021: GPT-J, with rotary positions and LayerNorm."""
    keys.only("pe", "rotary")
    keys.only("norm", "layernorm")
    for key in MESH:
        keys.whole(key)
    _note_copies(keys)
    return {"model_type": "gptj", **renamed(keys, MESH)}


def _note_copies(keys: Keys) -> None:
    """Note how much larger the program's own count is: norms and output biases per shard, an embedding bias."""
    shards, d_model = keys.whole("cores_per_replica", 1), keys.whole("d_model")
    more = (shards - 1) * (3 * keys.whole("layers") + 2) * d_model + shards * d_model
    keys.notes.append(
        f"Its program's own count is {more:,} larger: each of {shards} shards has its own copy of the norms and "
        "feed-forward biases, and an embedding bias."
    )


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
