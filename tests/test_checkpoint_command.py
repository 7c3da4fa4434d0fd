"""`paramcount FOLDER`: the verdict on a checkpoint, and the exit status."""

import json

import pytest
from checkpoints import entries, write_header

SIZES = {"vocab_size": 320, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 1}
CONFIG = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    **SIZES,
    "num_attention_heads": 4,
    "tie_word_embeddings": False,
}
LAYER = {
    **{f"self_attn.{name}_proj": (64, 64) for name in "qkvo"},
    **{"mlp.gate_proj": (128, 64), "mlp.up_proj": (128, 64), "mlp.down_proj": (64, 128)},
    **{"input_layernorm": (64,), "post_attention_layernorm": (64,)},
}
SHAPES = {
    "model.embed_tokens.weight": (320, 64),
    **{f"model.layers.0.{name}.weight": shape for name, shape in LAYER.items()},
    "model.norm.weight": (64,),
    "lm_head.weight": (320, 64),
}
PARAMS = 2 * 320 * 64 + 4 * 64 * 64 + 3 * 64 * 128 + 3 * 64


def saved(path, shapes, dtypes=None, **config):
    """Write a folder with a config and tensors of these shapes, F32 except for *dtypes*."""
    header, end = {}, 0
    for name, shape in shapes.items():
        entry = entries({name: shape}, (dtypes or {}).get(name, "F32"))[name]
        length = entry["data_offsets"][1]
        header[name] = {**entry, "data_offsets": [end, end + length]}
        end += length
    (path / "config.json").write_text(json.dumps({**CONFIG, **config}))
    write_header(path / "model.safetensors", header)
    return str(path)


def without(*names):
    return {name: shape for name, shape in SHAPES.items() if name not in names}


def test_a_whole_checkpoint_agrees(run, tmp_path):
    ran = run(saved(tmp_path, SHAPES))
    assert (ran.exit_code, "agrees exactly." in ran.stdout) == (0, True)


@pytest.mark.parametrize("name", SHAPES)
def test_a_checkpoint_without_a_tensor_is_incomplete_and_exits_1(run, tmp_path, name):
    folder = saved(tmp_path, without(name))
    ran = run(folder)
    assert (ran.exit_code, f"incomplete: {name} is missing." in ran.stdout) == (1, True)
    document = json.loads(run(folder, "--json").stdout)["checkpoint"]
    assert (document["verdict"], document["missing"]) == ("incomplete", [name])


def test_a_tied_head_need_not_be_there(run, tmp_path):
    ran = run(saved(tmp_path, without("lm_head.weight"), tie_word_embeddings=True))
    assert ran.exit_code == 0


def packed(bits=4):
    """The layer's linear maps as GPTQ packs them, with the zero biases that its writers add."""
    shapes, dtypes = {}, {}
    for name, shape in SHAPES.items():
        if "_proj" not in name:
            shapes[name] = shape
            continue
        module, (outputs, inputs) = name.removesuffix(".weight"), shape
        words = {"qweight": (inputs * bits // 32, outputs), "qzeros": (1, outputs * bits // 32), "scales": (1, outputs)}
        shapes |= {f"{module}.{own}": sides for own, sides in words.items()} | {f"{module}.bias": (outputs,)}
        dtypes |= {f"{module}.{own}": "I32" for own in ("qweight", "qzeros")}
    return shapes, dtypes


def test_zero_biases_of_gptq_are_no_disagreement(run, tmp_path):
    ran = run(saved(tmp_path, *packed()))
    assert ran.exit_code == 0
    assert "agrees after named explanations" in ran.stdout
    assert "zero biases added by quantisation, 576 elements in 7 tensors" in ran.stdout


def test_packed_words_alone_are_said_to_be_so_and_counted_unpacked(run, tmp_path):
    shapes, dtypes = packed()
    saved(tmp_path, {name: shape for name, shape in shapes.items() if not name.endswith("bias")}, dtypes)
    (tmp_path / "config.json").unlink()
    ran = run(str(tmp_path / "model.safetensors"))
    assert f"Unpacked, all of it comes to {PARAMS:,} parameters." in ran.stdout
    assert json.loads(run(str(tmp_path), "--json").stdout)["unpacked"] == PARAMS
    saved(tmp_path, SHAPES)
    (tmp_path / "config.json").unlink()
    assert json.loads(run(str(tmp_path), "--json").stdout)["unpacked"] is None


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_a_folder_of_mlx_agrees_with_its_config(run, tmp_path, bits):
    shapes, dtypes = {}, {}
    for name, shape in SHAPES.items():
        shapes[name] = shape
        if len(shape) == 2:
            module, (outputs, inputs) = name.removesuffix(".weight"), shape
            shapes |= {name: (outputs, inputs * bits // 32)} | {
                f"{module}.{own}": (outputs, 1) for own in ("scales", "biases")
            }
            dtypes[name] = "U32"
    said = {"group_size": 64, "bits": bits}
    shapes = {
        name: (sides[0], 2) if "down_proj.s" in name or "down_proj.b" in name else sides
        for name, sides in shapes.items()
    }
    ran = run(saved(tmp_path, shapes, dtypes, quantization=said), "--json")
    document = json.loads(ran.stdout)["checkpoint"]
    assert (ran.exit_code, document["expected"], document["stored"]) == (0, PARAMS, PARAMS)
