"""LFM3-VL: a tower of short convolutions and attention, like its text model."""

from __future__ import annotations

from paramcount.blocks.attention import Heads, attention
from paramcount.blocks.convolutions import filters
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import dense, layer_norm, rms_norm
from paramcount.blocks.stacks import listed, stacks
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import OUT
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower, two_maps
from paramcount.models.vision.llava import LLAVA
from paramcount.models.vision.vit import UNCOSTED

CONV, FULL = "conv", "full_attention"


def _alternate(c: Config) -> list[str]:
    """Convolutions in the first two layers and in every second one after."""
    return [CONV if at < 2 or at % 2 else FULL for at in range(c.layers())]


def lfm3_vision(c: Config) -> Parts:
    """As in transformers 5.23.0."""
    d_model, n_heads = c.size("hidden_size"), c.size("num_attention_heads")
    d_head = c.quotient("d_head", "hidden_size", "num_attention_heads", rest=True)
    h, side = Heads(d_model, n_heads, c.size("num_key_value_heads"), d_head), c.size("patch_size")

    def own(kind: str) -> Parts:
        if kind == FULL:
            norms = (rms_norm(f"self_attn.{name}", d_head) for name in ("q_norm", "k_norm"))
            return (*attention(h, names=OUT), *norms)
        kernel = c.size("conv_kernel_size")
        return (
            dense("conv.in_proj", "convolution", d_model, 3 * d_model),
            filters("conv.spatial_conv", "convolution", 1, d_model, (kernel, kernel), bias=False),
            dense("conv.out_proj", "convolution", d_model, d_model),
        )

    common = (
        *gated(d_model, c.size("intermediate_size"), name="feed_forward", names=("w1", "w3", "w2")),
        rms_norm("operator_norm", d_model),
        rms_norm("ffn_norm", d_model),
    )
    kinds = listed(c, _alternate, "layer_types", (CONV, FULL))
    values = c.size("in_channels") * c.size("temporal_patch_size") * (side * side)
    return (
        dense("patch_embed", "patch embedding", values, d_model),
        *stacks(c, "layers", kinds, lambda kind: (*own(kind), *common), c.layers()),
        rms_norm("embedding_norm", d_model, "final norm"),
    )


def lfm3_vl(c: Config) -> Parts:
    """The tower, a norm, two maps of neighbouring patches side by side, and the text model."""
    seen, side = config_of(c, VISION), config_of(c, VISION).size("spatial_merge_size")
    d_seen, name = seen.size("hidden_size"), "multi_modal_projector"
    between, bias = c.size("projector_hidden_size"), c.flag("projector_bias")
    return (
        *tower(c, VISION, "vision_tower"),
        layer_norm(f"{name}.layer_norm", d_seen, component=PROJECTOR),
        *two_maps(name, side * side * d_seen, text_width(c), between, bias),
        *language_model(c),
    )


LFM3_VISION = Architecture(
    summary="short convolutions over both axes of an image, and attention",
    source="transformers 5.23.0",
    body=lfm3_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
LFM3_VL = LLAVA._replace(source="transformers 5.23.0", body=lfm3_vl)
