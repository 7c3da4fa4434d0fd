"""LongCat-Flash: two latent attentions per layer, and experts some of which do nothing."""

from __future__ import annotations

from paramcount.blocks.experts import StackedExperts, gate_up
from paramcount.blocks.feedforward import gated
from paramcount.blocks.latent import latent, latent_attention
from paramcount.blocks.leaves import Dense
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.prediction import as_a_layer
from paramcount.blocks.roles import DOWN, ROUTER
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.ledger.sized import Sized
from paramcount.models.ahead import Ahead
from paramcount.models.architecture import Architecture


def longcat_flash(c: Config) -> Parts:
    """Meituan 2025, sec. 2: each layer has two attentions and two feed-forwards, and experts beside them."""
    d_model = c.size("hidden_size")
    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        Stack("layers", _n_layers(c), (*_half(c, 0), *_half(c, 1), *_experts(c))),
        rms_norm("norm", d_model, "final norm"),
    )


def _n_layers(c: Config) -> Sized:
    """num_hidden_layers counts each layer twice, and takes precedence over num_layers."""
    if c.get("num_hidden_layers") is None:
        return c.size("num_layers")
    return c.follows("n_layers", "num_hidden_layers / 2, rounded down", c.size("num_hidden_layers", least=2), 2)


def _half(c: Config, number: int) -> Parts:
    d_model, m = c.size("hidden_size"), latent(c)
    if not c.agrees("qk_head_dim", m.d_nope + m.d_rope):
        raise c.refuse("qk_head_dim", f"valid: qk_nope_head_dim + qk_rope_head_dim = {m.d_nope + m.d_rope}")
    return (
        *latent_attention(m, c.flag("attention_bias"), f"self_attn.{number}"),
        *gated(d_model, c.size("ffn_hidden_size"), name=f"mlps.{number}"),
        rms_norm(f"input_layernorm.{number}", d_model),
        rms_norm(f"post_attention_layernorm.{number}", d_model),
    )


def _experts(c: Config) -> Parts:
    d_model, d_expert, n_experts = c.size("hidden_size"), c.size("expert_ffn_hidden_size"), c.size("n_routed_experts")
    n_active, n_zero = c.size("moe_topk"), c.size("zero_expert_num", least=0)
    c.at_most("moe_topk", "n_routed_experts")
    if n_zero:
        c.notes.append(
            f"zero_expert_num = {n_zero}: transformers' class stores unused rows of gate_up_proj for these experts, "
            "which are counted. A token routed to them uses fewer other experts, so the active count is a maximum."
        )
    up = StackedExperts("gate_up_proj", n_experts + n_zero, n_active, gate_up(d_model, d_expert))
    down = StackedExperts("down_proj", n_experts, n_active, Dense(d_expert, d_model, role=DOWN))
    biased = "router_bias" in c.given and c.flag("router_bias")
    return (
        dense("mlp.router.classifier", "router", d_model, n_experts + n_zero, biased, ROUTER),
        Part("mlp.experts", "experts", up),
        Part("mlp.experts", "experts", down),
    )


def _ahead(c: Config, prefix: str, n_modules: Sized) -> Parts:
    return as_a_layer(c, f"{prefix}mtp.layers", n_modules, lambda c: _half(c, 0))


LONGCAT_FLASH = Architecture(
    summary="two latent attentions per layer, and routed experts beside two feed-forwards",
    source="Meituan 2025, sec. 2",
    body=longcat_flash,
    heads=DECODER_HEADS,
    uncosted="routes tokens to a variable number of experts that do nothing",
    ahead=Ahead(_ahead, otherwise=1, copies=1),
)
