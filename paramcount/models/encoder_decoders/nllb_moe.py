"""NLLB's encoder and decoder with experts in some layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from paramcount.blocks.encoder_decoder import assembled, cross, final_norm, norm, square, tokens, width
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import ROUTER
from paramcount.blocks.stacks import stacks
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.ledger.tensor import Size
from paramcount.models.encoder_decoders.m2m_100 import M2M_100

N_ACTIVE = 2  # experts per token, hard-coded in the router


def nllb_moe(c: Config) -> Parts:
    """NLLB team 2022, sec. 6: M2M-100's layers, some with experts instead of the feed-forward at a fixed interval."""
    return assembled(c, lambda c, side: (tokens(c, side), *_layers(c, side), final_norm(c, side)))


def _layers(c: Config, side: str) -> Parts:
    n_layers, step = c.layers(f"{side}_layers"), c.size(f"{side}_sparse_step", least=0)
    is_sparse = [step > 0 and (at + 1) % step == 0 for at in range(n_layers)]
    kinds = [f"sparse {side}" if one else f"dense {side}" for one in is_sparse]
    of_kind: dict[str, Callable[[], Parts]] = {
        f"sparse {side}": partial(_layer, c, side, _experts),
        f"dense {side}": partial(_layer, c, side, _dense),
    }
    return stacks(c, f"{side}.layers", kinds, lambda kind: of_kind[kind](), n_layers)


def _layer(c: Config, side: str, feed: Callable[[Config, Size], Parts]) -> Parts:
    d_model = width(c, side)
    attends = (*square(d_model), norm(c, "self_attn_layer_norm"))
    if side == "decoder":
        attends = (*attends, *cross(d_model, name="cross_attention"), norm(c, "cross_attention_layer_norm"))
    return (*attends, *feed(c, c.size(f"{side}_ffn_dim")), norm(c, "ff_layer_norm"))


def _dense(c: Config, d_ff: Size) -> Parts:
    return plain(c.size("d_model"), d_ff, name="ffn", names=("fc1", "fc2"))


def _experts(c: Config, d_ff: Size) -> Parts:
    n_experts, d_model = c.size("num_experts"), c.size("d_model")
    expert = plain(d_model, d_ff, name="", names=("fc1", "fc2"), component="experts")
    n_active = N_ACTIVE if n_experts > N_ACTIVE else n_experts
    return (
        dense("ffn.router.classifier", "router", d_model, n_experts, c.flag("router_bias"), ROUTER),
        Stack("ffn.experts.expert_{}", n_experts, expert, active=n_active),
    )


NLLB_MOE = M2M_100._replace(
    summary="M2M-100's encoder and decoder with experts in layers at a fixed interval",
    source="NLLB team 2022, sec. 6",
    body=nllb_moe,
    uncosted="drops tokens that an expert has no room for, so its FLOPs depend on the tokens",
    caches=True,
)
