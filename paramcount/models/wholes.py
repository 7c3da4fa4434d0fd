"""Multimodal types whose text model is counted: what decides whether its head is tied, and where its config is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from paramcount.config import Config

TIED = "tie_word_embeddings"


def by_whole(whole: Config, text: Config) -> bool:
    """As the whole model's config says."""
    return _tied(whole)


def by_either(whole: Config, text: Config) -> bool:
    """If either config says so, since old ones said it in the text model."""
    return _tied(whole) or _tied(text)


def by_whole_or_text(whole: Config, text: Config) -> bool:
    """As the whole model's config says, else as the text model's does."""
    return _tied(whole if whole.get(TIED) is not None else text)


def by_text(whole: Config, text: Config) -> bool:
    """As the text model's own config says."""
    return _tied(text)


def never(whole: Config, text: Config) -> bool:
    """In a class that never ties."""
    return False


def _tied(config: Config) -> bool:
    return config.get(TIED) is not None and config.flag(TIED)


class Whole(NamedTuple):
    """How transformers 5.23.0's class of a whole model reads its text model's config.

    *ties* decides from both configs whether the head is tied. *flat* allows the text model's keys among those of the
    whole. *under* has values for keys that a text_config leaves out, if they differ from its type's defaults.
    """

    ties: Callable[[Config, Config], bool]
    flat: bool = False
    under: Mapping[str, Any] = {}


WHOLE, EITHER, WHOLE_OR_TEXT, TEXT, NEVER = map(Whole, (by_whole, by_either, by_whole_or_text, by_text, never))
GLM_ASR = {
    "vocab_size": 59264,
    "hidden_size": 2048,
    "intermediate_size": 6144,
    "num_hidden_layers": 28,
    "num_attention_heads": 16,
    "num_key_value_heads": 4,
}
VOXTRAL = {
    "vocab_size": 131072,
    "hidden_size": 3072,
    "intermediate_size": 8192,
    "num_hidden_layers": 30,
    "num_key_value_heads": 8,
    "head_dim": 128,
}

# A type is listed only once it is verified.
WHOLES: Mapping[str, Whole] = {
    "aria": WHOLE,
    "audioflamingo3": NEVER,
    "aya_vision": WHOLE,
    "cohere2_vision": WHOLE,
    "cohere_compass": WHOLE,
    "cosmos3_omni": WHOLE,
    "deepseek_vl": WHOLE,
    "deepseek_vl_hybrid": WHOLE,
    "dots3_note": WHOLE,
    "emu3": WHOLE,
    "exaone4_5": WHOLE,
    "fast_vlm": EITHER,
    "fun_asr_nano": WHOLE,
    "fuyu": WHOLE,
    "gemma3": WHOLE,
    "gemma3n": WHOLE,
    "gemma4": WHOLE,
    "gemma4_unified": WHOLE,
    "glm46v": WHOLE,
    "glm4v": EITHER,
    "glm4v_moe": EITHER,
    "glm_ocr": EITHER,
    "glmasr": WHOLE._replace(under=GLM_ASR),
    "glmga": WHOLE,
    "got_ocr2": WHOLE,
    "granite4_vision": WHOLE,
    "granite_docling": WHOLE,
    "granite_speech": WHOLE,
    "granite_speech_plus": WHOLE,
    "hyperclovax_vision_v2": WHOLE,
    "idefics2": WHOLE,
    "idefics3": WHOLE,
    "inkling2": NEVER,
    "internvl": WHOLE,
    "janus": WHOLE,
    "kimi_k25": WHOLE,
    "lfm2_vl": WHOLE,
    "lfm3_vl": WHOLE,
    "lighton_ocr": WHOLE,
    "llama4": TEXT,
    "llava": EITHER,
    "llava_next": WHOLE,
    "llava_next_video": EITHER,
    "llava_onevision": EITHER,
    "minicpm_ocr": WHOLE,
    "minicpmv4_6": WHOLE,
    "minicpmv4_7": WHOLE,
    "minimax_m3_vl": EITHER,
    "mistral3": WHOLE,
    "mllama": NEVER,
    "molmo2": NEVER,
    "moss_transcribe_diarize": WHOLE,
    "musicflamingo": NEVER,
    "nemo_speechlm": NEVER,
    "paddleocr_vl": EITHER._replace(flat=True),
    "paligemma": WHOLE,
    "perception_lm": WHOLE_OR_TEXT,
    "pp_chart2table": WHOLE,
    "qianfan_ocr": WHOLE,
    "qwen2_5_omni_thinker": WHOLE,
    "qwen2_5_vl": EITHER._replace(flat=True),
    "qwen2_audio": NEVER,
    "qwen2_vl": EITHER._replace(flat=True),
    "qwen3_5": WHOLE,
    "qwen3_5_moe": WHOLE,
    "qwen3_asr": WHOLE,
    "qwen3_omni_moe_thinker": WHOLE,
    "qwen3_vl": WHOLE,
    "qwen3_vl_moe": WHOLE,
    "qwen4_exp": WHOLE,
    "shieldgemma2": EITHER,
    "smolvlm": WHOLE,
    "vibevoice_asr": NEVER,
    "video_llama_3": EITHER,
    "video_llava": WHOLE,
    "vipllava": WHOLE,
    "voxtral": NEVER._replace(under=VOXTRAL),
}
