"""Configs of models with images or sound: what is counted, what the output says, what is left to transformers."""

import pytest

import paramcount
from paramcount.catalog.from_config import spec_of
from paramcount.config import ConfigError
from paramcount.config.document import of
from paramcount.models.configured import Configured
from paramcount.models.registry import NotCountedError
from paramcount.models.text_models import text_model

# Qwen2's 7B decoder: 7,615,616,512 parameters without the image model.
QWEN2_7B = {
    "hidden_size": 3584,
    "intermediate_size": 18944,
    "num_hidden_layers": 28,
    "num_attention_heads": 28,
    "num_key_value_heads": 4,
    "vocab_size": 152064,
}
LLAVA = {"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"], "text_config": {}}
TIED, UNTIED = {"tie_word_embeddings": True}, {"tie_word_embeddings": False}


def counted(document):
    return Configured(text_model(of(document, "config")))


def notes(document, part="text"):
    return " ".join(spec_of(of(document, "config"), "config", part).notes)


def ties(document):
    return counted(document).model.by_component()["output head"] == 0


def test_the_text_model_is_counted_and_that_is_said():
    document = {**LLAVA, "text_config": {"vocab_size": 32064}}
    assert counted(document).model.total() == 6_738_415_616 + 2 * 64 * 4096, "Llama-7B with 64 tokens more"
    assert "This counts only the text model (llama) of LlavaForConditionalGeneration." in notes(document)


@pytest.mark.parametrize("model_type", ["qwen2_vl", "qwen2_5_vl"])
def test_keys_of_the_text_model_beside_those_of_the_whole_count_the_same(model_type):
    """Old configs on the hub are flat."""
    flat, nested = {"model_type": model_type, **QWEN2_7B}, {"model_type": model_type, "text_config": QWEN2_7B}
    assert counted(flat).model.total() == counted(nested).model.total() == 7_615_616_512


def test_a_text_config_goes_before_keys_beside_it():
    document = {"model_type": "qwen2_vl", "hidden_size": 64, "text_config": QWEN2_7B}
    assert counted(document).model.total() == 7_615_616_512


def test_a_text_config_that_is_left_out_is_what_the_class_takes():
    assert counted({"model_type": "llava"}).model.total() == counted(LLAVA).model.total()
    assert counted({"model_type": "paligemma"}).model.by_component()["token embedding"] == 257152 * 2048


def test_a_text_config_without_a_type_has_the_default_of_the_whole():
    assert counted({"model_type": "internvl", "text_config": {}}).name == "qwen2"
    assert counted({**LLAVA, "text_config": {"model_type": "mistral"}}).name == "mistral"


def test_a_type_that_a_class_does_not_leave_open_is_not_read():
    assert counted({"model_type": "gemma3", "text_config": {"model_type": "gemma2"}}).name == "gemma3_text"


def test_the_class_that_a_text_config_names_is_not_that_of_the_whole():
    old = {**LLAVA, "text_config": {"architectures": ["LlamaModel"]}}
    assert counted(old).model.total() == counted(LLAVA).model.total()


def test_a_class_without_a_head_counts_the_text_without_one():
    body = counted({**LLAVA, "architectures": ["LlavaModel"]})
    assert counted(LLAVA).model.total() - body.model.total() == 32000 * 4096
    assert "counts only the text model (llama) of LlavaModel" in notes({**LLAVA, "architectures": ["LlavaModel"]})


def test_a_config_without_a_class_says_which_it_is_counted_as():
    said = notes({"model_type": "llava", "text_config": {}})
    assert "The config names no class; counted as LlavaForConditionalGeneration." in said


def test_the_config_of_the_whole_ties():
    assert ties({"model_type": "gemma3", "text_config": UNTIED})
    assert not ties({"model_type": "gemma3", "text_config": TIED, **UNTIED})
    assert not ties({"model_type": "idefics3", "text_config": TIED})


def test_either_config_ties_where_the_class_reads_both():
    assert ties({**LLAVA, "text_config": TIED, **UNTIED})
    assert ties({**LLAVA, **TIED})
    assert not ties({**LLAVA, "text_config": UNTIED})
    assert ties({**LLAVA, "text_config": {"model_type": "gemma"}}), "the default of gemma"


def test_a_class_that_ties_nothing_does_not():
    assert not ties({"model_type": "qwen2_audio", "text_config": TIED, **TIED})


def test_a_tie_that_is_not_read_is_said():
    document = {"model_type": "gemma3", "text_config": TIED, **UNTIED}
    assert "tie_word_embeddings is false, as in the whole model, whatever text_config says." in notes(document)
    assert "whatever" not in notes({"model_type": "gemma3", "text_config": TIED, **TIED})


def test_the_quantisation_of_the_whole_is_said():
    assert "Quantised (awq, 4 bits)" in notes({**LLAVA, "quantization_config": {"quant_method": "awq", "bits": 4}})


def test_sizes_of_the_text_model_are_set_and_stay_in_the_whole():
    layer = 4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096
    assert paramcount.load(LLAVA).total() - paramcount.load(LLAVA, n_layers=16).total() == 16 * layer
    assert paramcount.load(LLAVA, tie_word_embeddings=True).by_component()["output head"] == 0


def test_a_size_is_named_by_where_it_stands():
    assert counted({**LLAVA, "text_config": {"hidden_size": 64}}).keys["d_model"].key == "text_config.hidden_size"
    with pytest.raises(ConfigError, match=r"text_config\.hidden_size = -1"):
        counted({**LLAVA, "text_config": {"hidden_size": -1}})


@pytest.mark.parametrize(
    "document",
    [
        {**LLAVA, "architectures": ["MyLlava"]},
        {**LLAVA, "text_config": {"model_type": "vit"}},
        {**LLAVA, "text_config": {"model_type": "phi"}},
        {**LLAVA, "text_config": {"model_type": "t5"}},
    ],
    ids=["an unknown class", "no text model", "a head with a bias", "an encoder and a decoder"],
)
def test_what_is_not_counted_by_its_text_model_is_left_to_transformers(document):
    with pytest.raises(NotCountedError):
        counted(document)


def test_a_text_config_that_is_no_object_is_refused():
    with pytest.raises(ConfigError, match="text_config = 3; valid: an object of keys and values"):
        counted({**LLAVA, "text_config": 3})
