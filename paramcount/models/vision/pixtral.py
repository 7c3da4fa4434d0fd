"""Pixtral's tower: rotary positions in two dimensions, RMSNorm and gated feed-forwards, without biases."""

from __future__ import annotations

from paramcount.blocks.attention import attention
from paramcount.blocks.feedforward import gated
from paramcount.blocks.parts import rms_norm
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import O, of_full_width, patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.architecture import Architecture
from paramcount.models.vision.vit import UNCOSTED


def pixtral_vision(c: Config) -> Parts:
    """Agrawal et al. 2024, sec. 2.2: a ViT for images of any shape."""
    d_model = c.size("hidden_size")
    layer = (
        *attention(of_full_width(c), name="attention", names=O),
        *gated(d_model, c.size("intermediate_size"), name="feed_forward"),
        rms_norm("attention_norm", d_model),
        rms_norm("ffn_norm", d_model),
    )
    return (
        patch_map(c, "patch_conv", bias=False),
        rms_norm("ln_pre", d_model, "embedding norm"),
        Stack("transformer.layers", c.size("num_hidden_layers"), layer),
    )


PIXTRAL_VISION = Architecture(
    summary="ViT with rotary positions, RMSNorm and gated feed-forwards, without biases",
    source="Agrawal et al. 2024, sec. 2.2",
    body=pixtral_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)
