"""Text models inside others: an embedding wider than the head, norms of queries and keys, layers that see the image."""

from hypothesis import strategies as st

from models.special.experts import between, each, first_dense, head_dim, maybe, no_experts, nothing, periods
from models.special.llama import head_width
from models.variations import Document, Draw, Vary


def molmo2(draw: Draw, document: Document) -> None:
    document["additional_vocab_size"] = draw(st.integers(0, 9))
    document["qk_norm_type"] = draw(st.sampled_from(("qwen3", "olmo")))


def mllama(draw: Draw, document: Document) -> None:
    if draw(st.booleans()):
        document["cross_attention_layers"] = draw(st.lists(st.integers(0, 6), max_size=4))
    head_width(draw, document)


def sliding(draw: Draw, document: Document) -> None:
    """A window over some layers, whose kinds have no parameter of their own, and a width of heads that is not read."""
    maybe(between(0, 4, "max_window_layers"))(draw, document)
    head_width(draw, document)


VARY: dict[str, Vary] = {
    "qwen2_vl_text": sliding,
    "qwen2_5_vl_text": sliding,
    "qwen2_5_omni_text": sliding,
    "qwen3_vl_moe_text": each(periods, no_experts),
    "qwen3_omni_moe_text": each(periods, no_experts, head_dim),
    "glm4v_text": head_width,
    "glm4v_moe_text": each(head_dim, first_dense),
    "glm_ocr_text": head_dim,
    "mllama_text_model": mllama,
    "emu3_text_model": head_width,
    "granite_docling_text": head_width,
    "granite4_vision_text": head_width,
    "paddleocr_vl_text": nothing("head_dim"),
    "molmo2_text": molmo2,
}
# The classes of most are in no mapping of transformers, so that a config that names none does not build one.
DEFAULTS: dict[str, Document] = {
    "qwen2_5_omni_text": {"architectures": ["Qwen2_5OmniThinkerTextModel"]},
    "qwen3_omni_moe_text": {"architectures": ["Qwen3OmniMoeThinkerTextModel"], "head_dim": 128},
    "glm4v_moe_text": {"head_dim": 128},
    "mllama_text_model": {"architectures": ["MllamaTextModel"]},
    "emu3_text_model": {"architectures": ["Emu3TextModel"]},
    "granite4_vision_text": {"architectures": ["Granite4VisionTextModel"]},
    "paddleocr_vl_text": {"architectures": ["PaddleOCRTextModel"]},
}
