"""Write paramcount/config/types.jsonl: what transformers says about each of its model types.

One line per type: the defaults of its config's fields, their other spellings, its classes by task, which of its fields
contain configs, the type of the text model if there is more than text, whether heads may leave a remainder of the
width, and the keys that transformers writes although they are not fields.
Run it after changing the pinned transformers: python scripts/model_types.py
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import CONFIG_MAPPING, AutoConfig
from transformers.models.auto import modeling_auto

from paramcount.models.index import ASSEMBLED, TOWERS

OUT = Path(__file__).resolve().parent.parent / "paramcount" / "config" / "types.jsonl"
TASKS = {
    "multimodal": "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES",
    "base": "MODEL_MAPPING_NAMES",
    "causal": "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "seq2seq": "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    "masked": "MODEL_FOR_MASKED_LM_MAPPING_NAMES",
    "pretraining": "MODEL_FOR_PRETRAINING_MAPPING_NAMES",
    "sequence": "MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES",
    "token": "MODEL_FOR_TOKEN_CLASSIFICATION_MAPPING_NAMES",
    "question": "MODEL_FOR_QUESTION_ANSWERING_MAPPING_NAMES",
    "choice": "MODEL_FOR_MULTIPLE_CHOICE_MAPPING_NAMES",
    "next-sentence": "MODEL_FOR_NEXT_SENTENCE_PREDICTION_MAPPING_NAMES",
    "encoder": "MODEL_FOR_TEXT_ENCODING_MAPPING_NAMES",
    "speech": "MODEL_FOR_SPEECH_SEQ_2_SEQ_MAPPING_NAMES",
    "images": "MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING_NAMES",
    "masked-images": "MODEL_FOR_MASKED_IMAGE_MODELING_MAPPING_NAMES",
    "backbone": "MODEL_FOR_BACKBONE_MAPPING_NAMES",
    "ctc": "MODEL_FOR_CTC_MAPPING_NAMES",
    "sounds": "MODEL_FOR_AUDIO_CLASSIFICATION_MAPPING_NAMES",
    "frames": "MODEL_FOR_AUDIO_FRAME_CLASSIFICATION_MAPPING_NAMES",
}
# Text models that no mapping of classes names, because they occur only in other models.
INSIDE = {
    "mllama_text_model": {"MllamaTextModel": "base", "MllamaForCausalLM": "causal"},
    "emu3_text_model": {"Emu3TextModel": "base", "Emu3ForCausalLM": "causal"},
    "qwen2_5_omni_text": {"Qwen2_5OmniThinkerTextModel": "base"},
    "qwen3_omni_moe_text": {"Qwen3OmniMoeThinkerTextModel": "base"},
    "granite4_vision_text": {"Granite4VisionTextModel": "base"},
    "paddleocr_vl_text": {"PaddleOCRTextModel": "base"},
    "qwen2_vl_vision": {"Qwen2VisionTransformerPretrainedModel": "base"},
    "qwen2_5_omni_vision_encoder": {"Qwen2_5OmniVisionEncoder": "base"},
    "qwen2_5_omni": {"Qwen2_5OmniForConditionalGeneration": "speech"},
    "qwen2_5_omni_talker": {
        "Qwen2_5OmniTalkerModel": "base",
        "Qwen2_5OmniTalkerForConditionalGeneration": "causal",
    },
    "qwen2_5_omni_dit": {"Qwen2_5OmniToken2WavDiTModel": "base"},
    "qwen2_5_omni_bigvgan": {"Qwen2_5OmniToken2WavBigVGANModel": "base"},
    "qwen2_5_omni_audio_encoder": {"Qwen2_5OmniAudioEncoder": "base"},
    "qwen3_omni_moe_vision_encoder": {"Qwen3OmniMoeVisionEncoder": "base"},
    "qwen3_omni_moe_audio_encoder": {"Qwen3OmniMoeAudioEncoder": "base"},
    "granite_speech_encoder": {"GraniteSpeechCTCEncoder": "base"},
    "granite_speech_plus_encoder": {"GraniteSpeechPlusCTCEncoder": "base"},
    "phi4_multimodal_vision": {"Phi4MultimodalVisionModel": "base"},
    "phi4_multimodal_audio": {"Phi4MultimodalAudioModel": "base"},
    "paddleocr_vl_vision": {"PaddleOCRVisionModel": "base"},
    "clip_text_model": {"CLIPTextModelWithProjection": "projected"},
    "clip_vision_model": {"CLIPVisionModelWithProjection": "projected"},
    "siglip_text_model": {"SiglipTextModel": "base"},
    "siglip2_text_model": {"Siglip2TextModel": "base"},
    "mllama_vision_model": {"MllamaVisionModel": "base"},
    "llama4_vision_model": {"Llama4VisionModel": "base"},
    "blip_2_vision_model": {"Blip2VisionModel": "base"},
    "instructblip_vision_model": {"InstructBlipVisionModel": "base"},
    "instructblip_qformer": {"InstructBlipQFormerModel": "base"},
    "got_ocr2_vision": {"GotOcr2VisionEncoder": "base"},
    "idefics2_vision": {"Idefics2VisionTransformer": "base"},
    "florence_vision": {"Florence2VisionBackbone": "base"},
    "aimv2_text_model": {"Aimv2TextModel": "base"},
    "molmo2_vision": {"Molmo2VisionModel": "base"},
    "inkling2_vision": {"Inkling2VisionModel": "base"},
    "minicpmv4_6_vision": {"MiniCPMV4_6VisionModel": "base"},
    "minimax_m3_vl_vision": {"MiniMaxM3VLVisionModel": "base"},
    "deit": {"DeiTForImageClassificationWithTeacher": "images-with-teacher"},
    "beit": {"BeitForMaskedImageModeling": "masked-images"},
}
# Models of images and sound that no mapping of classes for text has.
SEEING = ("clip", "siglip", "siglip2", "phi4_multimodal")
HEARING = ("qwen2_5_omni", "qwen3_omni_moe")
# Spellings that a config class accepts in its constructor, beside those in its attribute_map.
TAKEN = {
    "bloom": {"n_embed": "hidden_size"},
    "falcon": {"n_embed": "hidden_size"},
    "lfm2_vl": {"tie_embedding": "tie_word_embeddings"},
}
GENERAL = {"model_type", "output_attentions", "tie_word_embeddings", "attention_bias", "mlp_bias"}
# Fields of every config that say nothing about its shape.
COMMON = {"transformers_version", "output_hidden_states", "return_dict", "dtype", "problem_type", "architectures"}


def classes(model_type: str) -> dict[str, str]:
    """Each class of the type with its task, the first if there are several."""
    found: dict[str, str] = dict(INSIDE.get(model_type, {}))
    wide = model_type in CONFIG_MAPPING and text_of(CONFIG_MAPPING[model_type])
    for task, mapping in TASKS.items():
        if task == "multimodal" and not wide:
            continue
        names = dict(getattr(modeling_auto, mapping)).get(model_type, ())
        for name in [names] if isinstance(names, str) else names:
            found.setdefault(name, task)
    return found


def defaults(config: Any) -> dict[str, Any]:
    """The class's own defaults, before it derives one from another; none for AutoConfig, which stands for any type."""
    if not dataclasses.is_dataclass(config):
        return {}
    found = {}
    for field in dataclasses.fields(config):
        value = field.default
        if field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        if field.name not in COMMON and value is not dataclasses.MISSING and plain(value):
            found[field.name] = value
    for key in ("tie_word_embeddings", "attention_bias", "mlp_bias"):  # some classes don't have these fields
        if isinstance(switch := getattr(config, key, None), bool):
            found.setdefault(key, switch)
    return found


