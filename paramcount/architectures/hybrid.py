"""Decoders of attention and Mamba's or Mamba-2's mixers: Jamba, Bamba, Falcon-H1 and Granite 4."""

from __future__ import annotations

from paramcount.architectures.architecture import DECODER_HEADS, Architecture
from paramcount.architectures.experts import mixture, numbers, routing
from paramcount.architectures.mixers import (
    Selective,
    follows,
    mamba,
    mamba2,
    mamba2_of,
    short,
    time_step_rank,
    typed,
)
from paramcount.architectures.parts import (
    Parts,
    attention,
    dense,
    gated,
    heads,
    rms_norm,
    stacks,
    table,
)
from paramcount.config import Config
from paramcount.model import Stack


def jamba(c: Config) -> Parts:
    """Lieber et al. 2024, sec. 2: one layer of a period attends, the others have Mamba's mixer; some have experts."""
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
    return _decoder(c, stacks(c, "layers", kinds, layer, c.layers()), "final_layernorm")


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


def bamba(c: Config) -> Parts:
    """As Llama, with Mamba-2's mixer for attention but in the layers that attn_layer_indices names."""
    follows(c, "layers_block_type")
    attending = numbers(c, "attn_layer_indices")
    kinds = ["full" if at in attending else "linear" for at in range(c.layers())]
    return _decoder(c, stacks(c, "layers", kinds, lambda kind: _bamba_layer(c, kind), c.layers()), "final_layernorm")


def _bamba_layer(c: Config, kind: str) -> Parts:
    d_model, bias = c.size("hidden_size"), c.flag("attention_bias")
    return (
        *(attention(heads(c), bias, bias) if kind == "full" else mamba2(mamba2_of(c), "mamba")),
        *gated(d_model, c.size("intermediate_size"), c.flag("mlp_bias"), "feed_forward"),
        rms_norm("input_layernorm", d_model),
        rms_norm("pre_ff_layernorm", d_model),
    )


def falcon_h1(c: Config) -> Parts:
    """Attention and Mamba-2's mixer beside one another in every layer."""
    follows(c, "layers_block_type")
    d_model, bias = c.size("hidden_size"), c.flag("attention_bias")
    m = mamba2_of(c, c.size_or_none("mamba_d_ssm"))
    layer = (
        *attention(heads(c), bias, bias),
        *mamba2(m._replace(out_bias=c.flag("projectors_bias")), "mamba", c.flag("mamba_rms_norm")),
        *gated(d_model, c.size("intermediate_size"), c.flag("mlp_bias"), "feed_forward"),
        rms_norm("input_layernorm", d_model),
        rms_norm("pre_ff_layernorm", d_model),
    )
    return _decoder(c, (Stack("layers", c.size("num_hidden_layers"), layer),), "final_layernorm")


def granite(c: Config) -> Parts:
    """As Granite's mixture of experts, with Mamba-2's mixer for attention in most layers, and maybe without experts."""
    d_model, bias, has_experts = c.size("hidden_size"), c.flag("attention_bias"), c.size("num_local_experts", 0) > 0
    d_shared, beside = c.size("shared_intermediate_size"), "shared experts" if has_experts else "feed-forward"
    feed: Parts = (
        dense("shared_mlp.input_linear", beside, d_model, 2 * d_shared),
        dense("shared_mlp.output_linear", beside, d_shared, d_model),
    )
    if has_experts:
        to = routing(c, "num_local_experts")
        feed = (*feed, *mixture(c, to, c.size("intermediate_size"), "block_sparse_moe", "router"))

    def layer(kind: str) -> Parts:
        return (
            *(attention(heads(c), bias, bias) if kind == "full" else mamba2(mamba2_of(c), "mamba")),
            *feed,
            rms_norm("input_layernorm", d_model),
            rms_norm("post_attention_layernorm", d_model),
        )

    kinds = typed(c, lambda c: ["linear_attention"] * c.layers())
    return _decoder(c, stacks(c, "layers", short(kinds), layer, c.layers()))


def _decoder(c: Config, layers: Parts, last: str = "norm") -> Parts:
    d_model = c.size("hidden_size")
    embedding = table("embed_tokens", c.size("vocab_size"), d_model)
    return (embedding, *layers, rms_norm(last, d_model, "final norm"))


JAMBA = Architecture(
    summary="attention in one layer of a period, Mamba's mixer in the others, and experts in some",
    source="Lieber et al. 2024, sec. 2",
    body=jamba,
    heads=DECODER_HEADS,
)
BAMBA = Architecture(
    summary="Llama's decoder with Mamba-2's mixer for attention in most layers",
    source="transformers 5.23.0, models/bamba",
    body=bamba,
    heads=DECODER_HEADS,
)
FALCON_H1 = BAMBA._replace(
    summary="attention and Mamba-2's mixer beside one another in every layer",
    source="transformers 5.23.0, models/falcon_h1",
    body=falcon_h1,
)
GRANITE_HYBRID = BAMBA._replace(
    summary="Granite's experts with Mamba-2's mixer for attention in most layers",
    source="transformers 5.23.0, models/granitemoehybrid",
    body=granite,
)
