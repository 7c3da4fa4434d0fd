"""Values that a config states and its class derives: a contradiction is counted as the class builds it, or refused.

Which keys those are is asked of the config classes themselves: attributes that are no fields, fields whose stated value
does not stand, and fields whose value changes others.
"""

import dataclasses
import json
from functools import cache

import pytest

from models.special import DEFAULTS
from paramcount.catalog.from_config import spec_of
from paramcount.config import ConfigError, parse
from paramcount.library import load
from paramcount.models.registry import accepted

pytestmark = pytest.mark.thorough

pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
from models.compared import outcome  # noqa: E402
from paramcount.classes.meta import silence  # noqa: E402

COMMON = {*transformers.PreTrainedConfig().to_dict(), "model_type"} - {"tie_word_embeddings"}
SAMPLE = ["reformer", "mobilebert", "mt5", "umt5", "deepseek_v3"]
KNOWN = {
    "reformer": {"num_hidden_layers", "attn_layers"},
    "mobilebert": {"true_hidden_size", "use_bottleneck", "intra_bottleneck_size"},
    "mt5": {"is_gated_act"},
    "umt5": {"is_gated_act"},
    "deepseek_v3": {"head_dim"},
}


def others(value):
    """Values that contradict *value*."""
    if isinstance(value, bool):
        return [not value, None]
    if isinstance(value, int):
        return [value + 1, 2 * value, value - 1, None]
    if isinstance(value, list) and value:
        return [value[:-1], [*value, value[-1]], value[::-1], None]
    return [None] if isinstance(value, str) else [1, 8, True] if value is None else []


@cache
def stated(model_type):
    """The default config as transformers writes it."""
    return said(model_type, DEFAULTS.get(model_type, {}))


def said(model_type, document):
    """*document* as transformers writes it; None if it refuses it."""
    try:
        with silence():
            written = transformers.CONFIG_MAPPING[model_type](**document).to_dict()
    except Exception:  # whatever a config class raises
        return None
    return {key: value for key, value in json.loads(json.dumps(written)).items() if key not in COMMON}


def contradictions(model_type):
    """Each key that the class derives, or derives others from, with a different value."""
    base, given = stated(model_type), DEFAULTS.get(model_type, {})
    fields = {field.name for field in dataclasses.fields(transformers.CONFIG_MAPPING[model_type])}
    for key, value in base.items():
        for other in (one for one in others(value) if one != value):
            alone, whole = said(model_type, {**given, key: other}), said(model_type, {**base, key: other})
            changes = alone and any(alone[one] != base.get(one) for one in alone if one != key)
            if key not in fields or changes or (whole and whole[key] != other):
                yield key, other


def wrong(model_type):
    found = []
    for key, other in contradictions(model_type):
        for document in ({**stated(model_type), key: other}, {**DEFAULTS.get(model_type, {}), key: other}):
            became = outcome({**document, "model_type": model_type})
            if became.differences or "\n" in became.ours:
                found.append((model_type, key, other, became))
    return found


def types():
    return [model_type for model_type in accepted() if model_type in transformers.CONFIG_MAPPING]


@pytest.mark.parametrize("model_type", SAMPLE)
def test_a_key_that_the_class_derives_is_followed_or_refused(model_type):
    assert {key for key, _ in contradictions(model_type)} >= KNOWN[model_type]
    assert wrong(model_type) == []


@pytest.mark.slow
@pytest.mark.parametrize("model_type", types())
def test_every_key_that_a_class_derives_is_followed_or_refused(model_type):
    assert wrong(model_type) == []


KINDS = ["local", "lsh"] * 3


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"model_type": "reformer", "attn_layers": KINDS, "num_hidden_layers": 5}, "num_hidden_layers = 5"),
        ({"model_type": "reformer", "attn_layers": KINDS, "num_hidden_layers": 7}, "num_hidden_layers = 7"),
        ({"model_type": "mobilebert", "true_hidden_size": 512}, "true_hidden_size = 512"),
        ({"model_type": "qwen2", "num_hidden_layers": 2, "layer_types": ["full_attention"]}, "layer_types has 1 items"),
    ],
)
def test_what_contradicts_what_it_follows_from_is_refused_by_name(document, said):
    with pytest.raises(ConfigError, match=f"{said}.*valid: "):
        load({"is_decoder": True, **document} if document["model_type"] == "reformer" else document)


@pytest.mark.parametrize(
    "document",
    [
        {"model_type": "reformer", "is_decoder": True, "attn_layers": KINDS, "num_hidden_layers": 6},
        {"model_type": "mobilebert", "true_hidden_size": 128},
        {"model_type": "umt5", "feed_forward_proj": "gated-gelu", "is_gated_act": True},
    ],
)
def test_what_agrees_with_what_it_follows_from_is_counted(document):
    alone = {
        key: value for key, value in document.items() if key not in KNOWN[document["model_type"]] - {"attn_layers"}
    }
    assert outcome(document).compared
    assert spec_of(parse(json.dumps(document), "x"), "x").model().total() == load(alone).total()
