"""gpt-oss: sinks in attention, and experts with biases."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import routing
from paramcount.blocks.leaves import StackedExperts
from paramcount.blocks.parts import bare, dense
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.decoders.mixtral import MIXTRAL


def gpt_oss(c: Config) -> Parts:
    """OpenAI 2025: a sink for each head in attention, and biases in the experts and their router."""
    h, bias, to = heads(c), c.flag("attention_bias"), routing(c, "num_local_experts")
    d_ff = c.size("intermediate_size")
    shapes = {
        "gate_up_proj": (h.d_model, 2 * d_ff),
        "gate_up_proj_bias": (2 * d_ff,),
        "down_proj": (d_ff, h.d_model),
        "down_proj_bias": (h.d_model,),
    }
    experts = [
        Part("mlp.experts", "experts", StackedExperts(name, to.n_experts, to.n_active, shape))
        for name, shape in shapes.items()
    ]
    router = dense("mlp.router", "router", h.d_model, to.n_experts, bias=True)
    sinks = bare("self_attn.sinks", "attention", h.n_heads)
    return decoder(c, attention(h, bias, bias), (sinks, router, *experts), pre_norms(c))


GPT_OSS = MIXTRAL._replace(
    summary="a mixture of experts with biases, and a sink for each head", source="OpenAI 2025", body=gpt_oss
)
