"""Write paramcount/config/types.jsonl: what transformers says of each of its text model types.

A line a type: the defaults of its config's fields, other spellings of them, its classes by task, and which of its
fields hold configs. Run it after a change of the pinned transformers: python scripts/model_types.py
"""

import dataclasses
import json
from pathlib import Path
from typing import Any

import transformers
from transformers import CONFIG_MAPPING
from transformers.models.auto import modeling_auto

OUT = Path(__file__).resolve().parent.parent / "paramcount" / "config" / "types.jsonl"
TASKS = {
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
}
# Spellings that a config class takes in its constructor, beside those of its attribute_map.
TAKEN = {"bloom": {"n_embed": "hidden_size"}, "falcon": {"n_embed": "hidden_size"}}
# Fields of every config that say nothing of its shape.
COMMON = {"transformers_version", "output_hidden_states", "return_dict", "dtype", "problem_type", "architectures"}


def classes(model_type: str) -> dict[str, str]:
    """Each class of the type and its task; a class of several tasks has the first."""
    found: dict[str, str] = {}
    for task, mapping in TASKS.items():
        names = dict(getattr(modeling_auto, mapping)).get(model_type, ())
        for name in [names] if isinstance(names, str) else names:
            found.setdefault(name, task)
    return found


def defaults(config: Any) -> dict[str, Any]:
    """The class's own defaults, before it derives one from another; none of AutoConfig, which stands for any type."""
    if not dataclasses.is_dataclass(config):
        return {}
    found = {}
    for field in dataclasses.fields(config):
        value = field.default
        if field.default_factory is not dataclasses.MISSING:
            value = field.default_factory()
        if field.name not in COMMON and value is not dataclasses.MISSING and plain(value):
            found[field.name] = value
    if isinstance(tied := getattr(config, "tie_word_embeddings", None), bool):  # of some classes it is no field
        found.setdefault("tie_word_embeddings", tied)
    return found


def plain(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def line(model_type: str, config: Any) -> dict[str, Any]:
    nested = {key: getattr(one, "model_type", "") or defaults(one) for key, one in config.sub_configs.items()}
    return {
        "type": model_type,
        "classes": classes(model_type),
        "spellings": {**config.attribute_map, **TAKEN.get(model_type, {})},
        "nested": nested,
        "defaults": defaults(config),
    }


def main() -> None:
    tasks = ("causal", "masked", "seq2seq", "encoder", "question", "choice")
    text = {key for task in tasks for key in dict(getattr(modeling_auto, TASKS[task]))}
    lines = [{"transformers": transformers.__version__}]
    reached: set[str] = set()
    waiting = sorted(text)
    by_type = {config.model_type: config for config in map(CONFIG_MAPPING.__getitem__, CONFIG_MAPPING.keys())}
    by_class: dict[str, Any] = {}
    while waiting:
        model_type = waiting.pop(0)
        config = by_type.get(model_type) or by_class.get(model_type)
        if model_type in reached or config is None:
            continue
        reached.add(model_type)
        lines.append(line(model_type, config))
        for one in config.sub_configs.values():
            if getattr(one, "model_type", ""):
                by_class[one.model_type] = one
                waiting.append(one.model_type)
    lines[1:] = sorted(lines[1:], key=lambda one: one["type"])
    multimodal = {
        model_type: {key: getattr(one, "model_type", "") for key, one in config.sub_configs.items() if key == "text_config"}
        for model_type, config in by_type.items()
        if model_type not in reached
    }
    for model_type, nested in sorted(multimodal.items()):
        if nested:
            spellings = dict(by_type[model_type].attribute_map)
            lines.append({"type": model_type, "classes": classes(model_type), "spellings": spellings, "nested": nested,
                          "defaults": {k: v for k, v in defaults(by_type[model_type]).items() if k == "tie_word_embeddings"}})
    OUT.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
