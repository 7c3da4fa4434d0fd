"""A.X-K1 and K2: DeepSeek-V3 with a norm after the experts, and with gates."""

from __future__ import annotations

from paramcount.blocks.decoder import layered, pre_norms, sparse
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import attention_of, experts, indexer, latent, latent_values, narrow_query
from paramcount.blocks.parts import dense, rms_norm
from paramcount.blocks.stacks import by_frequency, listed
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.deepseek import DEEPSEEK_V3, INDEXED


def axk2(c: Config) -> Parts:
    """DeepSeek-V3.2's layers; one map gives queries and the gate, and norms before attention and experts are gated."""
    m, bias, r_q = latent(c), c.flag("attention_bias"), c.size("q_lora_rank")
    d_query = m.d_nope + m.d_rope + m.d_v
    attend = (
        *narrow_query(m, r_q, bias),
        dense("self_attn.q_gate_proj", "attention", 2 * r_q, m.n_heads * d_query),
        *latent_values(m, bias),
        *indexer(c),
        *_gated_norm(c, "input_layernorm"),
    )

    def layer(kind: str) -> Parts:
        if kind == "sparse":
            return (*attend, *experts(c), *_gated_norm(c, "post_attention_layernorm"))
        return (*attend, *gated_feed_forward(c), rms_norm("post_attention_layernorm", m.d_model))

    return layered(c, listed(c, by_frequency), layer)


def _gated_norm(c: Config, name: str) -> Parts:
    d_model, r_gate = c.size("hidden_size"), c.size("gated_norm_rank")
    return (
        rms_norm(f"{name}.norm", d_model),
        dense(f"{name}.mlp.fc1", "norm", d_model, r_gate),
        dense(f"{name}.mlp.fc2", "norm", r_gate, d_model),
    )


def axk1(c: Config) -> Parts:
    """As DeepSeek-V3, with a norm after the experts."""
    after = rms_norm("mlp.post_mlp_layernorm", c.size("hidden_size"))
    feeds = {"dense": gated_feed_forward, "sparse": lambda c: (*experts(c), after)}
    return sparse(c, listed(c, by_frequency), feeds, attention_of(c), pre_norms(c))


AXK2 = Architecture(
    summary="latent attention with an indexer and gated norms, and routed and shared experts",
    source="transformers 5.23.0, models/axk2",
    body=axk2,
    untrained=INDEXED,
    heads=DECODER_HEADS,
)
AXK1 = DEEPSEEK_V3._replace(source="transformers 5.23.0, models/axk1", body=axk1, ahead=None)
