"""Which layers of which model types have a window: by type, since types with equal counts may differ in reach."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramcount.blocks.stacks import whole
from paramcount.config import Config
from paramcount.ledger.sized import plain
from paramcount.ledger.window import AROUND, CHOSEN, CHUNKED, SLIDING, Window
from paramcount.models.windows import (
    FULL,
    NARROW,
    Windows,
    after_the_first,
    all_but_every,
    all_but_every_stated,
    by_kind,
    depth,
    everywhere,
    full,
    if_used,
)

ALTERNATING = by_kind(all_but_every(2))
EVERY_THIRD_BUT_FIRST = all_but_every(4, first=0)


def _where_positions_are_not_rotated(c: Config, n_layers: int) -> list[str]:
    """SmolLM3: layers without rotary positions have windows, if any have."""
    if not c.flag("use_sliding_window") or c.get("sliding_window") is None:
        return full(c, n_layers)
    rotated = c.list_of("no_rope_layers", n_layers)
    step = plain(c.size("no_rope_layer_interval"))
    if rotated is None:
        rotated = [(at + 1) % step for at in range(n_layers)]
    return [FULL if one else NARROW for one in rotated]


def _but_the_first_two_and_the_last(c: Config, n_layers: int) -> list[str]:
    """Flint: every fourth layer also sees all tokens."""
    seeing = (at < 2 or at % 4 == 1 or at == n_layers - 1 for at in range(n_layers))
    return [FULL if one else NARROW for one in seeing]


def _but_every_sixth_and_the_last(c: Config, n_layers: int) -> list[str]:
    return [*all_but_every(6)(c, n_layers)[:-1], FULL]


def _but_the_first_and_every_sixth(c: Config, n_layers: int) -> list[str]:
    return [FULL, *all_but_every(6)(c, n_layers)[1:]]


def _all_if_stated(c: Config, n_layers: int) -> list[str]:
    return [FULL if c.get("sliding_window") is None else NARROW] * n_layers


def _by_pattern_if_stated(c: Config, n_layers: int) -> list[str]:
    stated = c.get("sliding_window") is not None
    return all_but_every_stated("sliding_window_pattern", 4)(c, n_layers) if stated else full(c, n_layers)


def _dense_layers_first(c: Config, n_layers: int) -> list[str]:
    """Cohere 2's experts: the layers before them have their own pattern."""
    first = plain(c.size("first_k_dense_replace", least=0)) if c.get("first_k_dense_replace") else 0
    own = all_but_every_stated("prefix_dense_sliding_window_pattern", 1)(c, first)
    return [*own, *all_but_every_stated("sliding_window_pattern", 4)(c, n_layers - first)]


def _odd_ones_within_the_first(c: Config, n_layers: int) -> list[str]:
    """Qwen2's experts: every other of the first max_window_layers layers."""
    most = plain(c.size("max_window_layers", least=0))
    return [NARROW if at % 2 == 0 and at < most and c.flag("use_sliding_window") else FULL for at in range(n_layers)]


def _last_one_full(c: Config) -> Windows:
    """Gemma 4: every sixth layer sees all tokens, and the model's last always does."""
    found = by_kind(all_but_every(6))(c)
    return [*found[:-1], None] if found else ()


