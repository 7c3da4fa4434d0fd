"""A model compared with a checkpoint: every difference is explained by name, or listed."""

import time

import pytest
from checkpoints import stored
from hypothesis import given
from hypothesis import strategies as st

from paramcount.checkpoint import CheckpointError
from paramcount.checkpoint.adapter import adapter
from paramcount.checkpoint.layouts import Expected
from paramcount.checkpoint.names import prefix_change
from paramcount.checkpoint.reconcile import reconcile
from paramcount.checkpoint.result import DISAGREES, EXACT, EXPLAINED, INCOMPLETE
from paramcount.checkpoint.rows import MOST_PADDING, OTHERS
from paramcount.errors import InputError

D, F, V, LAYERS = 64, 128, 320, 2
TIED = Expected("lm_head.weight", (V, D), "output head", "model.embed_tokens.weight")
HEAD = TIED._replace(shares="")


def model(*head):
    """A small decoder, and its head if it has one."""
    yield Expected("model.embed_tokens.weight", (V, D), "token embedding")
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        yield Expected(f"{at}.self_attn.q_proj.weight", (D, D), "attention")
        yield Expected(f"{at}.self_attn.k_proj.weight", (D // 2, D), "attention")
        yield Expected(f"{at}.mlp.up_proj.weight", (F, D), "feed-forward")
        yield Expected(f"{at}.norm.weight", (D,), "norm")
    yield Expected("model.norm.weight", (D,), "final norm")
    yield from head


MODEL = tuple(model())
TOTAL = sum(tensor.shape[0] * (tensor.shape[1] if len(tensor.shape) > 1 else 1) for tensor in MODEL)


def pairs(expected, rename=lambda name: name):
    """What a checkpoint stores for *expected*: each tensor once."""
    return [(rename(tensor.name), tensor.shape) for tensor in expected if not tensor.shares]


def held(expected, *tensors, **config):
    """Reconcile, and check what must hold for every result."""
    checkpoint = stored(*tensors, **config)
    result = reconcile(expected, checkpoint)
    difference = result.elements - result.total.expected
    assert result.elements == checkpoint.elements() == sum(row.elements for row in result.rows)
    assert result.nbytes == checkpoint.nbytes() == sum(row.nbytes for row in result.rows)
    left = sum(row.difference for row in result.rows if row.unexplained)
    assert sum(note.elements for note in result.notes) + left == difference
    for sides in (result.by_component, result.by_layer):
        assert tuple(map(sum, zip(*sides.values(), strict=True))) == result.total
    assert (result.verdict in (DISAGREES, INCOMPLETE)) == bool(result.lines)
    assert (result.verdict == INCOMPLETE) <= bool(result.missing)
    return result


def note(result, kind):
    (found,) = [note for note in result.notes if note.kind == kind]
    assert found.text.isprintable()
    return found


def test_the_same_tensors_agree_exactly():
    result = held(MODEL, *pairs(MODEL))
    assert (result.verdict, result.notes, result.lines) == (EXACT, (), ())
    assert result.total == (TOTAL, TOTAL)
    assert result.by_component["attention"] == (2 * 6144, 2 * 6144)
    assert list(result.by_layer) == [None, 0, 1]


def test_a_tied_head_that_is_not_stored_is_as_it_should_be():
    result = held(model(TIED), *pairs(MODEL))
    assert result.verdict == EXACT
    assert "not stored because shared" in note(result, "shared").text


def test_a_tied_head_stored_again_is_counted_once_and_said_twice():
    """Falcon-7B's checkpoint holds its embedding under both names."""
    result = held(model(TIED), *pairs(MODEL), (TIED.name, TIED.shape))
    assert result.verdict == EXPLAINED
    assert result.total == (TOTAL, TOTAL)
    assert result.elements == TOTAL + V * D
    assert note(result, "copy of a shared tensor").elements == V * D


def test_a_tensor_stored_under_its_alias_alone_is_found():
    tensors = [(name.replace("model.embed_tokens", "lm_head"), shape) for name, shape in pairs(MODEL)]
    result = held(model(TIED), *tensors)
    assert result.verdict == EXPLAINED
    assert result.total == (TOTAL, TOTAL)


@pytest.mark.parametrize(
    ("rename", "change"),
    [
        (lambda name: name.removeprefix("model."), ("", "model.")),
        (lambda name: f"bert.{name}", ("bert.", "")),
        (lambda name: name.replace("model.", "transformer.", 1), ("transformer.", "model.")),
        (lambda name: name.replace("model.", "model.text.", 1), ("model.text.", "model.")),
    ],
)
def test_a_prefix_is_found_and_said(rename, change):
    names = [tensor.name for tensor in MODEL]
    assert prefix_change(names, list(map(rename, names))) == change
    result = held(MODEL, *pairs(MODEL, rename))
    assert result.verdict == EXPLAINED
    assert result.total == (TOTAL, TOTAL)
    assert note(result, "prefix").tensors == len(MODEL)


def test_a_base_model_is_an_incomplete_model_with_a_head():
    result = held(model(HEAD), *pairs(MODEL, lambda name: name.removeprefix("model.")))
    assert result.said == "incomplete: lm_head.weight is missing"
    assert {note.kind for note in result.notes} == {"prefix"}
    assert result.total == (TOTAL + V * D, TOTAL)


def test_a_head_beyond_the_model_is_said():
    result = held(MODEL, *pairs(MODEL), ("score.weight", (2, D)))
    assert result.verdict == EXPLAINED
    assert note(result, "extra head").elements == 2 * D
    assert result.by_component[OTHERS] == (0, 2 * D)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("h.0.attn.bias", (1, 1, 1024, 1024)),
        ("h.0.attn.masked_bias", ()),
        ("model.layers.0.self_attn.rotary_emb.inv_freq", (D // 2,)),
        ("encoder.layer.0.attention.self.rotary_embeddings.inv_freq", (D // 2,)),
        ("bert.embeddings.position_ids", (1, 512)),
        ("rope_freqs.weight", (64,)),
    ],
)
def test_buffers_of_old_checkpoints_are_no_parameters(name, shape):
    result = held(MODEL, *pairs(MODEL), (name, shape))
    assert result.verdict == EXPLAINED
    assert result.total == (TOTAL, TOTAL)
    assert note(result, "buffer").elements == result.elements - TOTAL > 0


def test_a_bias_is_not_taken_for_a_mask():
    result = held(MODEL, *pairs(MODEL), ("model.layers.0.attn.bias", (D,)))
    assert result.lines == (f"model.layers.*.attn.bias: stored {D}, not expected",)


def test_gpt2_of_the_hub_is_124_million_parameters_and_its_masks():
    """openai-community/gpt2 shows 137.0M: 12 masks of 1024 × 1024 are stored with 124,439,808 parameters."""
    d, tensors = 768, [("wte.weight", (50257, 768)), ("wpe.weight", (1024, 768)), ("ln_f.weight", (768,))]
    tensors.append(("ln_f.bias", (768,)))
    layer = {"ln_1": (d,), "attn.c_attn": (d, 3 * d), "attn.c_proj": (d, d), "ln_2": (d,), "mlp.c_fc": (d, 4 * d)}
    layer["mlp.c_proj"] = (4 * d, d)
    for i in range(12):
        for name, shape in layer.items():
            tensors += [(f"h.{i}.{name}.weight", shape), (f"h.{i}.{name}.bias", shape[-1:])]
    masks = [(f"h.{i}.attn.bias", (1, 1, 1024, 1024)) for i in range(12)]
    wanted = [Expected(f"transformer.{name}", shape, "any") for name, shape in tensors]
    head = Expected("lm_head.weight", (50257, d), "output head", "transformer.wte.weight")
    result = held([*wanted, head], *tensors, *masks)
    assert result.total == (124_439_808, 124_439_808)
    assert round(result.elements / 1e6, 1) == 137.0
    assert note(result, "buffer").elements == 12 * 2**20
    assert result.verdict == EXPLAINED


def test_padding_of_the_vocabulary_is_said_in_rows_and_parameters():
    tensors = [(name, (V + 64, D) if "embed" in name else shape) for name, shape in pairs(MODEL)]
    result = held(model(TIED), *tensors, (TIED.name, (V + 64, D)))
    assert result.verdict == EXPLAINED
    assert "64 more than expected, 4,096 parameters" in note(result, "vocabulary padding").text
    assert result.total == (TOTAL, TOTAL + 64 * D)


def test_another_vocabulary_is_no_padding():
    tensors = [(name, (V + MOST_PADDING + 1, D) if "embed" in name else shape) for name, shape in pairs(MODEL)]
    assert held(MODEL, *tensors).lines == (f"model.embed_tokens.weight: expected {V} × {D}, stored {V + 1025} × {D}",)


def test_a_missing_an_extra_and_a_wrong_tensor_are_listed():
    wrong = [(name, (D, F) if "k_proj" in name else shape) for name, shape in pairs(MODEL)]
    result = held(MODEL, *[pair for pair in wrong if pair[0] != "model.norm.weight"], ("odd", (3, 5)))
    assert set(result.lines) == {
        "model.norm.weight: expected 64, not stored",
        "odd: stored 3 × 5, not expected",
        "model.layers.*.self_attn.k_proj.weight (2 times): expected 32 × 64, stored 64 × 128",
    }


def test_many_differences_are_ten_lines_and_how_many_more():
    result = held(MODEL, *pairs(MODEL), *[(f"odd{i}", (i + 1, 7)) for i in range(25)])
    assert len(result.lines) == 11
    assert result.lines[-1] == "and 15 more"


def test_legacy_spellings_of_norms_are_read():
    wanted = [Expected("norm.weight", (D,), "norm"), Expected("norm.bias", (D,), "norm")]
    result = held(wanted, ("norm.gamma", (D,)), ("norm.beta", (D,)))
    assert result.verdict == EXPLAINED
    assert note(result, "legacy names").tensors == 2


def test_weights_stored_with_sides_turned_are_the_same_number():
    result = held(MODEL, *[(name, shape[::-1]) for name, shape in pairs(MODEL)])
    assert result.verdict == EXPLAINED
    assert result.total == (TOTAL, TOTAL)
    assert note(result, "sides in another order").elements == 0


def test_other_names_of_the_same_shapes_are_matched_within_a_layer():
    """GGUF's names: blk.0.attn_q.weight for model.layers.0.self_attn.q_proj.weight."""
    others = {
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "mlp.up_proj": "ffn_up",
        "model.layers": "blk",
    }
    others |= {"model.embed_tokens": "token_embd", "model.norm": "output_norm"}

    def rename(name):
        for ours, theirs in others.items():
            name = name.replace(ours, theirs)
        return name

    result = held(MODEL, *pairs(MODEL, rename))
    assert result.verdict == EXPLAINED
    assert result.total == (TOTAL, TOTAL)
    assert result.by_component["attention"] == (2 * 6144, 2 * 6144)


def test_fused_projections_are_the_same_sum():
    fused = [pair for pair in pairs(MODEL) if "self_attn" not in pair[0]]
    fused += [(f"model.layers.{layer}.self_attn.qk.weight", (D + D // 2, D)) for layer in range(LAYERS)]
    result = held(MODEL, *fused)
    assert result.verdict == EXPLAINED
    assert note(result, "other layout").tensors == LAYERS
    assert result.by_component["attention"] == (2 * 6144, 2 * 6144)


def test_a_fused_projection_of_another_size_is_listed():
    fused = [pair for pair in pairs(MODEL) if "self_attn" not in pair[0]]
    fused += [(f"model.layers.{layer}.self_attn.qk.weight", (D, D)) for layer in range(LAYERS)]
    assert held(MODEL, *fused).lines == (
        "model.layers.*.self_attn.k_proj.weight (2 times): expected 32 × 64, not stored",
    )


EXPERTS = [
    Expected("model.layers.0.mlp.experts.gate_up_proj", (4, 2 * F, D), "experts"),
    Expected("model.layers.0.mlp.experts.down_proj", (4, D, F), "experts"),
]


def separate(kind=("weight",), experts=4):
    """Each expert's projections, as checkpoints on the hub store them."""
    sides = {"gate_proj": (F, D), "up_proj": (F, D), "down_proj": (D, F)}
    at = "model.layers.0.mlp.experts"
    return [(f"{at}.{i}.{name}.weight", shape, *kind[1:]) for i in range(experts) for name, shape in sides.items()]


def test_stacked_experts_are_the_sum_of_experts_of_their_own():
    result = held(EXPERTS, *separate())
    assert result.verdict == EXPLAINED
    assert result.by_component == {"experts": (4 * 3 * F * D, 4 * 3 * F * D)}
    assert "same total" in note(result, "other layout").text
    assert held(EXPERTS, *separate(experts=3)).verdict == DISAGREES


W = [Expected("l.0.q.weight", (D, 2 * D), "attention")]
GPTQ = [
    ("l.0.q.qweight", (2 * D // 8, D), "I32"),
    ("l.0.q.qzeros", (4, D // 8), "I32"),
    ("l.0.q.scales", (4, D), "F16"),
]
PACKED = {
    "GPTQ 4-bit": [*GPTQ, ("l.0.q.g_idx", (2 * D,), "I32")],
    "GPTQ 8-bit": [
        ("l.0.q.qweight", (2 * D // 4, D), "I32"),
        ("l.0.q.qzeros", (4, D // 4), "I32"),
        ("l.0.q.scales", (4, D), "F16"),
    ],
    "AWQ 4-bit": [
        ("l.0.q.qweight", (2 * D, D // 8), "I32"),
        ("l.0.q.qzeros", (4, D // 8), "I32"),
        ("l.0.q.scales", (4, D), "F16"),
    ],
    "bitsandbytes 4-bit": [
        ("l.0.q.weight", (D * D, 1), "U8"),
        ("l.0.q.weight.absmax", (D * 2 * D // 64,), "U8"),
        ("l.0.q.weight.quant_map", (16,)),
        ("l.0.q.weight.nested_absmax", (1,)),
        ("l.0.q.weight.nested_quant_map", (256,)),
        ("l.0.q.weight.quant_state.bitsandbytes__nf4", (85,), "U8"),
    ],
    "bitsandbytes 8-bit": [
        ("l.0.q.weight", (D, 2 * D), "I8"),
        ("l.0.q.SCB", (D,)),
        ("l.0.q.weight_format", (), "U8"),
    ],
    "FP8": [("l.0.q.weight", (D, 2 * D), "F8_E4M3"), ("l.0.q.weight_scale_inv", (1, 1))],
    "int8": [("l.0.q.weight", (D, 2 * D), "I8"), ("l.0.q.weight_scale", (D, 1), "BF16")],
    "NVFP4": [
        ("l.0.q.weight", (D, D), "U8"),
        ("l.0.q.weight_scale", (D, D // 8), "F8_E4M3"),
        ("l.0.q.weight_scale_2", ()),
        ("l.0.q.input_scale", ()),
    ],
    **{
        f"MLX in {bits} bits": [
            ("l.0.q.weight", (D, 2 * D * bits // 32), "U32"),
            ("l.0.q.scales", (D, 2), "BF16"),
            ("l.0.q.biases", (D, 2), "BF16"),
        ]
        for bits in (4, 6, 8)
    },
    "HQQ": [
        ("l.0.q.W_q", (D, D), "U8"),
        ("l.0.q.scale", (2 * D, 1), "F16"),
        ("l.0.q.zero", (2 * D, 1), "F16"),
        *[(f"l.0.q.{name}", (1,), "I32") for name in ("nbits", "group_size", "shape", "axis", "packing")],
    ],
    "EETQ 8-bit": [("l.0.q.weight", (2 * D, D), "I8"), ("l.0.q.weight_scales", (D,), "F16")],
    "quanto 8-bit": [
        ("l.0.q.weight._data", (D, 2 * D), "I8"),
        ("l.0.q.weight._scale", (D, 1)),
        ("l.0.q.input_scale", ()),
        ("l.0.q.output_scale", ()),
    ],
    "quanto 4-bit": [
        ("l.0.q.weight._data._data", (D, D), "U8"),
        ("l.0.q.weight._scale", (2 * D, 1)),
        ("l.0.q.weight._shift", (2 * D, 1)),
    ],
    "torchao 8-bit": [("l.0.q._weight_qdata", (D, 2 * D), "F8_E4M3"), ("l.0.q._weight_scale", (D, 1))],
    "torchao 4-bit": [
        ("l.0.q._weight_qdata", (D, D), "I8"),
        ("l.0.q._weight_scale", (4, D), "BF16"),
        ("l.0.q._weight_zero_point", (4, D), "BF16"),
    ],
    "torchao 4-bit in tiles": [
        ("l.0.q._weight_qdata", (D // 8, 1, 32, 4), "I32"),
        ("l.0.q._weight_scale_and_zero", (4, D, 2), "BF16"),
    ],
    "BitNet": [("l.0.q.weight", (D // 4, 2 * D), "U8"), ("l.0.q.weight_scale", (1,), "BF16")],
    "FP8 of DeepSeek's own files": [("l.0.q.weight", (D, 2 * D), "F8_E4M3"), ("l.0.q.scale", (1, 1))],
    "FP8 of Mistral's own files": [
        ("l.0.q.weight", (D, 2 * D), "F8_E4M3"),
        ("l.0.q.qscale_weight", ()),
        ("l.0.q.qscale_act", ()),
    ],
    "compressed-tensors": [
        ("l.0.q.weight_packed", (D, 2 * D // 8), "I32"),
        ("l.0.q.weight_scale", (D, 1), "BF16"),
        ("l.0.q.weight_shape", (2,), "I64"),
    ],
}


@pytest.mark.parametrize("packing", PACKED)
def test_quantised_weights_are_counted_as_the_weights_they_stand_for(packing):
    result = held(W, *PACKED[packing])
    assert result.verdict == EXPLAINED
    assert result.total == (2 * D * D, 2 * D * D)
    assert packing.partition(" of ")[0].partition(" in ")[0] in note(result, "quantised").text
    assert len(result.rows) == 1


@pytest.mark.parametrize("packing", PACKED)
def test_quantised_weights_of_another_size_disagree(packing):
    wanted = [Expected("l.0.q.weight", (2 * D, 2 * D), "attention")]
    assert held(wanted, *PACKED[packing]).verdict == DISAGREES


@pytest.mark.parametrize("packing", PACKED)
def test_what_belongs_to_no_quantised_weight_is_listed(packing):
    assert held(W, ("l.0.q.weight", (D, 2 * D)), *PACKED[packing][1:]).verdict == DISAGREES


def test_bits_and_groups_of_the_config_must_fit():
    assert held(W, *GPTQ, quantization_config={"bits": 4, "group_size": 32}).verdict == EXPLAINED
    assert held(W, *GPTQ, quantization_config={"bits": 8, "group_size": 32}).verdict == DISAGREES
    assert held(W, *GPTQ, quantization_config={"bits": 4, "group_size": 64}).verdict == DISAGREES


@pytest.mark.parametrize(
    "said",
    [
        {"weights": ["int4"]},
        {"weights": {"bits": 4}},
        {"quant_config": {"weight_quant_params": None}},
        {"quant_config": {"weight_quant_params": {"nbits": -1, "group_size": -1}}},
        {"bits": -1, "group_size": -1},
        {"bits": 2**31, "group_size": 2**31},
        {"config_groups": {"a": {"weights": "int4"}}},
        "int4",
    ],
)
@pytest.mark.parametrize("key", ["quantization_config", "quantization"])
@pytest.mark.parametrize("packing", PACKED)
def test_whatever_a_config_says_of_its_quantisation_is_read_or_passed_over(packing, key, said):
    held(W, *PACKED[packing], **{key: said})


def test_bits_are_as_the_config_says_where_the_tensors_do_not():
    at = "l.0.q.weight"
    groups = [(f"{at}._data._data", (D, D // 2), "U8"), (f"{at}._scale", (D, 1)), (f"{at}._shift", (D, 1))]
    assert held(W, *groups, quantization_config={"weights": "int2"}).verdict == EXPLAINED
    assert held(W, *groups, quantization_config={"weights": "int4"}).verdict == DISAGREES
    by_columns = [("l.0.q.W_q", (D, D), "U8"), ("l.0.q.scale", (1, 2 * D)), ("l.0.q.zero", (1, 2 * D))]
    said = {"quant_config": {"weight_quant_params": {"nbits": 8, "group_size": 64}}}
    assert held(W, *by_columns).verdict == EXPLAINED
    assert held(W, *by_columns, quantization_config=said).verdict == DISAGREES


def test_mxfp4_blocks_are_counted_in_any_order_of_their_sides():
    """gpt-oss: the module has (experts, inputs, outputs), its checkpoint experts × outputs × blocks of inputs."""
    wanted = [Expected("l.0.experts.gate_up_proj", (4, D, 2 * F), "experts")]
    at = "l.0.experts.gate_up_proj"
    result = held(wanted, (f"{at}_blocks", (4, 2 * F, D // 32, 16), "U8"), (f"{at}_scales", (4, 2 * F, D // 32), "U8"))
    assert result.verdict == EXPLAINED
    assert result.total == (8 * F * D, 8 * F * D)


def test_quantised_experts_of_their_own_are_the_sum_of_stacked_ones():
    scales = [(name + "_scale_inv", (1, 1)) for name, *_ in separate()]
    result = held(EXPERTS, *separate(("weight", "F8_E4M3")), *scales)
    assert result.verdict == EXPLAINED
    assert {"other layout", "quantised"} <= {note.kind for note in result.notes}
    assert result.total == (12 * F * D, 12 * F * D)


@pytest.mark.parametrize(("bits", "group"), [(4, 32), (4, 64), (3, 64), (6, 128), (8, 32)])
def test_words_of_mlx_are_unpacked_by_the_group_that_the_config_states(bits, group):
    """With unusual groups the words alone would stand for a different number of weights."""
    inputs = 384
    wanted = [Expected("l.0.experts.up.weight", (4, D, inputs), "experts")]
    at, grouped = "l.0.experts.up", (4, D, inputs // group)
    words = [(f"{at}.weight", (4, D, inputs * bits // 32), "U32"), (f"{at}.scales", grouped), (f"{at}.biases", grouped)]
    said = {"quantization": {"bits": bits, "group_size": group}}
    result = held(wanted, *words, **said)
    assert (result.verdict, result.total) == (EXPLAINED, (4 * D * inputs,) * 2)
    assert held([wanted[0]._replace(shape=(4, D, 2 * inputs))], *words, **said).verdict == DISAGREES


ASIDE = {
    "buffer": [
        *[("final_logits_bias", (1, V)), ("model.layers.0.mlp.gate.e_score_correction_bias", (8,))],
        *[("model.layers.0.layer_scalar", (1,)), ("model.layers.0.mlp.gate.tid2eid", (V, 2), "I64")],
    ],
    "scale of keys and values": [
        *[("model.layers.0.self_attn.k_scale", ()), ("model.layers.1.self_attn.attn.v_scale", (1,))],
        ("model.layers.0.self_attn.k_proj.output_scale", ()),
    ],
    "multi-token prediction": [
        *[("mtp.layers.0.self_attn.q_proj.weight", (D, D)), ("mtp.norm.weight", (D,))],
        *[("model.layers.2.eh_proj.weight", (D, 2 * D)), ("model.layers.2.norm.weight", (D,))],
    ],
}


@pytest.mark.parametrize("kind", ASIDE)
def test_what_is_no_parameter_of_the_model_is_set_aside_by_name(kind):
    result = held(MODEL, *pairs(MODEL), *ASIDE[kind])
    assert (result.verdict, result.total) == (EXPLAINED, (TOTAL, TOTAL))
    assert {note.kind for note in result.notes} == {kind}
    assert note(result, kind).tensors == len(ASIDE[kind])


@pytest.mark.parametrize("kind", ASIDE)
def test_what_is_set_aside_stands_for_nothing_that_is_missing(kind):
    without = [tensor for tensor in pairs(MODEL) if tensor[0] != "model.layers.0.self_attn.q_proj.weight"]
    result = held(MODEL, *without, *ASIDE[kind][:1])
    assert result.said == "incomplete: model.layers.0.self_attn.q_proj.weight is missing" or kind[0] == "m"


def test_a_parameter_that_others_have_as_a_buffer_is_found_under_its_other_name():
    bias = Expected("model.layers.0.mlp.gate.bias_of_experts", (8,), "router")
    result = held((*MODEL, bias), *pairs(MODEL), ("model.layers.0.router.e_score_correction_bias", (8,)))
    assert (result.verdict, result.total) == (EXPLAINED, (TOTAL + 8, TOTAL + 8))
    assert {note.kind for note in result.notes} == {"other names"}


def test_zero_biases_that_gptq_adds_are_said_and_others_are_not():
    result = held(W, *GPTQ, ("l.0.q.bias", (D,), "F16"))
    assert (result.verdict, result.total) == (EXPLAINED, (2 * D * D, 2 * D * D))
    assert note(result, "zero bias").elements == D
    assert held(W, *GPTQ, ("l.0.q.bias", (D + 1,), "F16")).lines == (f"l.*.q.bias: stored {D + 1}, not expected",)
    assert held(W, *PACKED["FP8"], ("l.0.q.bias", (D,))).verdict == DISAGREES


def test_a_value_head_is_a_head_more():
    result = held(MODEL, *pairs(MODEL), ("v_head.summary.weight", (1, D)), ("v_head.summary.bias", (1,)))
    assert (result.verdict, note(result, "extra head").elements) == (EXPLAINED, D + 1)


@pytest.mark.parametrize("lacking", [tensor.name for tensor in model(HEAD)])
def test_whatever_is_not_there_makes_a_checkpoint_incomplete(lacking):
    result = held(model(HEAD), *[one for one in pairs(tuple(model(HEAD))) if one[0] != lacking])
    assert (result.said, result.missing) == (f"incomplete: {lacking} is missing", (lacking,))
    more = held(model(HEAD), *[one for one in pairs(tuple(model(HEAD))) if one[0] != lacking], ("odd", (3, 5)))
    assert (more.verdict, more.missing) == (DISAGREES, (lacking,))


def test_many_that_are_not_there_are_one_and_how_many_more():
    assert held(MODEL, *pairs(MODEL)[:-3]).said == (
        "incomplete: model.layers.1.mlp.up_proj.weight and 2 more are missing"
    )


def test_what_is_computed_need_not_be_stored():
    """Marian's sinusoidal positions are parameters of its class, but are not saved."""
    positions = Expected("model.embed_positions.weight", (16, D), "position embedding", computed=True)
    result = held((*MODEL, positions), *pairs(MODEL))
    assert (result.verdict, note(result, "computed").elements) == (EXPLAINED, -16 * D)
    assert held((*MODEL, positions), *pairs((*MODEL, positions))).verdict == EXACT


def test_tables_outside_the_layers_may_be_cut_in_two():
    """Molmo stores the rows of new tokens as a separate table."""
    halves = [("wte.embedding", (V - 9, D)), ("wte.new_embedding", (9, D))]
    result = held(MODEL, *pairs(MODEL)[1:], *halves)
    assert (result.verdict, result.total) == (EXPLAINED, (TOTAL, TOTAL))
    assert held(MODEL, *pairs(MODEL)[1:], halves[0]).verdict == DISAGREES


def test_tensors_that_are_numbered_otherwise_are_matched_over_the_whole_model():
    queries = [Expected(f"model.layers.{layer}.query", (D, 3), "attention") for layer in (0, 1)]
    moved = [(f"queries.{place}", (D, 3)) for place in (1, 2)]
    result = held((*MODEL, *queries), *pairs(MODEL), *moved)
    assert (result.verdict, result.total) == (EXPLAINED, (TOTAL + 6 * D, TOTAL + 6 * D))
    assert held((*MODEL, *queries), *pairs(MODEL), *moved[:1]).verdict == INCOMPLETE


LORA = [
    ("base_model.model.model.layers.0.q_proj.lora_A.weight", (8, 64)),
    ("base_model.model.model.layers.0.q_proj.lora_B.weight", (96, 8)),
]


def test_an_adapter_is_counted_as_what_it_adds():
    checkpoint = stored(*LORA, ("base_model.model.score.weight", (2, 64)))
    config = {"r": 8, "base_model_name_or_path": "meta-llama/Llama-2-7b-hf"}
    found = adapter(checkpoint._replace(beside={"adapter_config.json": config}))
    assert found.modules == (("model.layers.0.q_proj", 8, 64, 96, 8 * 64 + 96 * 8),)
    assert [tensor.name for tensor in found.others] == ["base_model.model.score.weight"]
    assert (found.total, found.r, found.base) == (8 * 160 + 128, 8, "meta-llama/Llama-2-7b-hf")


def test_an_adapter_whose_pairs_do_not_fit_is_refused():
    for tensors in (LORA[:1], [LORA[0], (LORA[1][0], (96, 4))], [LORA[0], (LORA[1][0], (96, 8, 1))]):
        with pytest.raises(CheckpointError, match="not a pair of A and B"):
            adapter(stored(*tensors))
    with pytest.raises(CheckpointError, match="not a LoRA adapter"):
        adapter(stored(*pairs(MODEL)))
    with pytest.raises(CheckpointError, match="a LoRA adapter, not a model"):
        reconcile(MODEL, stored(*LORA))


def test_a_tensor_expected_twice_is_refused():
    with pytest.raises(InputError, match="expected twice"):
        reconcile([MODEL[0], MODEL[0]], stored(*pairs(MODEL)))


def test_a_head_that_the_checkpoint_ties_is_not_taken_for_absent():
    checkpoint = stored(*pairs(MODEL))._replace(shared={"lm_head.weight": "model.embed_tokens.weight"})
    assert reconcile(model(HEAD), checkpoint).verdict == DISAGREES


NAMES = st.sampled_from(
    [name for name, _ in pairs(MODEL)]
    + [tensor[0] for packed in PACKED.values() for tensor in packed]
    + ["lm_head.weight", "score.bias", "model.layers.1.self_attn.rotary_emb.inv_freq", "odd", "model.norm.gamma"]
)
SHAPES = st.lists(st.sampled_from([0, 1, 2, 16, 32, D, F, V]), max_size=4).map(tuple)
DTYPES = st.sampled_from(["F32", "BF16", "I32", "U32", "I64", "U8", "I8", "F8_E4M3"])


@given(st.dictionaries(NAMES, st.tuples(SHAPES, DTYPES), max_size=12), st.booleans())
def test_every_stored_element_is_in_one_row_and_every_difference_is_accounted_for(tensors, tied):
    """`held` checks it for any mixture of names, shapes and half packings."""
    held(model(TIED if tied else HEAD), *[(name, *rest) for name, rest in tensors.items()])


def seconds(layers):
    """The least CPU time of two runs over so many tensors, one of which is not stored."""
    wanted = [Expected(f"layers.{layer}.weight", (D, D), "attention") for layer in range(layers)]
    checkpoint = stored(*pairs(wanted[1:]))
    took = []
    for _ in range(2):
        start = time.process_time()
        reconcile(wanted, checkpoint)
        took.append(time.process_time() - start)
    return min(took)


def test_sixteen_times_the_tensors_take_no_more_than_a_few_times_as_long():
    """Where each tensor is held against all others, it is 256 times."""
    assert seconds(16_000) < 50 * seconds(1_000)
