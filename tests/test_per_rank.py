"""What one rank holds: by hand from Megatron's rule, and by splitting transformers' tensors by name."""

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from paramcount.catalog.from_config import spec_of
from paramcount.config import parse
from paramcount.costs.memory.per_rank import per_rank
from paramcount.library import load

COLUMNS = ("q_proj", "k_proj", "v_proj", "gate_proj", "up_proj", "c_attn", "c_fc")
ROWS = ("o_proj", "down_proj", "c_proj")


def gpt2(d, n_layers, vocab, context, tp, pp, stage, tensor):
    """A rank of GPT-2, written out from the Megatron-LM paper, with ceil(vocab / tp) rows of vocabulary."""
    rows = max(0, min(-(-vocab // tp), vocab - tensor * -(-vocab // tp)))
    norms, attention = 4 * d, (3 * d * d + 3 * d) // tp + d * d // tp + d
    feed_forward = (4 * d * d + 4 * d) // tp + 4 * d * d // tp + d
    layers = n_layers // pp * (norms + attention + feed_forward)
    first, last = stage == 0, stage == pp - 1
    table = rows * d if first or last else 0
    return layers + table + (context * d if first else 0) + (2 * d if last else 0)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([1, 2, 4]), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(8, 300))
def test_gpt2s_ranks_are_as_written_by_hand(tp, pp, times, width, vocab):
    d, n_layers = 16 * width, pp * times
    document = {"model_type": "gpt2", "n_embd": d, "n_layer": n_layers, "n_head": 4, "vocab_size": vocab}
    found = per_rank(spec_of(parse(json.dumps(document), "x"), "x"), tp, pp)
    seen = {}
    for one in found.ranks:
        for stage in range(one.stages[0], one.stages[1] + 1):
            for tensor in range(one.tensors[0], one.tensors[1] + 1):
                seen[stage, tensor] = one.params
    every = [(stage, tensor) for stage in range(pp) for tensor in range(tp)]
    assert seen == {place: gpt2(d, n_layers, vocab, 1024, tp, pp, *place) for place in every}
    assert sum(found.held.values()) == sum(seen.values())
    assert sum(one.number for one in found.ranks) == tp * pp
    wide = -(-vocab // (128 * tp)) * 128 * tp
    padded = {one.params for one in found.padded or found.ranks}
    assert padded == {gpt2(d, n_layers, wide, 1024, tp, pp, *place) for place in every}


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([1, 2, 4]), st.integers(1, 3), st.booleans(), st.booleans(), st.integers(1, 2))
def test_llamas_ranks_are_the_slices_of_transformers_tensors(tp, layers, tied, bias, groups):
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    sizes = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": layers, "num_attention_heads": 8}
    sizes |= {"num_key_value_heads": 4 * groups, "vocab_size": 64, "tie_word_embeddings": tied, "attention_bias": bias}
    assume(4 * groups % tp == 0)
    with torch.device("meta"):
        model = transformers.LlamaForCausalLM(transformers.LlamaConfig(**sizes))
    model.tie_weights()
    expected = 0
    for name, parameter in model.named_parameters():
        module, own = name.split(".")[-2:]
        cut = module in (*COLUMNS, "embed_tokens", "lm_head") or (module in ROWS and own == "weight")
        expected += parameter.numel() // (tp if cut else 1)
    found = per_rank(spec_of(parse(json.dumps({"model_type": "llama", **sizes}), "x"), "x"), tp)
    assert [one.params for one in found.ranks] == [expected]


def test_the_sum_is_more_than_the_model_by_what_is_repeated(run):
    said = json.loads(run("gpt3-175b", "--tp", "8", "--pp", "4", "--json").stdout)
    assert said["total"] == load("gpt3-175b").total()
    assert said["held"] == sum(one["params"] * one["number"] for one in said["ranks"])
    d, context, vocab = 12288, 2048, 50257
    norms = 96 * (4 * d + 2 * d) * 7  # gains and biases of two norms, and the two biases that rows leave whole
    assert said["repeated"] == norms + context * d * 7 + 2 * d * 7 + vocab * d


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gpt2-small", "--tp", "5"], "does not divide n_heads = 12"),
        (["gpt2-small", "--pp", "5"], "does not divide n_layers = 12"),
        (["gpt2-small", "--tp", "0"], "--tp"),
        (["gpt2-small", "gpt2-xl", "--tp", "2"], "takes one MODEL and no --tensors"),
        (["gpt2-small", "--tp", "2", "--lora", "r=1,targets=c_attn"], "can't be combined"),
    ],
)
def test_what_does_not_divide_is_refused(arguments, said, run):
    ran = run(*arguments)
    assert ran.exit_code == 2
    assert said in ran.stderr


def test_pipeline_stages_between_first_and_last_are_told_once(run):
    assert "stage 1–2" in run("gpt3-175b", "--pp", "4").stdout