def saved(config: Any) -> dict[str, list[str]]:
    """Keys that a config of the type writes although they are not its fields, because its class derives them."""
    try:
        written = config().to_dict()
    except Exception:  # whatever a class without defaults raises
        return {}
    fields = {field.name for field in dataclasses.fields(config)} if dataclasses.is_dataclass(config) else set()
    own = sorted(key for key in written if key not in fields and key not in GENERAL and not key.startswith("_"))
    return {"saved": own} if own else {}


def plain(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def text_of(config: Any) -> dict[str, Any]:
    """The type of the text model, and whether its config may name another."""
    spec = getattr(config, "sub_configs_defaults", {}).get("text_config")
    return {"text": {"type": spec.model_type, "other": spec.config_class is AutoConfig}} if spec else {}


def rest(config: Any, names: dict[str, str]) -> dict[str, bool]:
    """Whether a class of the type can be built if its heads don't divide the width."""
    own = [config.attribute_map.get(key, key) for key in ("hidden_size", "num_attention_heads")]
    width, n_heads = (getattr(config, key, None) for key in own)
    if not names or not isinstance(width, int) or not isinstance(n_heads, int):
        return {}
    try:
        with torch.device("meta"):
            made = config(**{own[0]: width + (0 if width % n_heads else 1)})
            getattr(transformers, next(iter(names)))(made)
    except Exception:  # whatever a class that refuses it raises
        return {}
    return {"rest": True}


def parts_of(config: Any) -> dict[str, Any]:
    """The configs inside a config: the type of each, what is used if it is missing, and whether it is free or optional.

    *free*: it may name another type. *optional*: if it is null there is no such part.
    """
    specs = getattr(config, "sub_configs_defaults", {})
    found = {
        key: {
            "type": spec.model_type or getattr(spec.config_class, "model_type", ""),
            **({"free": True} if spec.config_class is AutoConfig else {}),
            **({"optional": True} if spec.optional else {}),
            **({"given": spec.init_kwargs} if spec.init_kwargs else {}),
        }
        for key, spec in specs.items()
    }
    return {"parts": found} if found else {}


def line(model_type: str, config: Any) -> dict[str, Any]:
    nested = {key: getattr(one, "model_type", "") or defaults(one) for key, one in config.sub_configs.items()}
    names = classes(model_type)
    return {
        "type": model_type,
        "classes": names,
        "spellings": {**config.attribute_map, **TAKEN.get(model_type, {})},
        "nested": nested,
        **text_of(config),
        **rest(config, names),
        **saved(config),
        "defaults": defaults(config),
    }


def of_more_than_text(model_type: str, config: Any) -> dict[str, Any]:
    """A model with images or sound: its own keys, and the configs inside it."""
    own = line(model_type, config)
    inner = parts_of(config)
    keys = {key: value for key, value in own["defaults"].items() if key not in inner.get("parts", {})}
    return {**own, "nested": {}, **inner, "defaults": keys}


def main() -> None:
    tasks = ("causal", "masked", "seq2seq", "encoder", "question", "choice")
    waiting = sorted({key for task in tasks for key in dict(getattr(modeling_auto, TASKS[task]))})
    by_type = {config.model_type: config for config in map(CONFIG_MAPPING.__getitem__, CONFIG_MAPPING.keys())}
    wide = {name for name in by_type if name not in waiting and "multimodal" in classes(name).values()}
    inside = {name: by_type[name].sub_configs_defaults["text_config"] for name in wide}
    wide |= {*SEEING, *HEARING, *(by_type.keys() & ASSEMBLED.keys())}
    by_class: dict[str, Any] = {spec.model_type: spec.get_config_class(spec.model_type) for spec in inside.values()}
    waiting += [*by_class, *TOWERS]
    lines = {name: of_more_than_text(name, by_type[name]) for name in wide}
    for one in (one for name in wide for one in by_type[name].sub_configs.values()):
        if getattr(one, "model_type", ""):
            by_class.setdefault(one.model_type, one)
            waiting.append(one.model_type)
    waiting += [part["type"] for name in wide for part in parts_of(by_type[name]).get("parts", {}).values()]
    while waiting:
        model_type = waiting.pop(0)
        config = by_type.get(model_type) or by_class.get(model_type)
        if model_type in lines or config is None:
            continue
        lines[model_type] = (of_more_than_text if text_of(config) else line)(model_type, config)
        waiting += [part["type"] for part in parts_of(config).get("parts", {}).values()]
        for one in config.sub_configs.values():
            if getattr(one, "model_type", ""):
                by_class[one.model_type] = one
                waiting.append(one.model_type)
    found = [{"transformers": transformers.__version__}, *(lines[name] for name in sorted(lines))]
    OUT.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found), encoding="utf-8")


if __name__ == "__main__":
    main()
