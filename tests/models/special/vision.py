"""Encoders of images: sides of images and patches, tokens beside them, stages, and layers that see all of an image."""

from hypothesis import strategies as st

from models.special.experts import between, each, kinds, maybe
from models.variations import Document, Draw, Vary


def square(draw: Draw, document: Document) -> None:
    """One number for both sides, of which a patch may leave a rest, or be larger than the image."""
    document["image_size"] = draw(st.integers(1, 40))
    document["patch_size"] = draw(st.integers(1, 9))


def oblong(draw: Draw, document: Document) -> None:
    """One number or two for the sides, which may differ."""
    for key, top in {"image_size": 40, "patch_size": 9}.items():
        side = st.integers(1, top)
        document[key] = draw(st.one_of(side, st.lists(side, min_size=2, max_size=2)))


def channels(draw: Draw, document: Document) -> None:
    document["num_channels"] = draw(st.integers(1, 5))


def labels(draw: Draw, document: Document) -> None:
    """Labels by their number, which may be none, or by their names."""
    if draw(st.booleans()):
        document["num_labels"] = draw(st.integers(0, 5))
    elif draw(st.booleans()):
        document["id2label"] = {str(at): "a" for at in range(draw(st.integers(1, 5)))}


def own_head_width(draw: Draw, document: Document) -> None:
    """A width of heads that no key of the type's is for, which its class takes all the same."""
    if draw(st.integers(0, 3)) == 0:
        document["head_dim"] = draw(st.integers(1, 9))


def a_rest(draw: Draw, document: Document) -> None:
    """Heads that do not divide the width."""
    if draw(st.integers(0, 3)) == 0:
        document["hidden_size"] += draw(st.integers(0, 3))


def pooled(draw: Draw, document: Document) -> None:
    if draw(st.booleans()):
        document["pooler_output_size"] = draw(st.integers(0, 9))


def decoder(draw: Draw, document: Document) -> None:
    """ViT-MAE's decoder."""
    document["decoder_num_attention_heads"] = heads = draw(st.integers(1, 3))
    document["decoder_hidden_size"] = heads * 4 * draw(st.integers(1, 3))
    between(1, 3, "decoder_num_hidden_layers")(draw, document)
    between(1, 9, "decoder_intermediate_size")(draw, document)


def of_fours(draw: Draw, document: Document) -> None:
    """Widths that fixed sines fit."""
    document["hidden_size"] *= 2


def scaled(draw: Draw, document: Document) -> None:
    document["layer_scale_init_value"] = draw(st.sampled_from((0.1, 0.0, 1e-5)))


def internvl(draw: Draw, document: Document) -> None:
    document["norm_type"] = draw(st.sampled_from(("layer_norm", "rms_norm")))


def mllama(draw: Draw, document: Document) -> None:
    between(0, 3, "num_global_layers")(draw, document)
    if draw(st.booleans()):
        document["max_num_tiles"] = draw(st.integers(1, 4))
        document["supported_aspect_ratios"] = [[1, 1]] * draw(st.integers(1, 5))


def kimi(draw: Draw, document: Document) -> None:
    document["patch_size"] = draw(st.integers(1, 5))
    for key in ("pos_emb_height", "pos_emb_width"):
        document[key] = draw(st.integers(1, 9))
    document["hidden_size"] *= 2


def qformer(draw: Draw, document: Document) -> None:
    between(1, 4, "cross_attention_frequency")(draw, document)
    between(1, 20, "encoder_hidden_size")(draw, document)


def got_ocr2(draw: Draw, document: Document) -> None:
    square(draw, document)
    document["image_size"] += 9
    document["global_attn_indexes"] = draw(st.lists(st.integers(0, 6), max_size=4))
    between(0, 9, "window_size")(draw, document)
    between(1, 20, "mlp_dim")(draw, document)
    between(1, 20, "output_channels")(draw, document)


def molmo2(draw: Draw, document: Document) -> None:
    """Positions by their number, or by what an image has, which is a list of two."""
    document["patch_size"] = draw(st.integers(1, 9))
    if draw(st.booleans()):
        document["image_size"] = draw(st.lists(st.integers(1, 40), min_size=2, max_size=2))
    if draw(st.booleans()):
        document["num_position_embeddings"] = draw(st.integers(1, 40))


