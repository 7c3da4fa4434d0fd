"""GOT-OCR 2's tower, SAM's encoder: windows in most layers, relative positions along both axes, a neck."""

from __future__ import annotations

from paramcount.blocks.attention import fused_attention
from paramcount.blocks.convolutions import filters
from paramcount.blocks.feedforward import plain
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.blocks.stacks import numbers, stacks
from paramcount.blocks.task_heads import no_head
from paramcount.blocks.vision import SUBLAYERS, even_heads, of_full_width, patch_map
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.architecture import Architecture, within
from paramcount.models.assembled import OF_TEXT, PROJECTOR, VISION, config_of, language_model, text_head, tower
from paramcount.models.text_models import inside
from paramcount.models.vision.vit import UNCOSTED, by_ratio

GLOBAL, WINDOW = "global", "window"
NECK = "neck"


def got_ocr2_vision(c: Config) -> Parts:
    """Kirillov et al. 2023, appendix A: a ViT with windowed attention in most layers."""
    h, d_head, places = of_full_width(c), even_heads(c).d_head, numbers(c, "global_attn_indexes")
    side = c.follows("n_side", "image_size / patch_size, rounded down", c.size("image_size"), c.size("patch_size"))
    d_ff = c.size("mlp_dim") if c.get("mlp_dim") is not None else by_ratio(c, "d_ff", c.size("hidden_size"))
    kinds = [GLOBAL if at in places else WINDOW for at in range(c.layers())]

    def layer(kind: str) -> Parts:
        # A window of 0 is the whole image.
        rows = side if kind == GLOBAL or not c.get("window_size") else c.size("window_size")
        axes = ("attn.rel_pos_h", "attn.rel_pos_w") if c.flag("use_rel_pos") else ()
        return (
            *fused_attention(h, "attn", ("qkv", "proj"), c.flag("qkv_bias"), True),
            *(bare(name, "relative positions", 2 * rows + -1, d_head) for name in axes),
            *plain(h.d_model, d_ff, names=("lin1", "lin2")),
            *(layer_norm(name, h.d_model) for name in SUBLAYERS),
        )

    placed = (bare("pos_embed", "position embedding", 1, side, side, h.d_model),) if c.flag("use_abs_pos") else ()
    return (
        patch_map(c, "patch_embed.projection"),
        *placed,
        *stacks(c, "layers", kinds, layer, c.layers()),
        *sam_neck(c),
    )


def sam_neck(c: Config, name: str = NECK, component: str = NECK) -> Parts:
    """Two convolutions to fewer channels, each with a norm."""
    d_out = c.size("output_channels")
    return (
        filters(f"{name}.conv1", component, c.size("hidden_size"), d_out, (1, 1), bias=False),
        layer_norm(f"{name}.layer_norm1", d_out, component=component),
        filters(f"{name}.conv2", component, d_out, d_out, (3, 3), bias=False),
        layer_norm(f"{name}.layer_norm2", d_out, component=component),
    )


def sam_vision(c: Config) -> Parts:
    """The same as in transformers' SAM."""
    return tuple(within("vision_encoder.", part) for part in got_ocr2_vision(c))


GOT_OCR2_VISION = Architecture(
    summary="ViT with windowed attention in most layers, and a neck of convolutions",
    source="Kirillov et al. 2023, appendix A; Wei et al. 2024, sec. 3.2",
    body=got_ocr2_vision,
    heads={"base": no_head},
    prefix="",
    uncosted=UNCOSTED,
)


def got_ocr2(c: Config) -> Parts:
    """Wei et al. 2024, sec. 3.1: two convolutions and a map to the text model's width."""
    d_seen, d_text = config_of(c, VISION).size("output_channels"), inside(c).size("hidden_size")
    name = "multi_modal_projector"
    return (
        *tower(c, VISION, "vision_tower"),
        filters(f"{name}.conv_upsampler1", PROJECTOR, d_seen, 2 * d_seen, (3, 3), bias=False),
        filters(f"{name}.conv_upsampler2", PROJECTOR, 2 * d_seen, d_text, (3, 3), bias=False),
        dense(f"{name}.multimodal_projector", PROJECTOR, d_text, d_text, bias=True),
        *language_model(c),
    )


GOT_OCR2 = Architecture(
    summary="SAM's encoder, two convolutions and a text model",
    source="Wei et al. 2024, sec. 3.1",
    body=got_ocr2,
    heads={"multimodal": text_head(), "base": no_head},
    uncosted=OF_TEXT,
)
SAM_VISION = GOT_OCR2_VISION._replace(source="Kirillov et al. 2023, appendix A", body=sam_vision)
