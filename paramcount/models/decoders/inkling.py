"""Inkling's decoders: convolutions beside grouped attention, widths that vary by layer, and experts."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.decoder import layered, pre_norms
from paramcount.blocks.experts import Routing, routing, stacked_experts
from paramcount.blocks.feedforward import gated
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import bare, dense, rms_norm
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.products import Matrices, Product, State
from paramcount.blocks.roles import ROUTER
from paramcount.blocks.stacks import listed, numbers
from paramcount.blocks.task_heads import DECODER_HEADS, untied
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.operation import TOKEN
from paramcount.ledger.tensor import Size
from paramcount.models.architecture import Architecture


def inkling(c: Config) -> Parts:
    """Short convolutions on keys, values and each half of the layer, and relative position scores."""
    without_prediction(c, "num_mtp_layers")
    kinds = [" ".join(both) for both in zip(_attends(c), _feeds(c), strict=True)]
    d_model, kernel = c.size("hidden_size"), c.size("conv_kernel_size")

    def layer(kind: str) -> Parts:
        attend, feed = kind.split()
        h = _heads(c, attend)
        return (
            *_common(c, attend, h),
            *_convolution("self_attn.k_sconv", h.n_kv_heads * h.d_head, kernel),
            *_convolution("self_attn.v_sconv", h.n_kv_heads * h.d_head, kernel),
            rms_norm("self_attn.q_norm", h.d_head),
            rms_norm("self_attn.k_norm", h.d_head),
            *(_experts(c) if feed == "sparse" else _dense(c)),
            *pre_norms(c),
            *_convolution("attn_sconv", d_model, kernel),
            *_convolution("mlp_sconv", d_model, kernel),
        )

    return (*layered(c, kinds, layer), rms_norm("embed_tokens.embed_norm", d_model, "embedding norm"))


def _attends(c: Config) -> list[str]:
    local = None if c.get("local_layer_ids") is None else numbers(c, "local_layer_ids")

    def by_default(c: Config) -> list[str]:
        ids = {at for at in range(c.layers()) if (at + 1) % 6} if local is None else local
        return ["hybrid_sliding" if at in ids else "hybrid" for at in range(c.layers())]

    found = listed(c, by_default, "layer_types", ("hybrid", "hybrid_sliding"))
    return ["sliding" if kind == "hybrid_sliding" else "full" for kind in found]


def _feeds(c: Config) -> list[str]:
    def by_default(c: Config) -> list[str]:
        n_dense = c.size("dense_mlp_idx", least=0) if "dense_mlp_idx" in c.given else 0
        return ["dense" if at < n_dense else "sparse" for at in range(c.layers())]

    return listed(c, by_default)


def _heads(c: Config, attend: str) -> Heads:
    own = "swa_" if attend == "sliding" else ""
    sizes = (c.size(f"{own}{key}") for key in ("num_attention_heads", "num_key_value_heads", "head_dim"))
    return Heads(c.size("hidden_size"), *sizes)


def _common(c: Config, attend: str, h: Heads) -> Parts:
    """Attention, and relative position scores that each token computes from d_rel numbers per head."""
    d_rel = c.size("d_rel")
    extent = c.size("sliding_window_size" if attend == "sliding" else "rel_extent")
    return (
        *attention(h),
        dense("self_attn.r_proj", "relative positions", h.d_model, h.n_heads * d_rel),
        bare("self_attn.rel_logits_proj.proj", "relative positions", d_rel, extent),
        Part("", "relative positions", Product(h.n_heads * (d_rel * extent), TOKEN)),
    )


def _convolution(name: str, width: Size, kernel: Size) -> Parts:
    """Computed and cached in float32; the class pads both ends by kernel − 1."""
    convolution = Convolution(width, 1, kernel, beyond=kernel + -1)
    return Part(f"{name}.conv1d", "convolution", convolution), Part("", "convolution", State(width * kernel, "fp32"))


def _widths(c: Config) -> tuple[str, str]:
    """The keys for the dense width and the experts'; the first version used dense_intermediate_size."""
    if c.get("dense_intermediate_size") is not None:
        return "dense_intermediate_size", "intermediate_size"
    return "intermediate_size", "moe_intermediate_size"


def _dense(c: Config) -> Parts:
    scale = bare("mlp.global_scale", "feed-forward", 1)
    return (*gated(c.size("hidden_size"), c.size(_widths(c)[0])), scale)


