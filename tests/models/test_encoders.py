"""What encoders share, tie and leave out, and which configs are refused."""

import json
from typing import Any

import pytest

from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured


def total(**document: Any) -> int:
    return int(Configured(parse(json.dumps(document), "config")).model.total())


def test_berts_decoder_bias_counts_once():
    """BERT-base with both pre-training heads."""
    assert total(model_type="bert", architectures=["BertForPreTraining"]) == 110_106_428


def test_untied_weights_bring_a_table_and_a_bias_of_their_own():
    tied = {"model_type": "bert", "architectures": ["BertForMaskedLM"], "vocab_size": 100, "hidden_size": 24}
    assert total(**tied, tie_word_embeddings=False) - total(**tied) == 100 * 24 + 100


def test_only_the_classes_that_pool_have_a_pooler():
    pooled, without = (total(model_type="bert", architectures=[name]) for name in ("BertModel", "BertForMaskedLM"))
    head = 768 * 768 + 768 + 2 * 768 + 30522  # the transform and its norm, and the vocabulary's bias
    assert pooled - without == 768 * 768 + 768 - head


def test_albert_stores_its_layers_once_a_group():
    albert = {"model_type": "albert", "hidden_size": 64, "num_attention_heads": 4, "intermediate_size": 128}
    assert total(**albert, num_hidden_layers=12) == total(**albert, num_hidden_layers=24)
    assert total(**albert, num_hidden_groups=2) - total(**albert) == 4 * 64 * 65 + 2 * 64 * 128 + 192 + 4 * 64


def test_electra_projects_its_embeddings_only_where_they_are_narrower():
    narrow, wide = (total(model_type="electra", architectures=["ElectraModel"], embedding_size=n) for n in (255, 256))
    rows = 30522 + 512 + 2 + 2  # tokens, positions, segments, and the norm's weight and bias
    assert wide - narrow == rows - (255 * 256 + 256)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"model_type": "bert", "add_cross_attention": True}, "true only with is_decoder = true"),
        ({"model_type": "bert", "hidden_size": 770}, "not a multiple of num_attention_heads"),
        ({"model_type": "deberta-v2", "attention_head_size": 32}, "attention_head_size"),
        ({"model_type": "deberta", "pos_att_type": 3}, "pos_att_type"),
        ({"model_type": "xlnet", "d_head": 32}, "d_head"),
        ({"model_type": "funnel", "block_sizes": [4, "4"]}, "block_sizes"),
        ({"model_type": "squeezebert", "embedding_size": 128}, "embedding_size"),
        ({"model_type": "squeezebert", "q_groups": 7}, "q_groups"),
        ({"model_type": "mobilebert", "embedding_size": 1024}, "embedding_size"),
        ({"model_type": "mobilebert", "normalization_type": "rms"}, "normalization_type"),
        ({"model_type": "xmod", "languages": ["en.XX"]}, "languages"),
        ({"model_type": "tapas", "type_vocab_sizes": 3}, "type_vocab_sizes"),
        ({"model_type": "big_bird", "attention_type": "dense"}, "attention_type"),
        ({"model_type": "esmc", "num_key_value_heads": 4}, "num_key_value_heads"),
        (
            {"model_type": "distilbert", "architectures": ["DistilBertForQuestionAnswering"], "num_labels": 3},
            "valid for this class: 2",
        ),
    ],
)
def test_what_the_class_would_not_take_is_refused_in_a_line(document, said):
    with pytest.raises(ConfigError, match=said) as error:
        total(**document)
    assert "\n" not in str(error.value)
    assert "valid" in str(error.value) or "change one" in str(error.value)
