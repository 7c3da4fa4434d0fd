"""Meta's params.json, llama2.c's model_args and lingua's training configs, which compute d_ff alike."""

from __future__ import annotations

from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program, renamed

NAMES = {
    "dim": "hidden_size",
    "n_layers": "num_hidden_layers",
    "n_heads": "num_attention_heads",
    "n_kv_heads": "num_key_value_heads",
}
OF_TOKENIZER = "the size of its tokeniser, which is in a separate file; Llama 1 and 2: --set vocab_size=32000"


def rounded_up(d_model: int, multiplier: float | None, multiple: int) -> int:
    """The width of Llama's feed-forward: ⅔ of 4·d_model, times the multiplier, rounded up to a multiple.

    Computed in floats and truncated, as the programs do.
    """
    width = int(2 * 4 * d_model / 3)
    if multiplier is not None:
        width = int(multiplier * width)
    return multiple * -(-width // multiple)


def _llama(keys: Keys, multiple: int | None = None) -> dict[str, Any]:
    for key in NAMES:
        keys.whole(key, keys.whole("n_heads"))
    multiplier = keys.number("ffn_dim_multiplier", 1) if keys.get("ffn_dim_multiplier") is not None else None
    width = rounded_up(keys.whole("dim"), multiplier, keys.whole("multiple_of", multiple))
    if keys.get("vocab_size", -1) == -1:
        keys.refuse("vocab_size", OF_TOKENIZER)
    vocab = keys.whole("vocab_size")
    return {"model_type": "llama", **renamed(keys, NAMES), "vocab_size": vocab, "intermediate_size": width}


def meta(keys: Keys) -> dict[str, Any]:
    """Touvron et al. 2023. The head is a separate tensor in Meta's files, even where the class ties it."""
    return {**_llama(keys), "tie_word_embeddings": keys.flag("tied_embeddings", False)}


def llama2_c(keys: Keys) -> dict[str, Any]:
    """The head is the embedding. A given hidden_dim overrides the computed one."""
    width = {"intermediate_size": keys.whole("hidden_dim")} if keys.get("hidden_dim") is not None else {}
    return {**_llama(keys), **width, "tie_word_embeddings": True}


def lingua(keys: Keys) -> dict[str, Any]:
    """The vocabulary is the tokeniser's if none is given."""
    tied = keys.flag("weight_tying", False)
    head = {"head_dim": keys.whole("head_dim")} if keys.get("head_dim") is not None else {}
    return {**_llama(keys, multiple=256), **head, "tie_word_embeddings": tied}


NEEDED = frozenset({"dim", "n_layers", "n_heads"})
PASSED = frozenset({"use_scaled_rope", "quantization_args", "seed"})
NOT_METAS = frozenset({"dropout", "hidden_dim"})
LLAMA = frozenset({"llama"})
PROGRAMS = (
    Program(
        "Meta's params.json",
        meta,
        NEEDED | {"multiple_of"},
        frozenset({"dropout", "hidden_dim"}),
        passed=PASSED,
        may_be=LLAMA,
    ),
    Program("llama2.c's model_args", llama2_c, NEEDED | {"multiple_of", "dropout"}, passed=PASSED, may_be=LLAMA),
    Program("lingua's training config", lingua, NEEDED, passed=PASSED, under="model"),
)
