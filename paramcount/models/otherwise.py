"""Configs of which transformers' class makes another model than they state: counted, but not costed."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.config import Config
from paramcount.ledger.sized import plain


def _even_rotation(otherwise: float) -> Callable[[Config], None]:
    """Raise ConfigError where a head rotates an odd number of its numbers: the class makes queries and keys wider.

    *otherwise* is partial_rotary_factor where it is not given, of which defaults say nothing.
    """

    def check(c: Config) -> None:
        stated = c.get("rope_parameters")
        given = stated.get("partial_rotary_factor") if isinstance(stated, dict) else c.get("partial_rotary_factor")
        d_head = plain(c.size("hidden_size")) // plain(c.size("num_attention_heads"))
        rotated = int(d_head * (otherwise if given is None else given))
        if rotated % 2:
            raise c.refuse("partial_rotary_factor", f"rotates {rotated} of {d_head}; valid: an even number")

    return check


def _two_experts(c: Config) -> None:
    """Raise ConfigError where PhiMoE's class, which always takes two experts, is asked for another number."""
    if c.get("num_experts_per_tok") != 2:
        raise c.refuse("num_experts_per_tok", "valid: 2, which transformers takes whatever is stated")


def _odd(key: str) -> Callable[[Config], None]:
    """Raise ConfigError where a kernel is even: the class then computes a position too many, and stops."""

    def check(c: Config) -> None:
        kernel = c.get(key)
        if isinstance(kernel, int) and kernel and kernel % 2 == 0:
            raise c.refuse(key, "valid: an odd number")

    return check


def _by_expectation(c: Config) -> None:
    """Raise ConfigError where YOSO samples by hashes."""
    if not c.flag("use_expectation"):
        raise c.refuse("use_expectation", "valid: true; attention by hashes is not stated")
    _odd("conv_window")(c)


def _both_ways(key: str, valid: str) -> Callable[[Config], None]:
    """Raise ConfigError where an encoder sees only what is before."""

    def check(c: Config) -> None:
        if c.get(key):
            raise c.refuse(key, f"valid: {valid}; an encoder that sees only what is before is not stated")

    return check


def _without_prompts(c: Config) -> None:
    """Raise ConfigError where MVP has prompts, whose keys and values stand beside the tokens' in every layer."""
    if c.get("use_prompt"):
        raise c.refuse("use_prompt", "valid: false; what prompts multiply is not stated")


def _attends_to_all(c: Config) -> None:
    """Raise ConfigError where XLNet attends to what is before alone, or reads half a batch backwards."""
    if c.get("bi_data"):
        raise c.refuse("bi_data", "valid: false")
    if c.get("attn_type") != "bi":
        raise c.refuse("attn_type", "valid: bi; what the other multiplies is not stated")


def _encoder_and_decoder(c: Config) -> None:
    """Raise ConfigError where the one model sees only what is before, or the other what is behind."""
    sides = {side: c.get(side) or {} for side in ("encoder", "decoder")}
    if sides["encoder"].get("is_decoder"):
        raise c.refuse("encoder", "is_decoder = true; valid: false")
    decoder = sides["decoder"]
    if decoder and decoder.get("model_type") != "gpt2" and not decoder.get("is_decoder"):
        raise c.refuse("decoder", "is_decoder = false; valid: true")
    if decoder and not decoder.get("add_cross_attention"):
        raise c.refuse("decoder", "add_cross_attention = false; valid: true")


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
    """Raise ConfigError where the class makes another model than *c* states."""
    if c.model_type in CHECKS:
        CHECKS[c.model_type](c)
