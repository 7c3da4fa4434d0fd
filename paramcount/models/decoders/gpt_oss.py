"""gpt-oss: sinks in attention, and experts with biases."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import crossed_experts, routing
from paramcount.blocks.parts import bare, dense
from paramcount.blocks.roles import ROUTER
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.mixtral import MIXTRAL


def gpt_oss(c: Config) -> Parts:
    """OpenAI 2025: a sink for each head in attention, and biases in the experts and their router."""
    h, bias, to = heads(c), c.flag("attention_bias"), routing(c, "num_local_experts")
    d_ff, n_experts = c.size("intermediate_size"), to.n_experts
    experts = crossed_experts(h.d_model, d_ff, n_experts, to.n_active, "mlp.experts", bias=True)
    router = dense("mlp.router", "router", h.d_model, n_experts, bias=True, role=ROUTER)
    sinks = bare("self_attn.sinks", "attention", h.n_heads)
    return decoder(c, attention(h, bias, bias), (sinks, router, *experts), pre_norms(c))


GPT_OSS = MIXTRAL._replace(
    summary="a mixture of experts with biases, and a sink for each head", source="OpenAI 2025", body=gpt_oss
)
