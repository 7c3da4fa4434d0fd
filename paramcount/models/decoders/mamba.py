"""Mamba and Mamba-2: state spaces only."""

from __future__ import annotations

from paramcount.blocks.mixers import Heads2, Selective, follows, mamba2, time_step_rank
from paramcount.blocks.mixers import mamba as mixer
from paramcount.blocks.parts import rms_norm, table
from paramcount.blocks.task_heads import lm_head, no_head
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture


def mamba_1(c: Config) -> Parts:
    """Gu and Dao 2023, sec. 3.4: every layer is a norm and a mixer."""
    follows(c, "layer_types")
    d_model = c.size("hidden_size")
    # The class computes this unless the config gives it.
    d_inner = c.size("intermediate_size") if "intermediate_size" in c.given else c.size("expand") * d_model
    m = Selective(
        d_model,
        d_inner,
        c.size("state_size"),
        time_step_rank(c, "time_step_rank"),
        c.size("conv_kernel"),
        c.flag("use_bias"),
        c.flag("use_conv_bias"),
    )
    return _backbone(c, mixer(m))


def mamba_2(c: Config) -> Parts:
    """Dao and Gu 2024, sec. 7.1: the same with Mamba-2's mixers."""
    follows(c, "layer_types")
    d_model, n_heads, d_head = c.size("hidden_size"), c.size("num_heads"), c.size("head_dim")
    d_inner = c.size("expand") * d_model
    if not c.equals(d_inner, n_heads * d_head):
        raise c.refuse("head_dim", f"valid: expand · hidden_size / num_heads, {d_inner} / {n_heads}")
    bias = c.flag("use_bias")
    m = Heads2(
        d_model,
        d_inner,
        c.size("state_size"),
        n_heads,
        c.size("n_groups"),
        c.size("conv_kernel"),
        bias,
        c.flag("use_conv_bias"),
        bias,
        c.size("chunk_size"),
    )
    return _backbone(c, mamba2(m))


def _backbone(c: Config, mixes: Parts) -> Parts:
    d_model = c.size("hidden_size")
    return (
        table("embeddings", c.size("vocab_size"), d_model),
        Stack("layers", c.size("num_hidden_layers"), (rms_norm("norm", d_model), *mixes)),
        rms_norm("norm_f", d_model, "final norm"),
    )


MAMBA = Architecture(
    summary="selective state spaces, without attention and without a feed-forward",
    source="Gu and Dao 2023, sec. 3.4",
    body=mamba_1,
    heads={"base": no_head, "causal": lm_head("embeddings")},
    prefix="backbone",
)
MAMBA2 = MAMBA._replace(
    summary="Mamba-2's state spaces, without attention and without a feed-forward",
    source="Dao and Gu 2024, sec. 7.1",
    body=mamba_2,
)
