"""Types without an architecture here: counted by transformers if it is installed, otherwise refused."""

import json
import socket
import sys

import pytest

from paramcount.catalog.from_config import spec_of
from paramcount.config import ConfigError
from paramcount.config.document import of
from paramcount.models import registry
from paramcount.models.design import SizeError

TRANSFORMERS = pytest.importorskip("transformers")
VIT = {
    "model_type": "yolos",
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}
LLAMA = {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}


def spec(document):
    return spec_of(of(document, "config"), "config")


def built(name, **keys):
    """The parameters of transformers' own class with data."""
    kind = getattr(TRANSFORMERS, name)
    return sum(parameter.numel() for parameter in kind(kind.config_class(**keys)).parameters())


def refusal(document):
    with pytest.raises(ConfigError) as refused:
        spec(document)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("name", ["YolosModel", "YolosForObjectDetection"])
def test_a_type_without_an_architecture_is_counted_as_its_class_is_built(name):
    keys = {key: value for key, value in VIT.items() if key != "model_type"}
    counted = spec({**VIT, "architectures": [name]})
    assert counted.model().total() == built(name, **keys)
    assert f"({name}): exact, without formulas." in counted.notes[0]
    assert counted.notes[0].startswith(f"counted by transformers {TRANSFORMERS.__version__}")


def test_both_ways_count_the_same(monkeypatch):
    document = {**LLAMA, "architectures": ["LlamaForCausalLM"], "tie_word_embeddings": True}
    composed = spec(document)
    monkeypatch.setattr(registry, "PLACES", {})
    counted = spec(document)
    assert counted.model().total() == composed.model().total()
    assert counted.model().non_embedding() == composed.model().non_embedding()
    assert not composed.notes
    assert "LlamaForCausalLM" in counted.notes[0]


def test_a_type_without_an_architecture_and_a_class_is_its_language_model(monkeypatch):
    composed = spec(LLAMA)
    monkeypatch.setattr(registry, "PLACES", {})
    assert spec(LLAMA).model().total() == composed.model().total()


def test_a_model_of_more_than_text_is_counted_whole_where_its_text_model_is_not(monkeypatch):
    text = {
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
        "intermediate_size": 8,
        "vocab_size": 99,
    }
    vision = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4, "intermediate_size": 8}
    document = {
        "model_type": "llava",
        "text_config": text,
        "vision_config": {"model_type": "clip_vision_model", **vision},
    }
    composed = spec(document)
    monkeypatch.setattr(registry, "PLACES", {})
    whole = spec(document)
    assert whole.model().total() == composed.model().total()
    assert not composed.notes[0].startswith("counted by")
    assert "(LlavaForConditionalGeneration)" in whole.notes[0]
    assert whole.part is None


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_transformers_a_whole_that_is_not_described_is_its_text_model_and_says_so(monkeypatch, missing):
    monkeypatch.setattr("paramcount.catalog.from_config.find_spec", lambda name: None if name == missing else object())
    monkeypatch.setattr("paramcount.catalog.from_config.ASSEMBLED", {})
    monkeypatch.setattr(registry, "ASSEMBLED", {})
    found = spec({"model_type": "llava", "text_config": {"num_hidden_layers": 1}})
    assert found.part == ("text", "LlavaForConditionalGeneration", "llama")
    assert found.name == "config, text only"
    assert found.notes[0] == "This counts only the text model (llama) of LlavaForConditionalGeneration."
    assert found.notes[1].startswith(
        "The whole model is not counted: config: model_type llava is not counted whole here; "
    )


def test_nothing_is_set_in_what_was_only_counted():
    with pytest.raises(SizeError, match="has no sizes to set"):
        spec(VIT).family.read("d_model", "64")


def test_the_quantisation_is_said_of_what_transformers_counts():
    assert any(
        "Quantised (gptq" in note for note in spec({**VIT, "quantization_config": {"quant_method": "gptq"}}).notes
    )


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_without_transformers_the_error_says_how_to_install_it(monkeypatch, missing):
    monkeypatch.setattr("paramcount.catalog.from_config.find_spec", lambda name: None if name == missing else object())
    said = refusal(VIT)
    assert "model_type yolos is not counted here" in said
    assert said.endswith("transformers can count it: pip install 'paramcount[verify]'")


def test_a_class_of_a_counted_type_that_is_not_counted_is_left_to_transformers(monkeypatch):
    document = {**LLAMA, "architectures": ["LlamaForNothing"]}
    monkeypatch.setattr("paramcount.catalog.from_config.find_spec", lambda name: None)
    assert "architectures names LlamaForNothing, which is not counted here; counted: " in refusal(document)


@pytest.mark.parametrize(
    "document",
    [
        {**VIT, "architectures": ["MyViT"]},
        {**VIT, "architectures": ["os"]},
        {**VIT, "architectures": ["AutoModel"]},
        {**VIT, "architectures": ["BertModel"]},
        {"model_type": "no_such_type"},
        {**VIT, "hidden_size": "wide"},
    ],
    ids=["unknown", "a module", "no class of its own", "another type's", "an unknown type", "a size that is none"],
)
def test_what_transformers_does_not_build_is_refused_in_one_line(document):
    said = refusal(document)
    assert f"transformers {TRANSFORMERS.__version__} cannot build it" in said


@pytest.fixture
def code(tmp_path, monkeypatch):
    """A folder with code that a config may name, and that leaves a file behind if it is run."""
    ran = tmp_path / "ran"
    (tmp_path / "modeling.py").write_text(f"open({str(ran)!r}, 'w').close()\n")
    (tmp_path / "config.json").write_text(json.dumps({**VIT, "auto_map": {"AutoConfig": "modeling.C"}}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return ran


@pytest.fixture
def asked(monkeypatch):
    """The hosts whose addresses were looked up."""
    hosts = []

    def none(host, *_, **__):
        hosts.append(host)
        raise OSError("no network")

    monkeypatch.setattr(socket, "getaddrinfo", none)
    return hosts


@pytest.mark.parametrize("where", ["modeling.C", "someone/something--modeling.C"])
def test_code_of_a_config_is_neither_run_nor_looked_up(code, asked, where):
    named = {"auto_map": {"AutoConfig": where, "AutoModel": where}, "_name_or_path": str(code.parent)}
    assert spec({**VIT, **named}).model().total() == spec(VIT).model().total()
    assert "no_such_type" in refusal({"model_type": "no_such_type", "architectures": ["C"], **named})
    assert not code.exists()
    assert not asked


def test_a_repository_that_a_config_names_for_a_part_is_not_asked(asked):
    named = {"backbone": "microsoft/resnet-50", "use_timm_backbone": False, "use_pretrained_backbone": True}
    assert "model_type detr is not counted here" in refusal({"model_type": "detr", **named})
    assert not asked
