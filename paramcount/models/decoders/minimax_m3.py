"""MiniMax-M3's decoder: grouped attention with an indexer in some layers, and experts and a shared one in some."""

from __future__ import annotations

from collections.abc import Callable

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.feedforward import fused_gated
from paramcount.blocks.parts import dense, rms_norm
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.stacks import every, listed
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture

FULL, SPARSE = "full_attention", "minimax_m3_sparse"


def minimax_m3(c: Config) -> Parts:
    """Both lists of layer kinds may also be given under the first version's keys, as numbers."""
    without_prediction(c, "num_mtp_modules")
    attends = _kinds(
        c, "layer_types", (FULL, SPARSE), _indexing(c).get("sparse_attention_freq"), lambda c: [FULL] * c.layers()
    )
    feeds = _kinds(c, "mlp_layer_types", ("dense", "sparse"), c.get("moe_layer_freq"), every)
    kinds = [f"{'indexed' if one == SPARSE else 'full'} {feed}" for one, feed in zip(attends, feeds, strict=True)]
    h, d_model = heads(c), c.size("hidden_size")

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        ours = (
            *mixture(c, routing(c, "num_local_experts"), c.size("intermediate_size")),
            *_gated(d_model, c.size("shared_intermediate_size"), "mlp.shared_experts", "shared experts"),
        )
        return (
            *attention(h),
            *head_norms(h),
            *(_indexer(c) if attend == "indexed" else ()),
            *(ours if feed == "sparse" else _gated(d_model, c.size("dense_intermediate_size"), "mlp", "feed-forward")),
            *pre_norms(c),
        )

    return layered(c, kinds, layer)


def _kinds(
    c: Config, key: str, valid: tuple[str, str], switches: object, otherwise: Callable[[Config], list[str]]
) -> list[str]:
    if c.get(key) is not None or switches is None:
        return listed(c, otherwise, key, valid)
    if not isinstance(switches, list) or len(switches) != c.layers():
        raise c.refuse(key, f"valid: a list of {c.layers()}, one per layer, here or under its older name")
    return [valid[bool(switch)] for switch in switches]


def _gated(d_model: Size, d_ff: Size, name: str, component: str) -> Parts:
    return fused_gated(d_model, d_ff, name=name, component=component)


def _indexing(c: Config) -> dict[str, object]:
    found = c.get("sparse_attention_config") or {}
    if not isinstance(found, dict):
        raise c.refuse("sparse_attention_config", "valid: an object of keys and values")
    return found


def _indexer(c: Config) -> Parts:
    """Small heads that choose blocks of positions; an older sparse_attention_config takes precedence."""
    older, inner = _indexing(c), c.nested("sparse_attention_config")
    n_heads = inner.size("sparse_num_index_heads") if "sparse_num_index_heads" in older else c.size("index_n_heads")
    d_head = inner.size("sparse_index_dim") if "sparse_index_dim" in older else c.size("index_head_dim")
    d_model, name = c.size("hidden_size"), "self_attn.indexer"
    return (
        dense(f"{name}.q_proj", "attention", d_model, n_heads * d_head),
        dense(f"{name}.k_proj", "attention", d_model, d_head),
        rms_norm(f"{name}.q_norm", d_head),
        rms_norm(f"{name}.k_norm", d_head),
    )


MINIMAX_M3_TEXT = Architecture(
    summary="routed experts and a shared one in some layers, with an indexer in some",
    source="transformers 5.23.0, models/minimax_m3_vl",
    body=minimax_m3,
    heads=DECODER_HEADS,
    uncosted="attends to blocks of positions chosen by an indexer",
)