def _experts(c: Config) -> Parts:
    d_model, d_expert, to = c.size("hidden_size"), c.size(_widths(c)[1]), routing(c, "n_routed_experts")
    n_shared = c.size("n_shared_experts", least=0)
    shapes = {"gate_proj": (d_expert, d_model), "up_proj": (d_expert, d_model), "down_proj": (d_model, d_expert)}
    return (
        dense("mlp.gate", "router", d_model, to.n_experts + n_shared, role=ROUTER),
        bare("mlp.gate.global_scale", "router", 1),
        *stacked_experts(d_model, d_expert, to.n_experts, to.n_active),
        *(
            Part("mlp.shared_experts", "shared experts", Matrices(name, (n_shared, *shape)))
            for name, shape in shapes.items()
        ),
    )


def inkling2(c: Config) -> Parts:
    """Gated attention with clipped queries and keys, and residuals that attend to the blocks of earlier layers."""
    d_model = c.size("hidden_size")
    kinds = [kind if at else f"first {kind}" for at, kind in enumerate(_one_of_six(c))]

    def layer(kind: str) -> Parts:
        attend = kind.removeprefix("first ")
        d_expert, to = c.size("moe_intermediate_size"), routing(c, "n_routed_experts")
        return (
            *_clipped(c, attend, _heads(c, attend)),
            *(_residual(d_model, 3 if attend == "full" else 1) if attend == kind else ()),
            bare("mlp_input.query", "residual", d_model),
            *_choice(d_model, d_expert, to),
            *_norms(d_model, attend),
            *_convolution("post_attention_convolution", d_model, c.size("conv_kernel_size")),
            *_convolution("post_mlp_convolution", d_model, c.size("conv_kernel_size")),
        )

    return (
        *layered(c, kinds, layer),
        rms_norm("embed_tokens.embed_norm", d_model, "embedding norm"),
        bare("final_input.query", "residual", d_model),
    )


def _one_of_six(c: Config) -> list[str]:
    def by_default(c: Config) -> list[str]:
        return ["hybrid_sliding" if (at + 1) % 6 else "hybrid" for at in range(c.layers())]

    found = listed(c, by_default, "layer_types", ("hybrid", "hybrid_sliding"))
    return ["sliding" if kind == "hybrid_sliding" else "full" for kind in found]


def _residual(d_model: Size, n_queries: int) -> Parts:
    shape = (d_model,) if n_queries == 1 else (n_queries, d_model)
    return (bare("attention_input.query", "residual", *shape),)


def _choice(d_model: Size, d_expert: Size, to: Routing) -> Parts:
    router = dense("mlp.gate", "router", d_model, to.n_experts, role=ROUTER)
    return (router, *stacked_experts(d_model, d_expert, to.n_experts, to.n_active))


def _norms(d_model: Size, attend: str) -> Parts:
    before = (
        ("q_input_layernorm", "k_input_layernorm", "v_input_layernorm") if attend == "full" else ("input_layernorm",)
    )
    return tuple(rms_norm(name, d_model) for name in (*before, "post_attention_layernorm"))


def _clipped(c: Config, attend: str, h: Heads) -> Parts:
    kernel, width = c.size("conv_kernel_size"), h.n_kv_heads * h.d_head
    if attend == "sliding":
        own: Parts = (
            *_convolution("self_attn.k_sconv", width, kernel),
            *_convolution("self_attn.v_sconv", width, kernel),
        )
    else:
        own = tuple(
            part
            for name in ("self_attn.k_sconv", "self_attn.v_sconv")
            for part in (
                bare(f"{name}.static_weight", "convolution", kernel, width),
                dense(f"{name}.weight_proj", "convolution", h.d_model, h.n_kv_heads * kernel),
            )
        )
    return (
        *_common(c, attend, h),
        *own,
        dense("self_attn.gate_proj", "attention", h.d_model, h.n_heads * h.d_head),
        dense("self_attn.sink_proj", "attention", h.d_model, h.n_heads),
        bare("self_attn.q_l2_clip.scale", "norm", h.n_heads, h.d_head),
        bare("self_attn.rel_l2_clip.scale", "norm", h.n_heads, c.size("d_rel")),
    )


INKLING_TEXT = Architecture(
    summary="routed and shared experts, and short convolutions in every layer",
    source="transformers 5.23.0, models/inkling",
    body=inkling,
    heads={**DECODER_HEADS, "causal": untied},
)
INKLING2_TEXT = INKLING_TEXT._replace(
    summary="a mixture of experts with short convolutions and residuals that attend to earlier layers",
    source="transformers 5.23.0, models/inkling2",
    body=inkling2,
    uncosted="attends from each layer to earlier ones",
)
