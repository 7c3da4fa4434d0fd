"""Random configs of models with images or sound: towers, and wholes with a random config for each part."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from models.special import VARY
from models.variations import Document, Draw, documents
from paramcount.config.types import known
from paramcount.models.index import ASSEMBLED, TOWERS
from paramcount.models.registry import accepted

# What a text_config may be if its type is free.
TEXTS = ("llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "phi3", "olmo2", "mixtral", "qwen3_moe")
# What a vision_config may be if its type is free: types that transformers' AutoModel builds.
SEEING = ("clip_vision_model", "siglip_vision_model", "pixtral", "vit", "dinov2", "aimv2_vision_model")
# Sizes of images and sound, drawn if a type has them as numbers.
SEEN = {"patch_size": (2, 6), "image_size": (6, 40), "num_channels": (1, 4), "projection_dim": (1, 9)}


# More keys to draw, by type: functions that change a drawn document in place.
def _of_llava(draw: Draw, document: Document) -> None:
    document["vision_feature_layer"] = draw(st.sampled_from((-2, [-1], [-2, -1, 0])))


def _of_kimi(draw: Draw, document: Document) -> None:
    document["projection_hidden_size"] = draw(st.integers(1, 9))
    document["vision_config"]["merge_kernel_size"] = draw(st.sampled_from(([2, 2], [1, 3])))


def _of_labels(draw: Draw, document: Document) -> None:
    document["num_labels"] = draw(st.integers(0, 4))


def _of_queries(draw: Draw, document: Document) -> None:
    """The text model's task depends only on its type, and the Q-Former reads the tower's output."""
    document["num_query_tokens"] = draw(st.integers(1, 9))
    inner = draw(st.sampled_from(("opt", "opt", "t5", "llama")))
    document["text_config"] = draw(documents(inner, VARY.get(inner)))
    document["text_config"].pop("architectures", None)


def _of_florence(draw: Draw, document: Document) -> None:
    document["text_config"] = draw(documents("bart", VARY.get("bart")))
    document["text_config"].pop("architectures", None)
    document["vision_config"]["projection_dim"] = draw(st.integers(1, 20))
    document["vision_config"]["max_position_embeddings"] = draw(st.integers(1, 20))
    if draw(st.booleans()):
        document["tie_word_embeddings"] = draw(st.booleans())


def _of_optional(draw: Draw, document: Document) -> None:
    """With images and sound, or only some of them."""
    for key in ("vision_config", "audio_config"):
        if draw(st.booleans()):
            document[key] = None


def _of_gemmas(draw: Draw, document: Document) -> None:
    """The whole needs what only Gemma's text models have."""
    inner = draw(st.sampled_from(("gemma", "gemma2")))
    document["text_config"] = draw(documents(inner, VARY.get(inner)))
    document["text_config"].pop("architectures", None)
    document["projection_dim"] = draw(st.integers(1, 20))


def _of_pools(draw: Draw, document: Document) -> None:
    _of_llava(draw, document)
    document["spatial_pool_mode"] = draw(st.sampled_from(("average", "max", "conv")))
    document["spatial_pool_stride"] = draw(st.integers(1, 3))
    if draw(st.booleans()):
        document["spatial_pool_out_channels"] = draw(st.integers(1, 9))


def _of_side(key: str, top: int = 4) -> Callable[[Draw, Document], None]:
    def draw_one(draw: Draw, document: Document) -> None:
        document[key] = draw(st.integers(1, top))

    return draw_one


def _of_cohere(draw: Draw, document: Document) -> None:
    _of_side("downsample_factor")(draw, document)
    document["alignment_intermediate_size"] = draw(st.integers(2, 30))


def _of_lfm(draw: Draw, document: Document) -> None:
    _of_side("downsample_factor")(draw, document)
    document["projector_hidden_size"] = draw(st.integers(1, 30))


def _of_internvl(draw: Draw, document: Document) -> None:
    document["downsample_ratio"] = draw(st.sampled_from((0.5, 0.3, 1, 0.25, 0.9)))


def _of_idefics2(draw: Draw, document: Document) -> None:
    n_kv_heads = draw(st.integers(1, 3))
    document["perceiver_config"] = {
        "hidden_size": draw(st.integers(1, 30)),
        "resampler_n_latents": draw(st.integers(1, 9)),
        "resampler_depth": draw(st.integers(0, 3)),
        "resampler_n_heads": n_kv_heads * draw(st.integers(1, 2)),
        "resampler_head_dim": draw(st.integers(1, 9)),
        "num_key_value_heads": n_kv_heads,
    }


def _of_mllama(draw: Draw, document: Document) -> None:
    document["vision_config"]["vision_output_dim"] = draw(st.integers(1, 30))


