"""Configs for which transformers' class builds a different model than they say: counted, but without costs."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.config import Config
from paramcount.ledger.sized import plain


def _even_rotation(otherwise: float) -> Callable[[Config], None]:
    """Raise ConfigError if a head rotates an odd number of columns, since the class then widens queries and keys.

    *otherwise* is partial_rotary_factor's default, which the type's defaults lack.
    """

    def check(c: Config) -> None:
        stated = c.get("rope_parameters")
        given = stated.get("partial_rotary_factor") if isinstance(stated, dict) else c.get("partial_rotary_factor")
        d_head = plain(c.size("hidden_size")) // plain(c.size("num_attention_heads"))
        rotated = int(d_head * (otherwise if given is None else given))
        if rotated % 2:
            raise c.refuse(
                "partial_rotary_factor",
                f"valid: one that rotates an even number of a head's {d_head} columns, not {rotated}",
            )

    return check


def _two_experts(c: Config) -> None:
    """Raise ConfigError if PhiMoE is asked for other than two experts, which its class always uses."""
    if c.get("num_experts_per_tok") != 2:
        raise c.refuse("num_experts_per_tok", "valid: 2, which transformers' class always uses")


def _odd(key: str) -> Callable[[Config], None]:
    """Raise ConfigError if a kernel is even, since the class then computes one position too many and fails."""

    def check(c: Config) -> None:
        kernel = c.get(key)
        if isinstance(kernel, int) and kernel and kernel % 2 == 0:
            raise c.refuse(key, "valid: an odd number")

    return check


def _by_expectation(c: Config) -> None:
    """Raise ConfigError if YOSO samples by hashes."""
    if not c.flag("use_expectation"):
        raise c.refuse("use_expectation", "valid: true, since the FLOPs of attention by hashes are not known")
    _odd("conv_window")(c)


def _both_ways(key: str, valid: str) -> Callable[[Config], None]:
    """Raise ConfigError if an encoder has causal attention."""

    def check(c: Config) -> None:
        if c.get(key):
            raise c.refuse(key, f"valid: {valid}, since the FLOPs of a causal encoder are not known")

    return check


def _without_prompts(c: Config) -> None:
    """Raise ConfigError if MVP has prompts, whose keys and values join the tokens' in every layer."""
    if c.get("use_prompt"):
        raise c.refuse("use_prompt", "valid: false, since the FLOPs of prompts are not known")


def _attends_to_all(c: Config) -> None:
    """Raise ConfigError if XLNet has causal attention, or reads half a batch backwards."""
    if c.get("bi_data"):
        raise c.refuse("bi_data", "valid: false")
    if c.get("attn_type") != "bi":
        raise c.refuse("attn_type", "valid: bi, since the FLOPs of the other are not known")


def _encoder_and_decoder(c: Config) -> None:
    """Raise ConfigError if the encoder is causal, or the decoder is not."""
    sides = {side: c.get(side) or {} for side in ("encoder", "decoder")}
    if sides["encoder"].get("is_decoder"):
        raise c.refuse("encoder", "valid: with is_decoder = false")
    decoder = sides["decoder"]
    if decoder and decoder.get("model_type") != "gpt2" and not decoder.get("is_decoder"):
        raise c.refuse("decoder", "valid: with is_decoder = true")
    if decoder and not decoder.get("add_cross_attention"):
        raise c.refuse("decoder", "valid: with add_cross_attention = true")


CHECKS: dict[str, Callable[[Config], None]] = {
    "phi": _even_rotation(0.5),
    "persimmon": _even_rotation(0.5),
    "phimoe": _two_experts,
    "convbert": _odd("conv_kernel_size"),
    "yoso": _by_expectation,
    "xlm": _both_ways("causal", "false"),
    "flaubert": _both_ways("causal", "false"),
    "deberta-v2": _odd("conv_kernel_size"),
    "xlnet": _attends_to_all,
    "mvp": _without_prompts,
    "encoder-decoder": _encoder_and_decoder,
}


def refuse_other_models(c: Config) -> None:
    """Raise ConfigError if the class builds another model than *c* describes."""
    if c.model_type in CHECKS:
        CHECKS[c.model_type](c)
