"""JetMoE: experts in attention and in the feed-forward."""

from __future__ import annotations

from paramcount.blocks.decoder import decoder, pre_norms
from paramcount.blocks.experts import StackedExperts, gate_up, routing
from paramcount.blocks.leaves import Dense, Fused
from paramcount.blocks.parts import bare, dense, fused
from paramcount.blocks.products import Attend
from paramcount.blocks.roles import DOWN, KEY, OUTPUT, QUERY, ROUTER, VALUE, Role
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.decoders.granite import GRANITE_MOE


def jetmoe(c: Config) -> Parts:
    """Shen et al. 2024, sec. 2: experts in attention, with shared keys and values, and in the feed-forward."""
    d_model, to = c.size("hidden_size"), routing(c, "num_local_experts")
    width, d_ff = c.size("kv_channels") * c.size("num_key_value_heads"), c.size("intermediate_size")

    def experts(name: str, into: Dense | Fused, back: Dense, role: Role | None = None) -> Parts:
        return (
            dense(f"{name}.router.layer", "router", d_model, to.n_experts, role=role),
            Part(f"{name}.input_linear", "experts", StackedExperts("weight", to.n_experts, to.n_active, into)),
            Part(f"{name}.output_linear", "experts", StackedExperts("weight", to.n_experts, to.n_active, back)),
        )

    query, out = Dense(d_model, width, role=QUERY), Dense(width, d_model, role=OUTPUT)
    attend = (
        fused("self_attention.kv_proj", "attention", d_model, ((KEY, width), (VALUE, width))),
        *experts("self_attention.experts", query, out),
        Part("", "attention", Attend(to.n_active * width, to.n_active * width, 2 * width)),
        bare("self_attention.experts.bias", "attention", d_model),
    )
    down = Dense(d_ff, d_model, role=DOWN)
    feed = (*experts("mlp", gate_up(d_model, d_ff), down, ROUTER), bare("mlp.bias", "feed-forward", d_model))
    return decoder(c, attend, feed, pre_norms(c))


JETMOE = GRANITE_MOE._replace(
    summary="experts in attention and in the feed-forward", source="Shen et al. 2024, sec. 2", body=jetmoe
)
