"""Checks config switches that say whether a model has some kind of tensor against its actual tensors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from paramcount.ledger.model import Entry

BEFORE = re.compile("^(use|add|with|enable|has|have|apply|is|do)_")
DENIED = re.compile("^(no|disable|remove|without|skip)_")
ATTENTION, FEED_FORWARD = ("attention", "cross-attention"), ("feed-forward", "experts", "shared experts")
NORMED = re.compile(r"(^|[._])(q|k|qk|query|key)_?(layer)?_?(norm|ln)")

# Whether there are none of the kind, and whether nothing lacks it; both false if, say, only queries have biases.
Found = tuple[bool, bool]


def agrees(key: str, value: bool, ledger: Callable[[], Iterable[Entry]]) -> bool | None:
    """Whether a model with this *ledger* has the tensors that *key* claims, or lacks those it denies.

    None if *key* says nothing about tensors, or the model has them only in some places.
    """
    kind, denied = _kind(key)
    found = _KINDS[kind](list(ledger())) if kind in _KINDS else None
    if found is None or found == (False, False):
        return None
    none, _ = found
    return none if value == denied else not none


def speaks(key: str) -> bool:
    """Whether *key* says whether the model has some kind of tensor."""
    return _kind(key)[0] in _KINDS


def denies(key: str) -> bool:
    """Whether *key* says that tensors are absent, as no_bias does."""
    return _kind(key)[1]


def of_the_same(key: str, values: Mapping[str, Any]) -> list[str]:
    """The switches in *values* about the same kind of tensor as *key*, or part of it."""
    kind = _kind(key)[0]
    end = kind.rpartition("_")[2] if "bias" in kind else kind
    alike = (own for own in values if isinstance(values[own], bool) and speaks(own))
    return [own for own in alike if _KINDS[_kind(own)[0]] == _KINDS[kind] or (end == "bias" and own.endswith(end))]


def _kind(key: str) -> tuple[str, bool]:
    """The kind of tensor *key* is about, and whether it denies it."""
    name = BEFORE.sub("", key.lower())
    denied = bool(DENIED.match(name)) or name.startswith("unti")
    name = re.sub("^unti", "ti", DENIED.sub("", name))
    return BEFORE.sub("", name).replace("_and_", "_"), denied


def _biases(components: tuple[str, ...]) -> Callable[[list[Entry]], Found | None]:
    def found(ledger: list[Entry]) -> Found | None:
        names = {entry.name for entry in ledger if entry.component in components and not NORMED.search(entry.name)}
        biased = {name for name in names if "bias" in name.rpartition(".")[2]}
        weights = {name for name in names - biased if name.endswith(".weight")}
        bare = {name for name in weights if name.removesuffix("weight") + "bias" not in biased}
        return (not biased, not bare) if names else None

    return found


def _query_key_norms(ledger: list[Entry]) -> Found | None:
    normed = any(NORMED.search(entry.name) for entry in ledger)
    return not normed, normed


def _tied(ledger: list[Entry]) -> Found | None:
    heads = [entry for entry in ledger if entry.component == "output head" and len(entry.tensor.shape) == 2]
    tied = any(entry.tensor.shares for entry in heads)
    return (not tied, tied) if heads else None


_KINDS: dict[str, Callable[[list[Entry]], Found | None]] = {
    **dict.fromkeys(
        ("bias", "biases", "linear_bias", "bias_linear", "transformer_bias"), _biases((*ATTENTION, *FEED_FORWARD))
    ),
    **dict.fromkeys(
        ("attention_bias", "attn_bias", "qkv_bias", "attn_qkv_bias", "attention_qkv_bias", "qkv_proj_bias"),
        _biases(ATTENTION),
    ),
    **dict.fromkeys(("mlp_bias", "ffn_bias", "ff_bias", "feed_forward_bias"), _biases(FEED_FORWARD)),
    **dict.fromkeys(("lm_head_bias", "output_bias", "head_bias"), _biases(("output head",))),
    **dict.fromkeys(
        ("qk_norm", "qk_layernorm", "qk_layer_norm", "qk_ln", "attention_qk_norm", "query_key_norm", "q_k_norm"),
        _query_key_norms,
    ),
    **dict.fromkeys(
        (
            *("tie_embeddings", "tie_embedding", "tied_embeddings", "tied_embedding", "tie_word_embedding", "tied"),
            *("tie_weights", "tied_weights", "weight_tying", "tie_embeddings_output_weights", "tie_word_embeddings"),
            *("share_embeddings", "share_embedding", "share_input_output_embed", "share_decoder_input_output_embed"),
            *("share_embeddings_output_weights", "share_input_output_embeddings", "tie_lm_head", "shared_embeddings"),
        ),
        _tied,
    ),
}
