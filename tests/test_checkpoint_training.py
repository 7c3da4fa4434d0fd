"""What training programs save: weights under some key beside other things, and ranks that hold slices."""

import argparse
import json
import pathlib

import pytest
from checkpoints import refused
from hypothesis import given, settings
from hypothesis import strategies as st

from paramcount.checkpoint import read

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

ARGUMENTS = {"n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 16, "bias": False, "vocab_size": 65}


class Net(nn.Module):
    """A tied table, two maps and a buffer."""

    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(65, 32)
        self.h = nn.ModuleList(nn.Linear(32, 32) for _ in range(2))
        self.lm_head = nn.Linear(32, 65, bias=False)
        self.lm_head.weight = self.wte.weight
        self.register_buffer("inv_freq", torch.zeros(8))


class Own:
    """A user's own class, which is never created when its pickle is read."""

    def __setstate__(self, state):
        raise AssertionError("made")


@pytest.fixture(scope="module")
def net():
    net = Net()
    optimizer = torch.optim.AdamW(net.parameters())
    sum(map(torch.sum, net.parameters())).backward()
    optimizer.step()
    return net, optimizer.state_dict()


def parameters(net):
    return sum(parameter.numel() for parameter in net.parameters())


@pytest.mark.parametrize("key", ["model", "model_state_dict", "state_dict", "module"])
def test_weights_are_found_under_the_keys_of_training_programs(key, net, tmp_path, run):
    model, optimizer = net
    own = Own()
    own.step = 3
    saved = {
        key: model.state_dict(),
        "optimizer": optimizer,
        "model_args": ARGUMENTS,
        "own": own,
        "loss": torch.ones(()),
    }
    torch.save(saved, tmp_path / "ckpt.pt")
    checkpoint = read(tmp_path / "ckpt.pt")
    assert checkpoint.elements() == parameters(model) + 8
    assert checkpoint.wrapped.within == key
    assert dict(checkpoint.wrapped.arguments) == ARGUMENTS
    assert checkpoint.shared == {"lm_head.weight": "wte.weight"}
    moments = sum(value.numel() for state in optimizer["state"].values() for value in state.values())
    assert f"{moments:,} numbers" in checkpoint.wrapped.left["optimizer"]
    said = run(str(tmp_path / "ckpt.pt")).stdout
    assert f"without them there are {parameters(model):,}" in said
    assert "block_size = 16" in said
    assert "bias = no" in said
    assert json.loads(run(str(tmp_path / "ckpt.pt"), "--json").stdout)["checkpoint"]["within"] == key


def test_a_lightning_file_and_megatrons_arguments_are_read(net, tmp_path):
    model, optimizer = net
    torch.save({"state_dict": model.state_dict(), "optimizer_states": [optimizer]}, tmp_path / "last.ckpt")
    assert read(tmp_path / "last.ckpt").elements() == parameters(model) + 8
    arguments = argparse.Namespace(hidden_size=32, data=pathlib.PurePosixPath("/x"), dtype=torch.bfloat16)
    nested = {"model": {"language_model": {"embedding": {"word_embeddings": {"weight": torch.zeros(4, 32)}}}}}
    torch.save({**nested, "args": arguments}, tmp_path / "m.pt")
    checkpoint = read(tmp_path / "m.pt")
    assert [tensor.name for tensor in checkpoint.tensors] == ["language_model.embedding.word_embeddings.weight"]
    assert dict(checkpoint.wrapped.arguments) == {"hidden_size": 32}


class Evil:
    """Runs what it was created with if it is unpickled."""

    def __init__(self, function, *given):
        self.call = function, given

    def __reduce__(self):
        return self.call


def test_no_code_of_a_training_checkpoint_runs(net, tmp_path, capsys):
    import os

    for function, given_ in (
        (print, ("ran",)),
        (exec, ("print('ran')",)),
        (os.system, ("echo ran",)),
        (getattr, (1, "x")),
    ):
        torch.save({"model": {"a.weight": torch.zeros(2)}, "x": Evil(function, *given_)}, tmp_path / "x.pt")
        assert "torch refuses it" in refused(tmp_path / "x.pt")
    torch.save({"model": {"a.weight": torch.zeros(2)}, "x": Evil(pytest.main, ["-h"])}, tmp_path / "x.pt")
    assert read(tmp_path / "x.pt").elements() == 2  # another program's: a stand-in takes its place
    assert not capsys.readouterr().out


def test_a_tower_of_containers_costs_no_time(tmp_path):
    tower = {}
    for _ in range(11):
        tower = {f"k{number}": tower for number in range(50)}
    torch.save({"model": tower, "optimizer": [tower] * 50}, tmp_path / "x.pt")
    assert "model is a dict" in refused(tmp_path / "x.pt")


def test_zero_3_leaves_shapes_and_no_numbers(net, tmp_path):
    model, _ = net
    shapes = {name: parameter.shape for name, parameter in model.named_parameters()}
    empty = {name: torch.empty(0) for name in shapes}
    torch.save({"module": empty, "param_shapes": [shapes]}, tmp_path / "zero_pp_rank_0_mp_rank_00_model_states.pt")
    assert read(tmp_path / "zero_pp_rank_0_mp_rank_00_model_states.pt").elements() == parameters(model)
    torch.save({"module": empty}, tmp_path / "x.pt")
    assert "ZeRO-3" in refused(tmp_path / "x.pt")


def llama_of_meta(n_layers, width, heads, ff, vocab):
    """Shapes by Meta's names (llama/model.py) and the side along which fairscale's layers cut them."""
    shapes = {"tok_embeddings.weight": ((vocab, width), 1), "norm.weight": ((width,), None)}
    shapes |= {"output.weight": ((vocab, width), 0), "rope.freqs": ((heads,), None)}
    for layer in range(n_layers):
        own = f"layers.{layer}."
        for name in ("wq", "wk", "wv"):
            shapes[f"{own}attention.{name}.weight"] = (width, width), 0
        shapes[f"{own}attention.wo.weight"] = (width, width), 1
        shapes[f"{own}feed_forward.w1.weight"] = (ff, width), 0
        shapes[f"{own}feed_forward.w3.weight"] = (ff, width), 0
        shapes[f"{own}feed_forward.w2.weight"] = (width, ff), 1
        shapes |= {f"{own}{norm}_norm.weight": ((width,), None) for norm in ("attention", "ffn")}
    return shapes


def gpt_of_megatron(n_layers, width, ff, vocab):
    """Shapes by Megatron-core's names, each with the side along which it is cut."""
    shapes = {"embedding.word_embeddings.weight": ((vocab, width), 0)}
    shapes["embedding.position_embeddings.weight"] = (16, width), None
    for layer in range(n_layers):
        own = f"decoder.layers.{layer}."
        shapes[f"{own}self_attention.linear_qkv.weight"] = (3 * width, width), 0
        shapes[f"{own}self_attention.linear_qkv.bias"] = (3 * width,), 0
        shapes[f"{own}self_attention.linear_proj.weight"] = (width, width), 1
        shapes[f"{own}self_attention.linear_proj.bias"] = (width,), None
        shapes[f"{own}mlp.linear_fc1.weight"] = (ff, width), 0
        shapes[f"{own}mlp.linear_fc1.layer_norm_weight"] = (width,), None
        shapes[f"{own}mlp.linear_fc2.weight"] = (width, ff), 1
    shapes["decoder.final_layernorm.weight"] = (width,), None
    return shapes


def slices(shapes, ranks):
    """The state of each rank."""
    whole = {name: (torch.zeros(shape, dtype=torch.int8), axis) for name, (shape, axis) in shapes.items()}
    return [
        {name: t.clone() if axis is None else t.chunk(ranks, axis)[rank].clone() for name, (t, axis) in whole.items()}
        for rank in range(ranks)
    ]


SIZES = st.tuples(st.integers(1, 3), st.integers(1, 3), st.sampled_from([1, 2, 4]), st.integers(1, 4))


@settings(max_examples=12, deadline=None)
@given(SIZES)
def test_the_ranks_of_metas_files_are_joined(tmp_path_factory, sizes):
    n_layers, times, ranks, more = sizes
    shapes = llama_of_meta(n_layers, 8 * times, 4, 8 * more, 16 * more)
    folder = tmp_path_factory.mktemp("meta")
    for rank, state in enumerate(slices(shapes, ranks)):
        torch.save(state, folder / f"consolidated.{rank:02}.pth")
    checkpoint = read(folder)
    assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == {
        k: shape for k, (shape, _) in shapes.items()
    }
    assert checkpoint.ranks == ranks


@settings(max_examples=12, deadline=None)
@given(SIZES, st.sampled_from([1, 2, 3]))
def test_megatrons_ranks_and_stages_are_joined(tmp_path_factory, sizes, stages):
    each, times, ranks, more = sizes
    shapes = gpt_of_megatron(each * stages, 8 * times, 8 * more, 16 * more)
    folder = tmp_path_factory.mktemp("megatron")
    arguments = argparse.Namespace(untie_embeddings_and_output_weights=False)
    for stage in range(stages):
        own = {}
        for name, held in shapes.items():
            number = int(name.split(".")[2]) if "layers" in name else stages * each if "final" in name else -1
            if min(max(number // each, 0), stages - 1) == stage:
                own[name.replace(f"layers.{number}.", f"layers.{number - stage * each}.")] = held
        if stage == stages - 1 > 0:
            own["output_layer.weight"] = shapes["embedding.word_embeddings.weight"]
        for rank, state in enumerate(slices(own, ranks)):
            place = folder / (f"mp_rank_{rank:02}" + (f"_{stage:03}" if stages > 1 else ""))
            place.mkdir()
            saved = {"model": {**state, "decoder.x._extra_state": None}, "args": arguments}
            torch.save(saved, place / "model_optim_rng.pt")
    checkpoint = read(folder)
    assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == {
        k: shape for k, (shape, _) in shapes.items()
    }
    assert checkpoint.ranks == ranks * stages


def test_one_rank_of_several_is_said_to_be_one(tmp_path, run):
    for rank, state in enumerate(slices(llama_of_meta(1, 8, 2, 16, 16), 2)):
        torch.save(state, tmp_path / f"consolidated.{rank:02}.pth")
    assert "It is one rank of 2" in run(str(tmp_path / "consolidated.00.pth")).stdout
    (tmp_path / "consolidated.00.pth").unlink()
    assert "not every stage and slice" in refused(tmp_path)
    for rank in range(2):
        torch.save({"own.weight": torch.zeros(2, 2)}, tmp_path / f"consolidated.{rank:02}.pth")
    assert "no rule says how the slices of own.weight" in refused(tmp_path)


def test_what_trainers_save_beside_a_model_is_not_taken_for_it(net, tmp_path, run):
    torch.save({"state": {}}, tmp_path / "optimizer.pt")
    torch.save({"x": 1}, tmp_path / "training_args.bin")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2", "n_layer": 1}))
    assert run(str(tmp_path)).exit_code == 0


def nanogpt(d, n_layers, vocab, context, bias):
    """The state of nanoGPT's module (model.py): names and shapes written by hand, including masks."""
    state = {"transformer.wte.weight": torch.zeros(vocab, d), "transformer.wpe.weight": torch.zeros(context, d)}
    maps = {"attn.c_attn": (3 * d, d), "attn.c_proj": (d, d), "mlp.c_fc": (4 * d, d), "mlp.c_proj": (d, 4 * d)}
    norms = {f"transformer.h.{at}.{name}": (d,) for at in range(n_layers) for name in ("ln_1", "ln_2")}
    owners = {f"transformer.h.{at}.{name}": shape for at in range(n_layers) for name, shape in maps.items()}
    for name, shape in {**owners, **norms, "transformer.ln_f": (d,)}.items():
        state[f"{name}.weight"] = torch.zeros(shape)
        state |= {f"{name}.bias": torch.zeros(shape[0])} if bias else {}
    n_params = sum(tensor.numel() for tensor in state.values())
    masks = {f"transformer.h.{at}.attn.bias": torch.zeros(1, 1, context, context) for at in range(n_layers)}
    return {**state, **masks, "lm_head.weight": state["transformer.wte.weight"]}, n_params


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(3, 70), st.booleans())
def test_nanogpts_file_is_held_against_its_own_arguments(tmp_path_factory, heads, n_layers, vocab, bias):
    from paramcount.catalog.locate import locate
    from paramcount.report.checkpoint import expected, reconcile

    d = 16 * heads
    state, n_params = nanogpt(d, n_layers, vocab, 24, bias)
    arguments = {"n_layer": n_layers, "n_head": heads, "n_embd": d, "block_size": 24, "bias": bias, "vocab_size": vocab}
    path = tmp_path_factory.mktemp("nano") / "ckpt.pt"
    state = {f"_orig_mod.{name}": tensor for name, tensor in state.items()}
    torch.save({"model": state, "model_args": arguments, "iter_num": 1}, path)
    found = locate(str(path))
    assert found.spec.model().total() == n_params
    assert reconcile(expected(found.spec.model()), found.checkpoint).verdict.startswith("agrees")


@pytest.mark.parametrize("ranks", [1, 2])
def test_metas_folder_is_held_against_its_params(tmp_path, run, ranks):
    shapes = llama_of_meta(2, 48, 6, 128, 64)
    for rank, state in enumerate(slices(shapes, ranks)):
        torch.save(state, tmp_path / f"consolidated.{rank:02}.pth")
    sizes = {"dim": 48, "n_layers": 2, "n_heads": 6, "vocab_size": 64, "multiple_of": 32, "norm_eps": 1e-5}
    (tmp_path / "params.json").write_text(json.dumps(sizes))
    ran = run(str(tmp_path), "--json")
    said = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert said["total"] == sum(torch.Size(shape).numel() for shape, _ in shapes.values()) - 6
    assert said["checkpoint"]["verdict"] == "agrees after named explanations"
