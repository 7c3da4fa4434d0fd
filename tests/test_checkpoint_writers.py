"""Checkpoints written by torch, transformers and safetensors count the same as the modules they come from."""

import io
import pickle
import zipfile

import numpy as np
import pytest
from checkpoints import refused, survives
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.checkpoint import read
from paramcount.checkpoint.layouts import Expected
from paramcount.checkpoint.patterns import counts
from paramcount.checkpoint.reconcile import reconcile
from paramcount.checkpoint.result import EXACT, EXPLAINED

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SIZES = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "vocab_size": 100,
}


@pytest.fixture(scope="module")
def llama():
    torch.manual_seed(0)
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**SIZES, tie_word_embeddings=False))


def shapes(model):
    return {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}


def expected(model):
    """A module's parameters as a ledger lists them, with their aliases."""
    first = {}
    for name, parameter in model.named_parameters(remove_duplicate=False):
        owner = first.setdefault(parameter, name)
        component = "token embedding" if "embed" in name else "output head" if "lm_head" in name else "layers"
        yield Expected(name, tuple(parameter.shape), component, "" if owner == name else owner)


def test_what_the_safetensors_library_writes_is_read(tmp_path):
    import safetensors.numpy
    import safetensors.torch

    tensors = {"w": (3, 5), "b": (5,), "none": (0, 2), "one": ()}
    for dtype in (torch.float32, torch.bfloat16, torch.int64, torch.bool, torch.float8_e4m3fn, torch.complex64):
        made = {name: torch.zeros(shape, dtype=dtype) for name, shape in tensors.items()}
        safetensors.torch.save_file(made, tmp_path / "t.safetensors", {"format": "pt"})
        checkpoint = read(tmp_path / "t.safetensors")
        assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == tensors
        assert checkpoint.nbytes() == 21 * made["w"].itemsize
    made = {name: np.zeros(shape, np.uint16) for name, shape in tensors.items()}
    safetensors.numpy.save_file(made, tmp_path / "n.safetensors")
    assert {tensor.dtype for tensor in read(tmp_path / "n.safetensors").tensors} == {"U16"}


def test_a_sharded_model_of_transformers_counts_as_its_module(tmp_path, llama):
    llama.save_pretrained(tmp_path, max_shard_size="40KB")
    assert len(list(tmp_path.glob("*.safetensors"))) > 2
    checkpoint = read(tmp_path)
    assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == shapes(llama)
    assert checkpoint.elements() == sum(parameter.numel() for parameter in llama.parameters())
    assert checkpoint.beside["config.json"]["hidden_size"] == 32
    held = reconcile(expected(llama), checkpoint)
    assert (held.verdict, held.notes, held.lines) == (EXACT, (), ())
    assert held.total == (checkpoint.elements(), checkpoint.elements())


def test_rows_are_in_the_order_of_the_model(tmp_path, llama):
    llama.save_pretrained(tmp_path)
    rows = counts(read(tmp_path).tensors)
    assert rows[0].pattern == "model.embed_tokens.weight"
    assert [row.pattern for row in rows][-2:] == ["model.norm.weight", "lm_head.weight"]
    assert {row.times for row in rows if "*" in row.pattern} == {3}
    assert sum(row.params for row in rows) == read(tmp_path).elements()


def test_a_tied_model_is_stored_once(tmp_path):
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config(n_embd=32, n_layer=2, n_head=2, vocab_size=50))
    model.save_pretrained(tmp_path)
    held = reconcile(expected(model), read(tmp_path))
    assert held.verdict == EXACT
    assert [note.kind for note in held.notes] == ["shared"]
    torch.save(model.state_dict(), tmp_path / "tied.bin")
    checkpoint = read(tmp_path / "tied.bin")
    assert checkpoint.shared == {"lm_head.weight": "transformer.wte.weight"}
    assert checkpoint.elements() == sum(parameter.numel() for parameter in model.parameters())
    assert reconcile(expected(model), checkpoint).verdict == EXACT


def test_what_torch_saves_is_read_without_its_weights(tmp_path, llama):
    torch.save(llama.state_dict(), tmp_path / "pytorch_model.bin")
    torch.save({"state_dict": llama.state_dict()}, tmp_path / "x.pt")
    for path in (tmp_path, tmp_path / "x.pt"):
        checkpoint = read(path)
        assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == shapes(llama)
        assert {tensor.dtype for tensor in checkpoint.tensors} == {"F32"}
        assert checkpoint.format == "pytorch"


