"""Encoder-decoders: separately stored heads, known counts, default classes."""

import json

import pytest

from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

SMALL = {"d_model": 12, "d_kv": 3, "d_ff": 20, "num_layers": 2, "num_heads": 2, "vocab_size": 31}


def counted(**document):
    return Configured(parse(json.dumps(document), "config"))


def built(name, **sizes):
    """Transformers' class, built without any code of this project."""
    own = getattr(transformers, name)
    with torch.device("meta"):
        return own(own.config_class(**sizes))


def params(module):
    return sum(parameter.numel() for parameter in module.parameters())


T5 = [("t5", "T5"), ("mt5", "MT5"), ("umt5", "UMT5")]


@pytest.mark.parametrize(("model_type", "name"), T5)
def test_a_head_that_the_config_does_not_tie_is_counted_though_transformers_ties_it(model_type, name):
    theirs = params(built(f"{name}ForConditionalGeneration", **SMALL, tie_word_embeddings=False))
    ours = counted(model_type=model_type, **SMALL, tie_word_embeddings=False)
    assert ours.model.total() == theirs + SMALL["vocab_size"] * SMALL["d_model"]
    assert any("output head is counted as a separate tensor" in note for note in ours.config.notes)


@pytest.mark.parametrize(("model_type", "name"), T5)
@pytest.mark.parametrize("tied", [{}, {"tie_word_embeddings": True}])
def test_a_head_of_t5_is_tied_where_the_config_does_not_say_otherwise(model_type, name, tied):
    theirs = built(f"{name}ForConditionalGeneration", **SMALL, **tied)
    assert counted(model_type=model_type, **SMALL, **tied).model.total() == params(theirs)


@pytest.mark.parametrize("name", ["T5Model", "T5EncoderModel", "T5ForQuestionAnswering"])
def test_a_class_of_t5_without_a_head_counts_the_same_however_the_config_ties(name):
    ours = counted(model_type="t5", architectures=[name], **SMALL, tie_word_embeddings=False)
    assert ours.model.total() == params(built(name, **SMALL))
    assert ours.config.notes == []


def test_longt5_ties_its_head_whatever_the_config_says():
    ours = counted(model_type="longt5", **SMALL, tie_word_embeddings=False)
    assert ours.model.total() == params(built("LongT5ForConditionalGeneration", **SMALL))
    assert any("which is tied" in note for note in ours.config.notes)


V1_1 = {"d_model": 768, "d_ff": 2048, "num_layers": 12, "num_heads": 12, "feed_forward_proj": "gated-gelu"}
SIX = {
    **dict.fromkeys(("encoder_layers", "decoder_layers"), 6),
    **dict.fromkeys(("encoder_attention_heads", "decoder_attention_heads"), 12),
    **dict.fromkeys(("encoder_ffn_dim", "decoder_ffn_dim"), 3072),
}
WIDE = {f"{side}_{key}": value for side in ("encoder", "decoder") for key, value in (("layers", 24), ("ffn_dim", 8192))}
KNOWN = [
    ("t5", {}, 60_506_624),
    ("t5", {"d_model": 768, "d_ff": 3072, "num_layers": 12, "num_heads": 12}, 222_903_552),
    ("t5", {**V1_1, "tie_word_embeddings": False}, 247_577_856),
    ("mt5", {"tie_word_embeddings": False}, 300_176_768),
    ("bart", {}, 406_291_456),
    ("bart", {"d_model": 768, **SIX}, 139_420_416),
    ("mbart", {"vocab_size": 250_027}, 610_851_840),
    ("m2m_100", {"vocab_size": 256_206}, 615_073_792),
    ("nllb-moe", {"vocab_size": 256_206, "d_model": 2048, **WIDE}, 54_500_569_088),
]


@pytest.mark.parametrize(("model_type", "sizes", "total"), KNOWN)
def test_a_released_model_counts_what_its_checkpoint_holds(model_type, sizes, total):
    """T5 small and base, T5 1.1 base, mT5 small, BART large and base, mBART-25, NLLB 600M and NLLB-MoE."""
    assert counted(model_type=model_type, **sizes).model.total() == total


@pytest.mark.parametrize("model_type", ["bart", "marian", "prophetnet"])
def test_a_config_that_names_no_class_has_encoder_and_decoder(model_type):
    components = counted(model_type=model_type).model.by_component()
    assert {"attention", "cross-attention", "output head"} <= set(components)


def test_sinusoidal_positions_of_marian_count_and_those_of_m2m_100_do_not():
    assert counted(model_type="marian").model.by_component()["position embedding"] == 2 * 1024 * 1024
    assert "position embedding" not in counted(model_type="m2m_100").model.by_component()


def test_bart_has_three_labels_by_default():
    head = counted(model_type="bart", architectures=["BartForSequenceClassification"]).model
    assert head.by_component()["classifier"] == 1024 * 1024 + 1024 + 3 * 1024 + 3


def test_a_token_of_a_switch_transformer_is_sent_to_one_expert_and_one_of_nllb_to_two():
    layers = {"num_decoder_layers": 4, "num_sparse_encoder_layers": 1, "num_sparse_decoder_layers": 2}
    switch = counted(model_type="switch_transformers", **SMALL, **layers, num_experts=5).model
    assert switch.total() - switch.active() == (1 + 2) * (5 - 1) * 2 * 12 * 20
    keys = ("layers", "attention_heads", "sparse_step")
    sizes = {f"{side}_{key}": 2 for side in ("encoder", "decoder") for key in keys}
    nllb = counted(model_type="nllb-moe", d_model=8, encoder_ffn_dim=6, decoder_ffn_dim=6, num_experts=5, **sizes).model
    assert nllb.total() - nllb.active() == 2 * (5 - 2) * (2 * 8 * 6 + 8 + 6)


REFUSED = [
    ({"model_type": "t5", "feed_forward_proj": "gated-prelu"}, "feed_forward_proj = gated-prelu; valid: an activation"),
    ({"model_type": "t5", "feed_forward_proj": "plain-gelu"}, "feed_forward_proj = plain-gelu; valid: an activation"),
    ({"model_type": "t5", "is_gated_act": "gated"}, "is_gated_act = gated; valid: true or false"),
    ({"model_type": "longt5", "encoder_attention_type": "global"}, "valid: local, transient-global"),
    ({"model_type": "t5", "architectures": ["T5EncoderModel"], "is_decoder": True}, "is_decoder = True; valid"),
    ({"model_type": "bart", "d_model": 100}, "d_model = 100 is not a multiple of encoder_attention_heads = 16"),
    ({"model_type": "t5gemma", "decoder": {"hidden_activation": "prelu"}}, "decoder.hidden_activation = prelu; valid"),
]


@pytest.mark.parametrize(("document", "said"), REFUSED)
def test_what_is_not_counted_is_refused_by_name(document, said):
    with pytest.raises(ConfigError, match=said):
        counted(**document)
