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


CHECKS: dict[str, Callable[[Config], None]] = {
    "phi": _even_rotation(0.5),
    "persimmon": _even_rotation(0.5),
    "phimoe": _two_experts,
}


def refuse_other_models(c: Config) -> None:
    """Raise ConfigError where the class makes another model than *c* states."""
    if c.model_type in CHECKS:
        CHECKS[c.model_type](c)