def test_sharded_pickles_are_read_through_their_index(tmp_path, llama):
    state = llama.state_dict()
    names = sorted(state)
    shards = {"pytorch_model-1.bin": names[:7], "pytorch_model-2.bin": names[7:]}
    for shard, part in shards.items():
        torch.save({name: state[name].clone() for name in part}, tmp_path / shard)
    weight_map = {name: shard for shard, part in shards.items() for name in part}
    (tmp_path / "pytorch_model.bin.index.json").write_text(str({"weight_map": weight_map}).replace("'", '"'))
    assert read(tmp_path).elements() == sum(tensor.numel() for tensor in state.values())


def test_without_torch_a_pickle_is_refused_with_the_way_to_read_it(tmp_path, monkeypatch):
    torch.save({"a": torch.zeros(2)}, tmp_path / "x.pt")
    monkeypatch.setattr("paramcount.checkpoint.pytorch.find_spec", lambda name: None)
    assert "pip install 'paramcount[verify]'" in refused(tmp_path / "x.pt")


class Evil:
    """Runs code if it is unpickled."""

    def __reduce__(self):
        return print, ("unpickled",)


def test_a_pickle_that_runs_code_is_refused_and_does_not_run(tmp_path, capsys):
    torch.save({"a": Evil()}, tmp_path / "x.pt")
    assert "torch refuses it" in refused(tmp_path / "x.pt")
    assert "unpickled" not in capsys.readouterr().out


def test_pickles_that_are_no_plain_tensors_are_refused(tmp_path):
    path = tmp_path / "x.pt"
    path.write_bytes(pickle.dumps({"a": 1}))
    assert "not the zip" in refused(path)
    torch.save({"a": torch.zeros(2)}, path, _use_new_zipfile_serialization=False)
    assert "not the zip" in refused(path)
    for value, said in (
        ([torch.zeros(2)], "no named tensors"),
        ({}, "no named tensors"),
        ({"a": 1}, "a is a int"),
        ({3: torch.zeros(2)}, "a tensor name that is not"),
        ({"a": torch.zeros(2, 2).to_sparse()}, "a is a Tensor"),
        ({"a": torch.zeros(9, device="meta")}, "a is a Tensor"),
        ({"a": torch.zeros(1).expand(10**9)}, "needs 4,000,000,000 bytes, more than stored"),
    ):
        torch.save(value, path)
        assert said in refused(path)


def test_a_compressed_or_damaged_zip_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.pt", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x/data.pkl", b"0" * 1000)
    assert "compressed" in refused(tmp_path / "x.pt")
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as made:
        made.writestr("x/byteorder", "big")
    assert "another byte order" in refused(tmp_path / "x.pt")
    (tmp_path / "x.pt").write_bytes(b"PK\x03\x04" + bytes(50))
    assert "not a zip file" in refused(tmp_path / "x.pt")


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    buffer = io.BytesIO()
    torch.save({"a": torch.zeros(2, 3), "b": torch.zeros(4)}, buffer)
    return tmp_path_factory.mktemp("pickles") / "x.pt", buffer.getvalue()


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=4))
def test_flipped_bytes_of_a_pickle_are_read_or_refused(saved, flips):
    path, data = saved[0], bytearray(saved[1])
    for at, value in flips:
        data[at % len(data)] = value
    path.write_bytes(data)
    survives(path)


def test_stacked_experts_are_reconciled_with_experts_of_their_own(tmp_path):
    sizes = SIZES | {"num_local_experts": 4, "num_experts_per_tok": 2}
    model = transformers.MixtralForCausalLM(transformers.MixtralConfig(**sizes))
    wanted = list(expected(model))
    model.save_pretrained(tmp_path)
    checkpoint = read(tmp_path)
    assert any(".experts.3.w1.weight" in tensor.name for tensor in checkpoint.tensors)
    held = reconcile(wanted, checkpoint)
    assert held.verdict == EXPLAINED
    assert held.total.expected == held.total.stored == checkpoint.elements()
    assert "other layout" in {note.kind for note in held.notes}


def test_a_base_model_of_transformers_is_the_model_without_its_head(tmp_path, llama):
    llama.model.save_pretrained(tmp_path)
    held = reconcile(expected(llama), read(tmp_path))
    assert held.said == "incomplete: lm_head.weight is missing"
    assert {note.kind for note in held.notes} == {"prefix"}
    assert held.total == (held.elements + 100 * 32, held.elements)
