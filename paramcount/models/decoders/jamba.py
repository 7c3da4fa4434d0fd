"""Jamba: attention in one layer per period, Mamba's mixer in the others, experts in some."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import around_layers
from paramcount.blocks.experts import mixture, routing
from paramcount.blocks.feedforward import gated
from paramcount.blocks.mixers import Selective, follows, mamba, time_step_rank
from paramcount.blocks.parts import rms_norm
from paramcount.blocks.stacks import stacks
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture


def jamba(c: Config) -> Parts:
    """Lieber et al. 2024, sec. 2: one layer per period attends, the others have Mamba's mixer; some have experts."""
    follows(c, "layers_block_type", "layer_types", "layers_num_experts")
    kinds = [
        f"{'attention' if attends else 'mamba'} {'sparse' if sparse else 'dense'}"
        for attends, sparse in zip(_periodic(c, "attn_layer"), _periodic(c, "expert_layer"), strict=True)
    ]
    if c.size("num_experts") == 1:
        kinds = [kind.replace("sparse", "dense") for kind in kinds]

    def layer(kind: str) -> Parts:
        mixer, feed = kind.split()
        norms = (rms_norm("input_layernorm", d_model), rms_norm("pre_ff_layernorm", d_model))
        return (*(attention(heads(c)) if mixer == "attention" else _normed_mamba(c)), *feeds[feed], *norms)

    d_model, d_ff = c.size("hidden_size"), c.size("intermediate_size")
    feeds = {"dense": gated(d_model, d_ff, name="feed_forward")}
    if any("sparse" in kind for kind in kinds):
        feeds["sparse"] = mixture(c, routing(c), d_ff, "feed_forward", "router")
    return around_layers(c, stacks(c, "layers", kinds, layer, c.layers()), "final_layernorm")


def _periodic(c: Config, key: str) -> list[bool]:
    period, first = c.size(f"{key}_period"), c.size(f"{key}_offset", least=0)
    if first >= period:
        raise c.refuse(f"{key}_offset", f"valid: less than {key}_period = {period}")
    return [at % period == first for at in range(c.layers())]


def _normed_mamba(c: Config) -> Parts:
    d_model = c.size("hidden_size")
    m = Selective(
        d_model,
        c.size("mamba_expand") * d_model,
        c.size("mamba_d_state"),
        time_step_rank(c, "mamba_dt_rank"),
        c.size("mamba_d_conv"),
        c.flag("mamba_proj_bias"),
        c.flag("mamba_conv_bias"),
    )
    return (
        *mamba(m, "mamba"),
        rms_norm("mamba.dt_layernorm", m.r_dt),
        rms_norm("mamba.b_layernorm", m.d_state),
        rms_norm("mamba.c_layernorm", m.d_state),
    )


JAMBA = Architecture(
    summary="attention in one layer per period, Mamba's mixer in the others, and experts in some",
    source="Lieber et al. 2024, sec. 2",
    body=jamba,
    heads=DECODER_HEADS,
)
