"""Qwen3-Next: gated attention in some layers, a gated delta rule in the others, and experts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import Make, layered, pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.mixers import delta_of, gated_delta, short, typed
from paramcount.blocks.parts import dense
from paramcount.blocks.prediction import apart
from paramcount.blocks.stacks import periodic
from paramcount.blocks.task_heads import HEADS_WITH_SPANS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.ahead import Ahead
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.qwen import with_gated_shared


def qwen3_next(c: Config) -> Parts:
    """Yang et al. 2025, sec. 3, in three of four layers, gated attention in the fourth; experts in every few layers."""
    return mixed(c, periodic(c), {"full": gated_attention, "linear": _next_delta}, QWEN_FEEDS)


def mixed(c: Config, feeds: list[str], mixers: Mapping[str, Make], makes: Mapping[str, Make]) -> Parts:
    """A layer for each pair of a mixer, as layer_types lists them, and a feed-forward from *feeds*."""

    attends = short(typed(c, by_interval))
    kinds = [" ".join(pair) for pair in zip(attends, feeds, strict=True)] if len(set(feeds)) > 1 else attends

    def layer(kind: str) -> Parts:
        mixer, _, feed = kind.partition(" ")
        return (*mixers[mixer](c), *makes[feed or feeds[0]](c), *pre_norms(c))

    return layered(c, kinds, layer)


def by_interval(c: Config) -> list[str]:
    period = c.size("full_attention_interval") if "full_attention_interval" in c.given else 4
    return ["linear_attention" if (at + 1) % period else "full_attention" for at in range(c.layers())]


def gated_attention(c: Config) -> Parts:
    """Attention with norms over each head's query and key; queries come with a gate of the same width."""
    h, bias = heads(c), c.flag("attention_bias")
    query = dense("self_attn.q_proj", "attention", h.d_model, 2 * h.n_heads * h.d_head, bias)
    return (query, *attention(h, bias, bias)[1:], *head_norms(h))


def _next_delta(c: Config) -> Parts:
    m = delta_of(c)
    maps = {"in_proj_qkvz": 2 * m.keys + 2 * m.values, "in_proj_ba": 2 * m.n_v_heads}
    return gated_delta(m, maps, ("norm", "out_proj"))


def delta_net(c: Config) -> Parts:
    """A gated delta net (Yang et al. 2025, sec. 3), with a separate map for each of its inputs."""
    m = delta_of(c)
    maps = {
        "in_proj_qkv": 2 * m.keys + m.values,
        "in_proj_z": m.values,
        "in_proj_b": m.n_v_heads,
        "in_proj_a": m.n_v_heads,
    }
    return gated_delta(m, maps, ("norm", "out_proj"))


def ahead(feed: str) -> Callable[[Config, str, Sized], Parts]:
    """Qwen's modules for multi-token prediction: layers of gated attention outside the model."""

    def layer(c: Config) -> Parts:
        return (*gated_attention(c), *QWEN_FEEDS[feed](c), *pre_norms(c))

    return lambda c, prefix, n_layers: apart(c, n_layers, layer)


QWEN_FEEDS = {"dense": gated_feed_forward, "sparse": with_gated_shared}
QWEN3_NEXT = Architecture(
    summary="gated delta nets, gated attention in every fourth layer, and routed experts and a shared one",
    source="Yang et al. 2025, sec. 3; transformers 5.23.0, models/qwen3_next",
    body=qwen3_next,
    heads=HEADS_WITH_SPANS,
    prefixes={"question": "transformer"},
    ahead=Ahead(ahead("sparse"), otherwise=1),
)