def _of_aria(draw: Draw, document: Document) -> None:
    if draw(st.booleans()):
        document["projector_patch_to_query_dict"] = {"9": draw(st.integers(1, 9)), "4": draw(st.integers(1, 9))}


def _of_molmo2(draw: Draw, document: Document) -> None:
    """The layers that the adapter reads are some of the tower's."""
    n_layers = document["vision_config"]["num_hidden_layers"]
    listed = draw(st.lists(st.integers(0, n_layers - 1), min_size=1, max_size=3))
    document["adapter_config"] |= {"vision_feature_layer": listed, "text_hidden_size": draw(st.integers(1, 20))}


def _of_fuyu(draw: Draw, document: Document) -> None:
    document["patch_size"] = draw(st.integers(1, 9))


def _of_unified(draw: Draw, document: Document) -> None:
    """With images and sound, or only some of them."""
    sizes = ("mm_embed_dim", "mm_posemb_size", "patch_size", "pooling_kernel_size")
    document["vision_config"] = {key: draw(st.integers(1, 9)) for key in (*sizes, "output_proj_dims")}
    document["audio_config"] = {"audio_embed_dim": draw(st.integers(1, 9))}
    for key in ("vision_config", "audio_config"):
        if draw(st.booleans()):
            document[key] = None


def _of_steps(draw: Draw, document: Document) -> None:
    document["merger_times"] = draw(st.integers(1, 3))


def _of_inkling(draw: Draw, document: Document) -> None:
    """The tower's merger is as wide as the text model."""
    document["vision_config"]["text_hidden_size"] = document["text_config"]["hidden_size"]


def _of_two_towers(draw: Draw, document: Document) -> None:
    """SAM's tower for large images, at least one layer of which sees the whole image."""
    document["high_res_vision_config"] = fine = draw(of_more_than_text("sam_vision_model"))
    fine.pop("architectures", None)
    fine["global_attn_indexes"] = [draw(st.integers(0, 3))]


BESIDE: dict[str, Callable[[Draw, Document], None]] = {
    "inkling2": _of_inkling,
    "deepseek_vl_hybrid": _of_two_towers,
    "minicpmv4_6": _of_steps,
    "minicpmv4_7": _of_steps,
    "minicpm_ocr": _of_steps,
    "aria": _of_aria,
    "molmo2": _of_molmo2,
    "fuyu": _of_fuyu,
    "gemma4_unified": _of_unified,
    "llava": _of_llava,
    "llava_next": _of_llava,
    "llava_onevision": _of_llava,
    "vipllava": _of_llava,
    "video_llava": _of_llava,
    "llava_next_video": _of_pools,
    "paligemma": _of_gemmas,
    "mistral3": _of_side("spatial_merge_size"),
    "lighton_ocr": _of_side("spatial_merge_size"),
    "aya_vision": _of_cohere,
    "cohere2_vision": _of_cohere,
    "internvl": _of_internvl,
    "idefics2": _of_idefics2,
    "idefics3": _of_side("scale_factor"),
    "smolvlm": _of_side("scale_factor"),
    "mllama": _of_mllama,
    "lfm2_vl": _of_lfm,
    "clip": _of_labels,
    "siglip": _of_labels,
    "siglip2": _of_labels,
    "kimi_k25": _of_kimi,
    "blip-2": _of_queries,
    "instructblip": _of_queries,
    "florence2": _of_florence,
    "gemma4": _of_optional,
}


@st.composite
def of_more_than_text(draw: Draw, model_type: str) -> Document:
    """A config of *model_type*: a counted class, a config for each part or none, and its own keys."""
    document: Document = draw(documents(model_type, VARY.get(model_type)))
    about = known(model_type)
    assert about is not None
    for key, (least, most) in SEEN.items():
        if isinstance(about["defaults"].get(key), int) and key not in document:
            document[key] = draw(st.integers(least, most))
    for key, part in about.get("parts", {}).items():
        document[key] = draw(_of_part(key, part))
    if "text" in about and draw(st.booleans()):
        document["text_config"]["tie_word_embeddings"] = draw(st.booleans())
    if model_type in BESIDE:
        BESIDE[model_type](draw, document)
    return document


@st.composite
def _of_part(draw: Draw, key: str, part: dict[str, Any]) -> Document:
    inner = part["type"]
    if part.get("free") and key == "text_config":
        inner = draw(st.sampled_from((inner, inner, *TEXTS)))
    elif part.get("free"):
        inner = draw(st.sampled_from((inner, inner, *SEEING)))
    if inner in TOWERS or inner in ASSEMBLED:
        return draw(of_more_than_text(inner))
    document = draw(documents(inner, VARY.get(inner))) if inner in accepted() else {"model_type": inner}
    document.pop("architectures", None)
    return document
