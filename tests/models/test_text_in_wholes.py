"""Models with images or sound: the text model is counted as it is in transformers' class of the whole."""

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.special import DEFAULTS, VARY
from models.variations import Document, Draw, documents
from paramcount.config import ConfigError, parse
from paramcount.config.types import known
from paramcount.models.configured import Configured
from paramcount.models.text_models import text_model
from paramcount.models.wholes import WHOLES

pytestmark = pytest.mark.thorough

torch = pytest.importorskip("torch")
import transformers  # noqa: E402
from torch import nn  # noqa: E402

from paramcount.classes import of_transformers  # noqa: E402

FROM_CONFIG = transformers.AutoModel.from_config
QUICK, THOROUGH = 2, 20
TIMM = ("timm_wrapper", "gemma3n_vision")
# What a text_config may be if its type is free.
OTHERS = (
    "llama",
    "mistral",
    "qwen2",
    "qwen3",
    "gemma",
    "gemma2",
    "phi3",
    "olmo2",
    "mixtral",
    "qwen3_moe",
    "deepseek_v3",
)
# Keys for the depth of the parts that are not text.
DEPTHS = ("num_hidden_layers", "depth", "encoder_layers", "num_layers", "n_layers")
# What the other parts need beside their defaults, some of it to fit the text model's width.
BESIDE: dict[str, Callable[[int], Document]] = {
    "aya_vision": lambda width: {"vision_config": {"num_attention_heads": 16}},
    "dots3_note": lambda width: {
        "vision_config": {"adapter_out_dim": width},
        "audio_config": {"adapter_out_dim": width},
    },
    "emu3": lambda width: {"vocabulary_map": {}},
    "fun_asr_nano": lambda width: {"adaptor_config": {"hidden_size": width, "intermediate_size": width // 4}},
    "granite4_vision": lambda width: {
        "deepstack_layer_map": [[0, 0]],
        "spatial_target_layers": [0],
        "downsample_rate": "4/8",
    },
    "granite_docling": lambda width: {"vision_config": {"out_hidden_size": width}},
    "inkling2": lambda width: {"vision_config": {"text_hidden_size": width}},
    "perception_lm": lambda width: {"vision_config": {"model_args": {"embed_dim": 8}}},
}
TIED = st.sampled_from(({}, {"tie_word_embeddings": True}, {"tie_word_embeddings": False}))


@st.composite
def wholes(draw: Draw, model_type: str) -> Document:
    """A config of *model_type*: a random text model, tied by either config or neither, with or without a head."""
    about = known(model_type)
    inner = about["text"]["type"]
    if about["text"]["other"]:
        inner = draw(st.sampled_from((inner, inner, *OTHERS)))
    text = {**draw(documents(inner, VARY.get(inner))), **draw(TIED)}
    names = [name for name, task in about["classes"].items() if task in ("multimodal", "seq2seq", "base")]
    whole = {"model_type": model_type, "architectures": [draw(st.sampled_from(names))], "text_config": text}
    beside = BESIDE.get(model_type, lambda width: {})
    return {**whole, **draw(TIED), **beside(text.get("hidden_size", 0))}


def outcome(document: Document) -> list[str] | None:
    """Where the ledger differs from the text model in transformers' class; None if either refuses the config."""
    try:
        config = parse(json.dumps(document), "config")
        counted = Configured(text_model(config))
    except ConfigError:
        return None
    try:
        whole = shallow(config)
    except Exception:  # whatever transformers raises for a config that it refuses
        return None
    return of_transformers.differences(counted.model, of_transformers.text_of(whole))


def shallow(config: Any) -> nn.Module:
    """transformers' class of the whole, with everything but the text model two layers deep."""
    keys = {key: value for key, value in config.document.items() if key != "model_type"}
    with torch.device("meta"):
        parsed = transformers.AutoConfig.for_model(config.model_type, **keys)
        for part in (getattr(parsed, key, None) for key in parsed.sub_configs if key != "text_config"):
            for key in DEPTHS:
                if type(getattr(part, key, None)) is int:
                    setattr(part, key, 2)
        with mock.patch.object(transformers.AutoModel, "from_config", without_timm):
            return getattr(transformers, config.class_name())._from_config(parsed)


def without_timm(config: Any, **options: Any) -> nn.Module:
    """What transformers builds from *config*; nothing for timm's image models, since timm is not a dependency."""
    return nn.Identity() if config.model_type in TIMM else FROM_CONFIG(config, **options)


@pytest.mark.parametrize("model_type", WHOLES)
def test_what_a_text_config_leaves_out_is_as_in_the_whole(model_type):
    about = known(model_type)
    text = {"model_type": about["text"]["type"], **DEFAULTS.get(about["text"]["type"], {})}
    width = parse(json.dumps(text), "text").get("hidden_size")
    name = next(name for name, task in about["classes"].items() if task in ("multimodal", "seq2seq"))
    beside = BESIDE.get(model_type, lambda width: {})(width)
    assert outcome({"model_type": model_type, "architectures": [name], "text_config": text, **beside}) == []


def vary(model_type: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(document=wholes(model_type))
    def holds(document):
        found = outcome(document)
        assume(found is not None)
        assert not found, f"{json.dumps(document)}\n" + "\n".join(found[:20])

    holds()


@pytest.mark.parametrize("model_type", WHOLES)
def test_a_random_text_model_counts_as_it_stands_in_the_whole(model_type):
    vary(model_type, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("model_type", WHOLES)
def test_many_random_text_models_count_as_they_stand_in_the_whole(model_type):
    vary(model_type, THOROUGH)