def _halved(kind: str) -> Callable[[Config], Windows]:
    """ModernBERT: local_attention counts both sides, and every global_attn_every_n_layers-th layer sees all tokens."""

    def reach(c: Config) -> Windows:
        step = plain(whole(c, "global_attn_every_n_layers", 3))
        found = by_kind(all_but_every(step, first=0), "local_attention", kind)(c)
        if any(one and one.size < 2 for one in found):
            raise c.refuse("local_attention", "valid: a whole number from 2 up")
        return [one and one._replace(size=one.size // 2) for one in found]

    return reach


def _gpt_neo(c: Config) -> Windows:
    """Black et al. 2021: layers alternate between global and local, in the groups of attention_types."""
    stated, n_layers = c.get("attention_types"), depth(c, "num_layers")
    groups: Any = [[["global", "local"], 12]] if stated is None else stated
    try:
        kinds = [kind for several, times in groups for _ in range(times) for kind in several]
    except (TypeError, ValueError):
        raise c.refuse("attention_types", 'valid: groups of layers, [[["global", "local"], 12]]') from None
    if len(kinds) != n_layers or set(kinds) - {"global", "local"}:
        raise c.refuse("attention_types", f"valid: {n_layers} layers, each global or local, not {len(kinds)}")
    window = Window(plain(c.size("window_size")))
    return [window if kind == "local" else None for kind in kinds]


def _listed(window: str, narrow: str, kinds: Callable[[Config, int], Any]) -> Callable[[Config], Windows]:
    """A window under key *window* in the *narrow* layers among *kinds*."""

    def reach(c: Config) -> Windows:
        found = kinds(c, depth(c))
        return [Window(plain(c.size(window))) if kind == narrow else None for kind in found] if narrow in found else ()

    return reach


def _in_turn(c: Config, n_layers: int) -> Any:
    """RecurrentGemma: the kinds in block_types, repeated."""
    kinds: Any = c.get("block_types")
    return (kinds * n_layers)[:n_layers]


def _lfm3(c: Config, n_layers: int) -> Any:
    if (stated := c.list_of("layer_types", n_layers)) is not None:
        return stated
    return [NARROW if at and at % 4 == 0 else FULL for at in range(n_layers)]


def _zaya(c: Config, n_layers: int) -> Any:
    return c.list_of("layer_types", n_layers) or []


def _inkling(c: Config, n_layers: int) -> Any:
    """The listed layers, by kind or by number, or five of six."""
    if (stated := c.list_of("layer_types", n_layers)) is not None:
        return stated
    local: Any = c.get("local_layer_ids")
    narrow = [at for at in range(n_layers) if (at + 1) % 6] if local is None else local
    return [HYBRID_NARROW if at in narrow else FULL for at in range(n_layers)]


def _chosen(key: str) -> Callable[[Config], Windows]:
    """As many of the tokens up to its own as *key* says, in every layer."""
    return lambda c: [Window(plain(c.size(key)), CHOSEN)] * depth(c)


HYBRID_NARROW = "hybrid_sliding"


def _chunked(c: Config) -> Windows:
    """Llama 4: layers with rotary positions attend within chunks, unless layer_types says otherwise."""
    n_layers = depth(c)
    step, rotated = plain(c.size("no_rope_layer_interval")), c.list_of("no_rope_layers", n_layers)

    def otherwise(_: Config, n_layers: int) -> list[str]:
        turned = rotated or [(at + 1) % step for at in range(n_layers)]
        return [CHUNKS if one else FULL for one in turned]

    return by_kind(otherwise, "attention_chunk_size", CHUNKED, CHUNKS)(c)


CHUNKS = "chunked_attention"
REACH: dict[str, Callable[[Config], Windows]] = {
    **dict.fromkeys(("mistral", "ministral3", "mixtral", "phi3", "phimoe", "starcoder2"), everywhere),
    "qwen3_moe": if_used(everywhere),
    **dict.fromkeys(
        ("qwen2", "qwen3", "qwen2_vl_text", "qwen2_5_vl_text", "qwen2_5_omni_text"), if_used(by_kind(after_the_first))
    ),
    "qwen2_moe": if_used(by_kind(_odd_ones_within_the_first)),
    "dots1": by_kind(after_the_first),
    **dict.fromkeys(("gemma2", "vaultgemma", "gpt_oss"), ALTERNATING),
    "gemma3_text": by_kind(all_but_every_stated("sliding_window_pattern", 6)),
    "gemma3n_text": by_kind(all_but_every(5)),
    **dict.fromkeys(("gemma4_text", "gemma4_unified_text"), _last_one_full),
    "cohere2": by_kind(all_but_every_stated("sliding_window_pattern", 4)),
    "cohere2_moe": by_kind(_dense_layers_first),
    **dict.fromkeys(("cohere_compass_text", "mellum", "laguna"), by_kind(full)),
    "olmo3": by_kind(all_but_every(4)),
    "smollm3": by_kind(_where_positions_are_not_rotated),
    **dict.fromkeys(("exaone4", "exaone_moe"), by_kind(_by_pattern_if_stated)),
    "ministral": by_kind(_all_if_stated),
    **dict.fromkeys(("cwm", "granite_swa", "granitemoe_swa"), by_kind(EVERY_THIRD_BUT_FIRST)),
    "kolibri1": by_kind(all_but_every(5)),
    "flint": by_kind(_but_the_first_two_and_the_last),
    "beam": by_kind(_but_every_sixth_and_the_last),
    "afmoe": by_kind(all_but_every_stated("global_attn_every_n_layers", 4)),
    "mimo_v2_flash": by_kind(_but_the_first_and_every_sixth),
    "gpt_neo": _gpt_neo,
    "llama4_text": _chunked,
    "recurrent_gemma": _listed("attention_window_size", "attention", _in_turn),
    "lfm3": _listed("sliding_window", NARROW, _lfm3),
    "zaya": _listed("sliding_window", HYBRID_NARROW, _zaya),
    "inkling_text": _listed("sliding_window_size", HYBRID_NARROW, _inkling),
    **dict.fromkeys(("deepseek_v32", "glm_moe_dsa", "axk2", "hy_v4"), _chosen("index_topk")),
    "doge": _chosen("keep_window_size"),
    "modernbert": _halved(AROUND),
    "modernbert-decoder": _halved(SLIDING),
    "ultrabert": by_kind(all_but_every(3), kind=AROUND),
}


def _narrowest_of_both(c: Config) -> int | None:
    """T5Gemma: every other layer of either side has a window, or those listed."""
    sides = (c.nested(side) for side in ("encoder", "decoder"))
    narrow = (one for one in sides if one.get("layer_types") is None or NARROW in one.get("layer_types"))
    return min((plain(one.size("sliding_window")) for one in narrow), default=None)


NARROWEST: dict[str, Callable[[Config], int | None]] = {
    "t5gemma": _narrowest_of_both
}  # for windows whose costs are unknown
