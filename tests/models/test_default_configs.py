"""Every transformers class with its default config: counted as the class is built, or refused in one line."""

import json
from functools import cache

import pytest

from models.special import DEFAULTS
from paramcount.catalog.from_config import spec_of
from paramcount.config import parse
from paramcount.config.types import known
from paramcount.errors import InputError
from paramcount.library import load
from paramcount.models.registry import accepted

pytestmark = pytest.mark.thorough

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
from models.compared import outcome  # noqa: E402
from paramcount.classes import of_transformers  # noqa: E402
from paramcount.classes.meta import shapes_alone, silence  # noqa: E402

SAMPLE = ["CLIPModel", "AlignModel", "Glm4MoeForCausalLM", "BertModel", "Qwen2VLForConditionalGeneration", "DetrModel"]
# Types whose class allows a remainder, but whose own heads are only d_model / n_heads wide here.
REFUSED = {"albert", "electra", "roformer", "ctrl", "gpt_neox_japanese", "mpt", "olmoe", "recurrent_gemma"}
REFUSED |= {"glm4v_text", "mllama_text_model"}
RESTS = [name for name in accepted() if (known(name) or {}).get("rest")]


@cache
def every_class() -> dict[str, str]:
    """The type of each class that a config may name, including types in no mapping."""
    found = {}
    with silence():
        for name in dir(transformers):
            kind = getattr(transformers, name)
            if isinstance(kind, type) and transformers.PreTrainedModel in kind.__mro__[1:]:
                found[name] = getattr(kind.config_class, "model_type", "")
    return found


def built(name: str, given: dict):
    """The class on the meta device, built by transformers alone; None if it refuses its default config."""
    kind = getattr(transformers, name)
    try:
        with shapes_alone(), silence():
            return kind(kind.config_class(**given))
    except Exception:  # whatever a class raises for its own defaults
        return None


def parameters(module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def wrong(name: str, model_type: str) -> str:
    """What is wrong with the answer for a class's default config; empty if nothing is."""
    given = DEFAULTS.get(model_type, {})
    theirs = built(name, given)
    try:
        spec = spec_of(parse(json.dumps({**given, "model_type": model_type, "architectures": [name]}), "x"), "x")
    except InputError as error:
        known_here = model_type in accepted() and name in known(model_type)["classes"] and theirs is not None
        return f"{name} is refused: {error}" if "\n" in str(error) or known_here else ""
    if theirs is None:
        return f"{name} is counted, and transformers does not build it"
    expected = parameters(of_transformers.text_of(theirs) if spec.part else theirs)
    return "" if spec.model().total() == expected else f"{name}: {spec.model().total()}, and has {expected}"


@pytest.mark.parametrize("name", SAMPLE)
def test_the_default_config_of_a_class_is_counted_as_it_is_built(name):
    assert built(name, {}) is not None or name == "DetrModel"
    assert wrong(name, getattr(transformers, name).config_class.model_type) == ""


@pytest.mark.slow
def test_the_default_config_of_every_class_is_counted_as_it_is_built_or_refused_in_a_line():
    classes = every_class()
    assert len(classes) > 2000
    assert [said for name, model_type in classes.items() if (said := wrong(name, model_type))] == []


def refused(model_type: str) -> str:
    """Why the default config of a type is refused; empty if it is counted."""
    try:
        return "" if load({"model_type": model_type}).total() else "nothing\nis counted"
    except InputError as error:
        return str(error)


@pytest.mark.slow
def test_every_type_without_a_class_named_is_counted_or_refused_in_a_line():
    assert [said for model_type in transformers.CONFIG_MAPPING if "\n" in (said := refused(model_type))] == []


@pytest.mark.parametrize("model_type", ["clip", "llama", "vit", "bert", "gemma4", "glm4_moe"])
def test_what_a_config_of_transformers_says_of_itself_is_what_its_file_says(model_type, tmp_path):
    config = transformers.CONFIG_MAPPING[model_type]()
    document = config.to_dict()
    config.save_pretrained(tmp_path)
    assert any(isinstance(key, int) for key in document.get("id2label", {0: ""}))
    assert load(document).total() == load(tmp_path / "config.json").total()


@pytest.mark.parametrize("value", [{1, 2}, object(), 1j])
def test_what_json_cannot_hold_is_refused_in_a_line(value):
    with pytest.raises(
        InputError, match=f"cannot be written as JSON .a value of type {type(value).__name__}.; valid: "
    ) as refused:
        load({"model_type": "llama", "hidden_size": value})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("document", "total"),
    [
        ({"model_type": "clip", "architectures": ["CLIPModel"]}, 151_277_313),
        ({"model_type": "clip"}, 151_277_313),
        ({"model_type": "glm4_moe"}, 103_481_200_640),
    ],
)
def test_a_number_alone_is_a_parameter_and_heads_may_leave_a_rest(document, total):
    assert load(document).total() == total


def test_a_key_that_layers_have_of_their_own_is_refused_by_name():
    with pytest.raises(InputError, match=r"head_dim = 64 is not a key of gemma4; the type reads text_config\.head_dim"):
        load({"model_type": "gemma4", "architectures": ["Gemma4ForConditionalGeneration"], "head_dim": 64})


@pytest.mark.parametrize("model_type", RESTS)
def test_where_heads_leave_a_rest_of_the_width_it_counts_as_its_class_has_it(model_type):
    about = known(model_type)
    spelt = {key: about["spellings"].get(key, key) for key in ("hidden_size", "num_attention_heads")}
    given = DEFAULTS.get(model_type, {})
    width, n_heads = ({**about["defaults"], **given}[key] for key in spelt.values())
    found = outcome({"model_type": model_type, **given, spelt["hidden_size"]: width + (0 if width % n_heads else 1)})
    assert not found.differences
    assert found.compared == (model_type not in REFUSED)