def windows(draw: Draw, document: Document) -> None:
    document["window_kernel_size"] = [draw(st.integers(1, 3)), draw(st.integers(1, 3))]
    document["insert_layer_id"] = 0


def ratio(draw: Draw, document: Document) -> None:
    """The feed-forward's width by a ratio, in some configs."""
    if draw(st.booleans()):
        document.pop("mlp_dim", None)
        document.pop("intermediate_size", None)
        document["mlp_ratio"] = draw(st.sampled_from((4.0, 1.0, 2.5, 0.7)))


def inkling(draw: Draw, document: Document) -> None:
    document["hidden_size"] *= 2
    for key in ("patch_size", "posemb_grid_size", "spatial_merge_size", "projection_hidden_dim"):
        document[key] = draw(st.integers(1, 9))


def even(draw: Draw, document: Document) -> None:
    """Heads whose width three rotary axes divide."""
    document["hidden_size"] *= 3


def stages(draw: Draw, document: Document) -> None:
    """DaViT: up to three stages."""
    n_stages = draw(st.integers(1, 3))

    def each_stage(item):
        return draw(st.lists(item, min_size=n_stages, max_size=n_stages))

    heads = each_stage(st.integers(1, 3))
    document["num_heads"] = document["num_groups"] = heads
    document["embed_dim"] = [one * draw(st.integers(1, 5)) for one in heads]
    document["depths"] = each_stage(st.integers(0, 3))
    document["patch_size"] = each_stage(st.integers(1, 7))
    document["patch_stride"] = document["patch_padding"] = [1] * n_stages
    document["patch_prenorm"] = each_stage(st.booleans())
    document["mlp_ratio"] = draw(st.sampled_from((4.0, 1.0, 2.5, 0.7)))
    between(1, 4, "in_channels")(draw, document)


VIT = each(oblong, channels, labels, own_head_width, a_rest)
DINO = each(VIT, between(1, 5, "mlp_ratio"))
TOWER = each(square, channels)
VARY: dict[str, Vary] = {
    "vit": each(VIT, pooled, between(1, 5, "encoder_stride")),
    "deit": each(VIT, pooled, between(1, 5, "encoder_stride")),
    "vit_mae": each(square, channels, own_head_width, decoder, of_fours),
    "vit_msn": VIT,
    "ijepa": VIT,
    "dinov2": DINO,
    "dinov2_with_registers": each(DINO, between(0, 5, "num_register_tokens")),
    "dinov3_vit": each(oblong, channels, a_rest, between(0, 5, "num_register_tokens")),
    "beit": each(square, channels, labels, own_head_width, a_rest, scaled),
    "siglip_vision_model": TOWER,
    "siglip2_vision_model": each(TOWER, between(1, 30, "num_patches")),
    "idefics2_vision": TOWER,
    "idefics3_vision": TOWER,
    "smolvlm_vision": TOWER,
    "pixtral": TOWER,
    "internvl_vision": each(oblong, channels, internvl),
    "mllama_vision_model": each(TOWER, a_rest, mllama),
    "gemma4_vision": each(between(1, 9, "patch_size"), between(1, 9, "position_embedding_size")),
    "llama4_vision_model": each(
        TOWER, a_rest, between(1, 9, "projector_input_dim"), between(1, 9, "projector_output_dim")
    ),
    "aimv2_vision_model": TOWER,
    "blip_2_vision_model": square,
    "blip_2_qformer": qformer,
    "instructblip_vision_model": square,
    "instructblip_qformer": qformer,
    "kimi_k25_vision": kimi,
    "got_ocr2_vision": got_ocr2,
    "florence_vision": stages,
    "qianfan_ocr_vision": each(oblong, channels, internvl),
    "molmo2_vision": each(channels, molmo2),
    "sam_vision_model": each(got_ocr2, ratio),
    "inkling2_vision": each(channels, ratio, inkling),
    "minicpmv4_6_vision": each(TOWER, windows),
    "minicpmv4_7_vision": each(TOWER, windows),
    "minicpm_ocr_vision": each(TOWER, windows),
    "lfm3_vl_vision": each(
        maybe(kinds("layer_types", ("conv", "full_attention"))),
        a_rest,
        between(1, 5, "patch_size", "conv_kernel_size", "in_channels", "temporal_patch_size"),
    ),
    "minimax_m3_vl_vision": each(square, channels, between(1, 3, "temporal_patch_size"), even),
}
