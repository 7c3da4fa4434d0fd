"""Nemotron-H: layers with a single block each."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.experts import StackedExperts, routing
from paramcount.blocks.feedforward import plain
from paramcount.blocks.leaves import Dense
from paramcount.blocks.mixers import Heads2, mamba2, short, understood
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.roles import FIRST, ROUTER, SECOND
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import no_head, untied
from paramcount.config import Config
from paramcount.config.config import DEEPEST
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture

# Letters for kinds of layers in hybrid_override_pattern.
LETTERS = {"M": "linear_attention", "*": "full_attention", "-": "mlp", "E": "moe"}


def nemotron(c: Config) -> Parts:
    """Every layer is a norm and one of attention, Mamba-2's mixer, a feed-forward and experts."""
    without_prediction(c)
    kinds, d_model = short(_nemotron_kinds(c)), c.size("hidden_size")
    makes = {
        "linear": lambda: mamba2(_nemotron_mixer(c)),
        "full": lambda: attention(heads(c), name="mixer"),
        "mlp": lambda: plain(d_model, c.size("intermediate_size"), c.flag("mlp_bias"), "mixer"),
        "moe": lambda: _latent_experts(c),
    }
    layers = stacks(c, "layers", kinds, lambda kind: (rms_norm("norm", d_model), *makes[kind]()), len(kinds))
    embedding = table("embeddings", c.size("vocab_size"), d_model)
    return (embedding, *layers, rms_norm("norm_f", d_model, "final norm"))


def _nemotron_kinds(c: Config) -> list[str]:
    """The list in layers_block_type, or the one spelt by hybrid_override_pattern; its length is the depth."""
    pattern = c.get("hybrid_override_pattern")
    if c.get("layers_block_type") is None and pattern is not None:
        if not isinstance(pattern, str) or not pattern or set(pattern) - set(LETTERS):
            raise c.refuse("hybrid_override_pattern", f"valid: a letter of {' '.join(LETTERS)} for every layer")
        return [LETTERS[letter] for letter in pattern]
    listed = c.get("layers_block_type")
    if listed is None:
        return ["linear_attention", "moe", "full_attention", "mlp"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= DEEPEST:
        raise c.refuse("layers_block_type", "valid: a list of layer kinds")
    return understood(c, "layers_block_type", listed, tuple(LETTERS.values()))


def _nemotron_mixer(c: Config) -> Heads2:
    # First versions had other names for Mamba's keys, which take precedence if given.
    groups, conv, conv_bias = (
        older if older in c.given else key
        for older, key in (
            ("mamba_n_groups", "n_groups"),
            ("mamba_d_conv", "conv_kernel"),
            ("mamba_conv_bias", "use_conv_bias"),
        )
    )
    n_heads, bias = c.size("mamba_num_heads"), c.flag("use_bias")
    return Heads2(
        c.size("hidden_size"),
        n_heads * c.size("mamba_head_dim"),
        c.size("ssm_state_size"),
        n_heads,
        c.size(groups),
        c.size(conv),
        bias,
        c.flag(conv_bias),
        bias,
        c.size("chunk_size"),
    )


def _latent_experts(c: Config) -> Parts:
    """Ungated experts and a shared one; they may read and write a narrower vector."""
    d_model, bias, to = c.size("hidden_size"), c.flag("mlp_bias"), routing(c, "n_routed_experts")
    d_expert, d_latent = c.size("moe_intermediate_size"), c.size_or_none("moe_latent_size")
    width = d_model if d_latent is None else d_latent
    d_shared = c.size("moe_shared_expert_intermediate_size", least=0) or c.size("intermediate_size")
    narrow = (
        ()
        if d_latent is None
        else (
            dense("mixer.fc1_latent_proj", "feed-forward", d_model, d_latent, bias),
            dense("mixer.fc2_latent_proj", "feed-forward", d_latent, d_model, bias),
        )
    )
    up = StackedExperts("up_proj", to.n_experts, to.n_active, Dense(width, d_expert, role=FIRST))
    down = StackedExperts("down_proj", to.n_experts, to.n_active, Dense(d_expert, width, role=SECOND))
    return (
        dense("mixer.gate", "router", d_model, to.n_experts, role=ROUTER),
        Part("mixer.experts", "experts", up),
        Part("mixer.experts", "experts", down),
        *plain(d_model, d_shared, bias, "mixer.shared_experts", component="shared experts"),
        *narrow,
    )


NEMOTRON_H = Architecture(
    summary="layers with one block each: Mamba-2's mixer, attention, a feed-forward or experts",
    source="transformers 5.23.0, models/nemotron_h",
    body=nemotron,
    heads={"base": no_head, "causal": untied},
)
