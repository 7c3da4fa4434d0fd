"""AFMoE: gated attention in local and global layers, and experts after the first dense layers."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import pre_norms, sparse
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import bare, dense, frozen, rms_norm
from paramcount.blocks.stacks import after_the_first
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def afmoe(c: Config) -> Parts:
    """Four norms per layer, gated attention, and a bias that balances the experts."""
    h, bias = heads(c), c.flag("attention_bias")
    gate = (dense("self_attn.gate_proj", "attention", h.d_model, h.n_heads * h.d_head),)
    norms = rms_norm("pre_mlp_layernorm", h.d_model), rms_norm("post_mlp_layernorm", h.d_model)

    def ours(c: Config) -> Parts:
        d_expert, to = c.size("moe_intermediate_size"), routing(c)
        balance = frozen(bare("mlp.expert_bias", "router", to.n_experts))
        routed = (*mixture(c, to, d_expert, router="router.gate"), *balance)
        return (*routed, *shared(c, d_expert * c.size("num_shared_experts", least=0)))

    feeds = {"dense": gated_feed_forward, "sparse": ours}
    common = (attention(h, bias, bias), gate, head_norms(h), pre_norms(c), norms)
    return sparse(c, after_the_first(c, "num_dense_layers"), feeds, *common)


AFMOE = Architecture(
    summary="routed and shared experts, with gated attention and four norms per layer",
    source="transformers 5.23.0, models/afmoe",
    body=afmoe,
    heads=DECODER_HEADS,
)
