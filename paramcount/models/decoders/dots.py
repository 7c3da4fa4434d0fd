"""dots.llm1 and Dots 3: routed and shared experts, and latent attention with gates."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import layered, pre_norms, sparse
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import FEEDS, Latent, indexer, latent, latent_attention
from paramcount.blocks.parts import dense, rms_norm
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.stacks import after_the_first, by_frequency, listed, whole
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.axk import AXK2

OF_LATENT = ("num_attention_heads", "q_lora_rank", "kv_lora_rank", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
OF_WINDOWS = (*OF_LATENT, "num_key_value_heads", "head_dim")


def dots3(c: Config) -> Parts:
    """Latent attention gated per head; layers with a window have their own widths, the others an indexer."""
    without_prediction(c)
    attends = _windows(c)
    kinds = [f"{one.removesuffix('_attention')} {feed}" for one, feed in zip(attends, _feeds(c), strict=True)]
    stated = _of_windows(c, attends) if "per_layer_config" in c.given else None
    wide = c.get("moe_shared_expert_intermediate_size") is not None
    d_shared = c.size("moe_shared_expert_intermediate_size" if wide else "shared_experts_intermediate_size")
    bias = c.flag("attention_bias")

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        m = latent(c) if attend != "sliding" else _windowed(c) if stated is None else _stated(c, stated)
        ours = (
            *mixture(c, routing(c, "n_routed_experts"), c.size("moe_intermediate_size")),
            *shared(c, d_shared * c.size("n_shared_experts")),
        )
        return (
            *latent_attention(m, bias),
            rms_norm("self_attn.k_rope_only_layernorm", m.d_rope),
            dense("self_attn.g_proj", "attention", m.d_model, m.n_heads),
            *(indexer(c) if attend == "indexed" else ()),
            *(ours if feed == "sparse" else gated_feed_forward(c)),
            *pre_norms(c),
        )

    return layered(c, kinds, layer)


def _feeds(c: Config) -> list[str]:
    period, first = c.get("moe_layer_freq"), whole(c, "first_k_dense_replace", 1)
    if c.get("mlp_layer_types") is not None or not isinstance(period, list):
        return listed(c, by_frequency)
    is_sparse = c.list_of("moe_layer_freq", c.layers()) or []
    return ["sparse" if at >= first and own else "dense" for at, own in enumerate(is_sparse)]


def _windows(c: Config) -> list[str]:
    as_listed = "use_dsa" not in c.given and "per_layer_config" in c.given  # as saved by transformers
    indexed = "use_dsa" not in c.given or c.flag("use_dsa")
    windows = "use_sliding_window" not in c.given or c.flag("use_sliding_window")
    full = "indexed_attention" if indexed else "full_attention"

    def by_default(c: Config) -> list[str]:
        return ["sliding_attention" if windows and at > 1 and at % 4 != 1 else full for at in range(c.layers())]

    kinds = listed(c, by_default, "layer_types", ("full_attention", "indexed_attention", "sliding_attention"))
    return [kind if as_listed or kind == "sliding_attention" else full for kind in kinds]


def _of_windows(c: Config, kinds: list[str]) -> dict[str, int]:
    """Sizes in per_layer_config for layers with a window, equal in all of them; raises ConfigError otherwise."""
    stated = c.get("per_layer_config") or {}
    windows = [str(place) for place, kind in enumerate(kinds) if kind == "sliding_attention"]
    valid = f"valid: the same whole numbers for every layer with a window, under {', '.join(OF_WINDOWS)}"
    if not isinstance(stated, dict) or sorted(map(str, stated)) != sorted(windows):
        raise c.refuse("per_layer_config", valid)
    each = list(stated.values())
    own = each[0] if each else {}
    if not isinstance(own, dict) or any(other != own for other in each) or own.keys() - set(OF_WINDOWS):
        raise c.refuse("per_layer_config", valid)
    if not all(type(number) is int and number > 0 for number in own.values()):
        raise c.refuse("per_layer_config", valid)
    return own


def _stated(c: Config, stated: dict[str, int]) -> Latent:
    """Attention with a window, with the sizes *stated* for it and the others as elsewhere."""

    def own(key: str) -> Sized:
        return c.named(f"swa_{key}", stated[key], "per_layer_config") if key in stated else c.size(key)

    return Latent(c.size("hidden_size"), *(own(key) for key in OF_LATENT))


def _windowed(c: Config) -> Latent:
    def own(key: str, otherwise: int) -> Sized:
        key = f"swa_{key}"
        return c.size(key) if key in c.given else c.named(key, otherwise, f"{key} by default")

    d_head, d_nope = own("head_dim", 256), own("qk_nope_head_dim", 192)
    if not c.is_at_most(d_nope + 1, d_head):
        raise c.refuse("swa_head_dim", f"valid: more than swa_qk_nope_head_dim = {d_nope}")
    return Latent(
        c.size("hidden_size"),
        own("num_attention_heads", 64),
        own("q_lora_rank", 1024),
        own("kv_lora_rank", 1024),
        d_nope,
        d_head - d_nope,
        own("v_head_dim", 128),
    )


def dots1(c: Config) -> Parts:
    """Huo et al. 2025, sec. 2: DeepSeek's experts, and norms over each head's query and key."""
    h, bias = heads(c), c.flag("attention_bias")
    common = (attention(h, bias, bias), head_norms(h), pre_norms(c))
    return sparse(c, after_the_first(c), FEEDS, *common)


DOTS3_TEXT = AXK2._replace(
    summary="gated latent attention, with an indexer or a window, and routed and shared experts",
    source="transformers 5.23.0, models/dots3_note",
    body=dots3,
    counts=("per_layer_config",),
    uncosted="expands, in some layers, only the latents within a window",
)
DOTS1 = Architecture(
    summary="routed and shared experts, with norms over each head's query and key",
    source="Huo et al. 2025, sec. 2",
    body=dots1,
    heads=DECODER_HEADS,
)
