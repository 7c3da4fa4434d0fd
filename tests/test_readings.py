"""The two notations of a model: as checkpoints store it, and as the paper writes it."""

import json

import pytest
from models.special import DEFAULTS

from paramcount.catalog.families import FAMILIES
from paramcount.config import parse
from paramcount.ledger.model import COMPONENTS, Model
from paramcount.ledger.paper import as_paper
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted


def stored(model_type, **keys) -> Model:
    return Configured(parse(json.dumps({"model_type": model_type, **keys}), "config")).model


def lines(model: Model):
    """Every tensor under its own name, in order, with its shape as numbers."""
    return [
        (name, entry.component, tensor.sides(), tensor.shares)
        for entry in model.ledger()
        for name, tensor in entry.copies()
    ]


def names(model_type, **keys):
    """The names in the paper's notation, each once per layer, with {} for its number."""
    return [entry.name for entry in as_paper(stored(model_type, **keys)).ledger()]


@pytest.mark.parametrize("model_type", accepted())
def test_both_readings_count_the_same_and_every_tensor_has_a_name_of_its_own(model_type):
    model = stored(model_type, **DEFAULTS.get(model_type, {}))
    paper = as_paper(model)
    assert paper.by_component() == model.by_component()
    for reading in ("total", "active", "non-embedding"):
        assert formula_of(paper.read(reading)) == formula_of(model.read(reading))
    own = [name for name, *_ in lines(paper)]
    assert len(own) == len(set(own))
    assert {shares for *_, shares in lines(paper)} - {""} <= set(own)


@pytest.mark.parametrize("model_type", accepted())
def test_both_readings_are_of_the_same_components_in_one_order(model_type):
    model = stored(model_type, **DEFAULTS.get(model_type, {}))
    assert set(model.by_component()) <= set(COMPONENTS)
    assert list(model.by_component()) == sorted(model.by_component(), key=COMPONENTS.index)


GPT = {"n_layers": 3, "d_model": 48, "n_heads": 4, "d_head": 12, "n_vocab": 99}
SIZES = {"num_hidden_layers": 3, "hidden_size": 48, "num_attention_heads": 4, "vocab_size": 99}
N_CTX = {"max_position_embeddings": 20}
LLAMA = {"num_key_value_heads": 2, "intermediate_size": 100}
BODY = {"type_vocab_size": 2, "intermediate_size": 100}
SAME = [
    ("gpt", {"n_ctx": 20, "d_ff": 192}, "gpt2", N_CTX),
    ("gpt-post-norm", {"n_ctx": 20, "d_ff": 192}, "openai-gpt", N_CTX),
    ("opt", {"n_ctx": 20, "d_ff": 100}, "opt", {**N_CTX, "ffn_dim": 100, "word_embed_proj_dim": 48}),
    ("bloom", {"d_ff": 192}, "bloom", {}),
    ("gpt", {"n_ctx": 20, "d_ff": 100}, "gpt2", {**N_CTX, "n_inner": 100}),
    ("gpt-neox", {"d_ff": 100}, "gpt_neox", {"intermediate_size": 100}),
    ("llama", {"n_kv_heads": 2, "d_ff": 100}, "llama", LLAMA),
    (
        "mixtral",
        {"n_kv_heads": 2, "d_ff": 100, "n_experts": 4, "n_active_experts": 2},
        "mixtral",
        {**LLAMA, "num_local_experts": 4, "num_experts_per_tok": 2},
    ),
    ("bert", {"n_ctx": 20, "n_segments": 2, "d_ff": 100}, "bert", {**BODY, **N_CTX, "architectures": ["BertModel"]}),
    (
        "roberta",
        {"n_ctx": 18, "n_segments": 2, "d_ff": 100},
        "roberta",
        {**BODY, **N_CTX, "architectures": ["RobertaModel"]},
    ),
]


@pytest.mark.parametrize(
    ("family", "sizes", "model_type", "keys"), SAME, ids=[f"{family} {kind}" for family, _, kind, _ in SAME]
)
def test_the_papers_reading_is_what_papers_write(family, sizes, model_type, keys):
    """A paper's row and a config with the same sizes are the same model in it."""
    known = FAMILIES[family]
    ours = lines(as_paper(stored(model_type, **SIZES, **keys)))
    assert ours == lines(known.build(**known.settle({**GPT, **sizes})))


def test_gpt_neos_attention_has_a_bias_on_its_output_alone():
    layer = [name.removeprefix("layers.{}.") for name in names("gpt_neo") if "attention" in name]
    assert layer == [f"attention.{own}" for own in ("W_Q", "W_K", "W_V", "W_O", "b_O")]


def test_gate_and_up_of_one_stored_tensor_are_two():
    layer = [entry for entry in as_paper(stored("phi3")).ledger() if entry.component == "feed-forward"]
    assert [(entry.tensor.name, entry.tensor.role) for entry in layer] == [
        ("W_gate", "gate"),
        ("W_up", "up"),
        ("W_down", "down"),
    ]


@pytest.mark.parametrize("model_type", ["mixtral", "gpt_oss", "dbrx"])
def test_experts_are_stacked_d_in_by_d_out_however_they_are_stored(model_type):
    model = as_paper(stored(model_type))
    shapes = {e.tensor.name: e.tensor.sides() for e in model.ledger() if e.component == "experts"}
    n_experts, d_model, d_ff = shapes["W_gate"]
    assert shapes["W_up"] == (n_experts, d_model, d_ff)
    assert shapes["W_down"] == (n_experts, d_ff, d_model)
    assert model.active() < model.total()


def test_latent_attention_is_as_deepseeks_paper_writes_it():
    own = [name.rpartition(".")[2] for name in names("deepseek_v3") if ".attention." in name]
    assert own[:8] == ["W_DQ", "W_UQ", "W_QR", "W_DKV", "W_KR", "W_UK", "W_UV", "W_O"]


def test_what_has_no_role_keeps_its_own_name_behind_its_component():
    assert "layers.{}.attention.sinks" in names("gpt_oss")
    assert "layers.{}.shared_experts.shared_expert_gate.weight" in names("qwen3_next")


def test_a_part_alone_stands_under_its_component():
    assert {"token_embedding.weight", "final_norm.gain", "output_head.weight"} <= set(names("llama"))


def test_two_attentions_of_a_layer_are_numbered():
    found = names("longcat_flash")
    assert {"layers.{}.attention_1.W_O", "layers.{}.attention_2.W_O"} <= set(found)
    assert not any(".attention." in name for name in found)


def test_stacks_of_several_names_keep_them():
    assert {"encoder.block.{}.attention.W_Q", "decoder.block.{}.cross_attention.W_Q"} <= set(names("t5"))


def test_a_shared_tensor_is_shared_under_its_name_in_the_paper():
    shares = {entry.tensor.shares for entry in as_paper(stored("zamba")).ledger()}
    assert {"token_embedding.weight", "layers.2.attention.W_Q", "layers.2.feed_forward.W_gate"} <= shares


def test_formulas_can_be_read_the_papers_way():
    model = as_paper(stored("gpt2")).mapped(formula_of)
    assert str(model.by_component()["attention"]) == (
        "4·d_model·d_head·n_heads·n_layers + 3·d_head·n_heads·n_layers + d_model·n_layers"
    )
