"""JetMoE: experts in attention and in the feed-forward."""

from __future__ import annotations

from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import routing
from paramcount.blocks.leaves import StackedExperts
from paramcount.blocks.parts import bare, dense
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.tensor import Size
from paramcount.models.decoders.granite import GRANITE_MOE


def jetmoe(c: Config) -> Parts:
    """Shen et al. 2024, sec. 2: experts in attention, with the keys and values in common, and in the feed-forward."""
    d_model, to = c.size("hidden_size"), routing(c, "num_local_experts")
    width, d_ff = c.size("kv_channels") * c.size("num_key_value_heads"), c.size("intermediate_size")

    def experts(name: str, d_in: Size, d_out: Size) -> Parts:
        up = StackedExperts("weight", to.n_experts, to.n_active, (d_in, d_model))
        down = StackedExperts("weight", to.n_experts, to.n_active, (d_model, d_out))
        return (
            dense(f"{name}.router.layer", "router", d_model, to.n_experts),
            Part(f"{name}.input_linear", "experts", up),
            Part(f"{name}.output_linear", "experts", down),
        )

    attend = (
        dense("self_attention.kv_proj", "attention", d_model, 2 * width),
        *experts("self_attention.experts", width, width),
        bare("self_attention.experts.bias", "attention", d_model),
    )
    feed = (*experts("mlp", 2 * d_ff, d_ff), bare("mlp.bias", "feed-forward", d_model))
    return decoder(c, attend, feed, pre_norms(c))


JETMOE = GRANITE_MOE._replace(
    summary="experts in attention and in the feed-forward", source="Shen et al. 2024, sec. 2", body=jetmoe
)
