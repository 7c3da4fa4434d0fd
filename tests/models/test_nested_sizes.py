"""Configs inside a config: each has its own sizes, and keeps its type's defaults if one of them is changed."""

import json

import pytest

from paramcount.config import parse
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured


def configured(**document):
    return Configured(parse(json.dumps(document), "config"))


def rules(model, words):
    return {name: use.rule for name, use in model.keys.items() if use.key == words}


def _heads(side):
    return f"{side}.hidden_size / {side}.num_attention_heads"


def test_each_of_two_nested_configs_has_a_width_of_heads_of_its_own():
    sides = {"encoder": {"num_attention_heads": 12}, "decoder": {"num_attention_heads": 16}}
    model = configured(
        model_type="encoder-decoder",
        encoder=sides["encoder"],
        decoder={**sides["decoder"], "is_decoder": True, "add_cross_attention": True},
    )
    values = model.values()
    assert (values["d_head"], values["decoder_d_head"]) == (64, 48)
    found = {**rules(model, _heads("encoder")), **rules(model, _heads("decoder"))}
    assert {name: rule.value(values) for name, rule in found.items()} == {"d_head": 64, "decoder_d_head": 48}


def test_the_parts_of_blt_have_widths_of_heads_of_their_own():
    values = configured(model_type="blt").values()
    model = configured(model_type="blt", encoder_config={"num_attention_heads": 32})
    assert model.values()["d_encoder_head"] * 2 == values["d_encoder_head"]
    others = ("d_head", "d_decoder_head", "d_patcher_head")
    assert [model.values()[one] for one in others] == [values[one] for one in others]


def test_t5gemmas_sides_have_widths_of_heads_of_their_own():
    model = configured(model_type="t5gemma", encoder={"head_dim": 8}, decoder={"head_dim": 16})
    assert (model.values()["d_head"], model.values()["decoder_head_dim"]) == (8, 16)


def test_a_decoder_that_is_null_is_changed_from_what_its_class_takes_there():
    model = configured(model_type="encoder-decoder")
    deeper = Configured(model.config.changed({"decoder_num_hidden_layers": 24}))
    total = formula_of(model.model.total())
    assert deeper.model.total() == total.at({**model.values(), "decoder_num_hidden_layers": 24})
    assert [part.name for part in deeper.model.parts] == [part.name for part in model.model.parts]


def test_a_size_of_a_nested_config_is_changed_under_whichever_name_it_has_there():
    decoder = {"model_type": "gpt2", "num_hidden_layers": 2, "n_embd": 768, "add_cross_attention": True}
    model = configured(model_type="encoder-decoder", decoder=decoder)
    (name,) = (name for name, use in model.keys.items() if use.key == "decoder.n_layer")
    deeper = Configured(model.config.changed({name: 3}))
    assert deeper.values()[name] == 3


@pytest.mark.parametrize("model_type", ["convbert", "blt", "encoder-decoder"])
def test_where_another_size_makes_another_model_it_was_looked_at(model_type):
    """A map between two widths exists only if they differ, which no polynomial can say."""
    model = configured(model_type=model_type)
    total = formula_of(model.model.total())
    for name in ("d_model", "d_embedding", "encoder_config_hidden_size", "cross_attn_k", "decoder_hidden_size"):
        if name in model.keys:
            moved = Configured(model.config.changed({name: 2 * model.keys[name].value}))
            assert total.at(moved.values()) != moved.model.total()
            assert name in model.config.looked
