"""A checkpoint without its config: packed words never count as parameters, and an index is a second witness."""

import json

import pytest
from checkpoints import write_header
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.checkpoint import read
from paramcount.checkpoint.alone import unknown_words, unpacked_alone
from paramcount.checkpoint.held import Quantisation
from paramcount.checkpoint.safetensors import BITS
from paramcount.checkpoint.witness import witnesses


def llama(layers, d, ff, vocab):
    """The shapes of a small Llama, written by hand."""
    shapes = {"model.embed_tokens.weight": (vocab, d), "model.norm.weight": (d,), "lm_head.weight": (vocab, d)}
    for layer in range(layers):
        own = f"model.layers.{layer}."
        shapes |= {f"{own}self_attn.{name}_proj.weight": (d, d) for name in "qkvo"}
        shapes |= {f"{own}mlp.gate_proj.weight": (ff, d), f"{own}mlp.up_proj.weight": (ff, d)}
        shapes |= {f"{own}mlp.down_proj.weight": (d, ff)}
        shapes |= {f"{own}{name}_layernorm.weight": (d,) for name in ("input", "post_attention")}
    return shapes


def total(shapes):
    found = 0
    for shape in shapes.values():
        sides = 1
        for side in shape:
            sides *= side
        found += sides
    return found


def write_typed(path, tensors):
    header, end = {}, 0
    for name, (shape, dtype) in tensors.items():
        begin, end = end, end + total({"": shape}) * BITS[dtype] // 8
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    return write_header(path, header)


GROUPS, BITS_OF = (32, 64, 128), (2, 3, 4, 6, 8)


def mlx(shapes, bits, group):
    """The same as MLX stores it: 32-bit words along each row, with a scale and a bias for each group."""
    found = {}
    for name, shape in shapes.items():
        if len(shape) == 1:
            found[name] = shape, "BF16"
            continue
        rows, columns = shape
        module = name.removesuffix(".weight")
        found[name] = (rows, columns * bits // 32), "U32"
        found |= {f"{module}.{own}": ((rows, columns // group), "BF16") for own in ("scales", "biases")}
    return found


@settings(max_examples=30, deadline=None)
@given(
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(BITS_OF),
    st.sampled_from([32, 64, 128]),
)
def test_a_file_of_mlx_tells_its_weights_by_the_width_of_its_norms(tmp_path_factory, layers, d, ff, bits, group):
    shapes = llama(layers, 128 * d, 128 * ff, 50)
    path = write_typed(tmp_path_factory.mktemp("mlx") / "model.safetensors", mlx(shapes, bits, group))
    weights = unpacked_alone(read(path).tensors, Quantisation())
    counts = {sum(weight.params for weight in weights)} if all(len(one.shapes) == 1 for one in weights) else set()
    assert counts <= {total(shapes)}
    assert counts  # one norm's width is enough


def test_packed_words_are_said_to_be_none(tmp_path, run):
    path = write_typed(tmp_path / "x.safetensors", {"a.qweight": ((16, 128), "I32"), "b.weight": ((4, 4), "F16")})
    said = run(str(path))
    assert "2,048 elements in 1 tensor are packed words" in said.stdout
    assert json.loads(run(str(path), "--json").stdout)["unpacked"] is None
    assert [one.name for one in unknown_words(unpacked_alone(read(path).tensors, Quantisation()))] == ["a.qweight"]
    path = write_typed(tmp_path / "y.safetensors", mlx(llama(1, 128, 128, 50), 4, 64))
    assert f"{total(llama(1, 128, 128, 50)):,} parameters" in run(str(path)).stdout


def test_a_head_that_may_be_tied_is_said_with_what_is_left(tmp_path, run):
    shapes = llama(1, 32, 64, 50)
    path = write_typed(tmp_path / "x.safetensors", {name: (shape, "F16") for name, shape in shapes.items()})
    assert f"there are {total(shapes) - 50 * 32:,} parameters" in run(str(path)).stdout


GPT2 = {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 2, "vocab_size": 50, "torch_dtype": "float16"}


def folder_of(tmp_path, **stated):
    """A folder whose weights were never downloaded: its config and its index."""
    (tmp_path / "config.json").write_text(json.dumps(GPT2))
    index = {"metadata": stated, "weight_map": {"wte.weight": "model-00001-of-00002.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    return str(tmp_path)


def test_a_folder_without_its_weights_counts_by_its_config(tmp_path, run):
    from paramcount import load

    n = load(GPT2).total()
    for stated, said in (
        ({"total_size": 2 * n}, "agrees (in 2 bytes per number)"),
        ({"total_size": float(2 * n)}, "agrees (in 2 bytes per number)"),
        ({"total_size": 4 * n}, "agrees (in 4 bytes per number; the config says 2)"),
        ({"total_parameters": n, "total_size": 2 * n}, f"total_parameters = {n:,}: agrees"),
        ({"total_parameters": n + 1600}, "+1,600 numbers off: the size of the token embedding"),
        ({"total_parameters": n + 7}, "+7 numbers off: no explanation found"),
        ({"total_size": 2 * n + 1}, "not a whole number of parameters"),
        ({"total_size": "x"}, "lacks 1 of its 1 shards"),
    ):
        ran = run(folder_of(tmp_path, **stated))
        assert ran.exit_code == 0
        assert f"{n:,}" in ran.stdout
        assert said in ran.stdout
    found = json.loads(run(folder_of(tmp_path, total_size=2 * n), "--json").stdout)["index"]
    assert found == [{"key": "total_size", "stated": 2 * n, "numbers": n, "off": 0, "agrees": True}
                     | {"why": "in 2 bytes per number"}]  # fmt: skip


def test_pointers_and_the_hubs_cache_folders_count_by_their_config(tmp_path, run):
    commit = tmp_path / "models--a--b" / "snapshots" / ("0" * 40)
    commit.mkdir(parents=True)
    (commit / "config.json").write_text(json.dumps(GPT2))
    (commit / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    for path in (commit, tmp_path / "models--a--b"):
        ran = run(str(path))
        assert ran.exit_code == 0
        assert "a git-lfs pointer" in ran.stdout
    (tmp_path / "models--a--b" / "snapshots" / ("1" * 40)).mkdir()
    assert "2 snapshots" in run(str(tmp_path / "models--a--b")).stderr
    (tmp_path / "models--a--b" / "refs").mkdir()
    (tmp_path / "models--a--b" / "refs" / "main").write_text("0" * 40)
    assert run(str(tmp_path / "models--a--b")).exit_code == 0
    assert run(str(commit / "model.safetensors")).exit_code == 2  # asked for by name, it is the error


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_an_index_in_any_width_agrees(width):
    [found] = witnesses({"total_size": 100 * width}, 100, {}, {})
    assert found.agrees
    assert found.numbers == 100
    [found] = witnesses({"total_size": 100 * width + 1}, 100, {}, {"dtype": "bfloat16"})
    assert not found.agrees


def test_a_quantised_index_is_no_witness_of_a_count():
    [found] = witnesses({"total_size": 60}, 100, {}, {"quantization_config": {"bits": 4}})
    assert not found.agrees
    assert "4.80 bits per parameter" in found.said()
