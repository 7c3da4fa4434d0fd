"""Aria's text model: routed and shared experts in every layer."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import crossed_experts, routing, shared
from paramcount.blocks.parts import dense
from paramcount.blocks.roles import ROUTER
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.glm import GLM4_MOE


def aria(c: Config) -> Parts:
    """Li et al. 2024, sec. 2: routed and shared experts in every layer, the experts stored as inputs × outputs."""
    h, bias, d_ff = heads(c), c.flag("attention_bias"), c.size("intermediate_size")
    to = routing(c, "moe_num_experts", "moe_topk")
    ours = (
        dense("mlp.router", "router", h.d_model, to.n_experts, role=ROUTER),
        *crossed_experts(h.d_model, d_ff, to.n_experts, to.n_active, "mlp.experts"),
        *shared(c, d_ff * c.size("moe_num_shared_experts", least=0), bias=c.flag("mlp_bias")),
    )
    return decoder(c, attention(h, bias, bias), ours, pre_norms(c))


ARIA_TEXT = GLM4_MOE._replace(source="Li et al. 2024, sec. 2", body=aria, ahead=None)
