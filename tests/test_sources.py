"""Checkpoints and hub repositories on the command line: counted, compared with their config, or refused in one line."""

import json
import os

import numpy
import pytest
from safetensors.numpy import save, save_file

from paramcount.catalog.from_config import spec_of
from paramcount.config.document import of
from paramcount.report.checkpoint import expected

TINY = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "vocab_size": 40,
    "tie_word_embeddings": False,
}
GPT2 = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_embd": 8, "n_layer": 2, "n_head": 2}
GPT2 |= {"vocab_size": 30, "n_positions": 16}


def weights(config, kind=numpy.float16):
    """Zeros for every tensor that a checkpoint of the config's model stores."""
    tensors = expected(spec_of(of(config), "model").model())
    return {tensor.name: numpy.zeros(tensor.shape, kind) for tensor in tensors if not tensor.shares}


@pytest.fixture
def folder(tmp_path):
    """Write a model's folder and return its path."""

    def write(config, tensors=None, name="mine"):
        place = tmp_path / name
        place.mkdir()
        if config:
            (place / "config.json").write_text(json.dumps(config))
        if tensors:
            save_file(tensors, place / "model.safetensors")
        return str(place)

    return write


def documented(run, *arguments):
    done = run(*arguments, "--json")
    return done.exit_code, json.loads(done.stdout)


def test_a_folder_is_counted_and_its_checkpoint_agrees_exactly(run, folder):
    place = folder(TINY, weights(TINY))
    total = sum(tensor.size for tensor in weights(TINY).values())
    code, document = documented(run, place)
    assert (code, document["total"], document["checkpoint"]["elements"]) == (0, total, total)
    assert document["checkpoint"]["verdict"] == "agrees exactly"
    assert documented(run, os.path.join(place, "model.safetensors"))[1]["total"] == total
    assert f"{2 * total:,} bytes, F16: agrees exactly." in run(place).stdout


def test_tensors_are_shown_under_the_checkpoints_own_names(run, folder):
    text = run(folder(TINY, weights(TINY)), "--tensors").stdout
    assert "model.layers.*.self_attn.q_proj.weight" in text


def test_a_layer_too_many_is_a_disagreement_and_exits_with_1(run, folder):
    place = folder({**TINY, "num_hidden_layers": 1}, weights(TINY))
    code, document = documented(run, place)
    assert (code, document["checkpoint"]["verdict"]) == (1, "disagrees")
    assert "model.layers.*.self_attn.q_proj.weight: stored 16 × 16, not expected" in run(place).stdout


def test_gpt2s_masks_on_the_hub_are_buffers_and_no_parameters(run, folder):
    masks = {f"transformer.h.{layer}.attn.bias": numpy.zeros((1, 1, 16, 16), numpy.float16) for layer in range(2)}
    code, document = documented(run, folder(GPT2, {**weights(GPT2), **masks}))
    checkpoint = document["checkpoint"]
    assert (code, checkpoint["verdict"]) == (0, "agrees after named explanations")
    assert checkpoint["elements"] == document["total"] + 2 * 16 * 16
    assert "buffer" in [note["kind"] for note in checkpoint["explanations"]]


def test_a_tied_head_stored_a_second_time_is_said(run, folder):
    copy = {"lm_head.weight": numpy.zeros((30, 8), numpy.float16)}
    code, document = documented(run, folder(GPT2, {**weights(GPT2), **copy}))
    assert (code, document["checkpoint"]["elements"]) == (0, document["total"] + 30 * 8)


def test_a_checkpoint_without_a_config_is_counted_and_says_what_is_not_known(run, folder):
    place = folder(None, weights(TINY))
    code, document = documented(run, place)
    assert (code, document["checkpoint"]["tensors"]) == (0, len(weights(TINY)))
    assert "no config.json beside it" in run(place).stdout
    assert "a checkpoint without a config.json; valid: " in run("compare", place, "gpt2").stderr


def test_an_adapter_is_counted_as_what_it_adds(run, tmp_path):
    front = "base_model.model.model.layers.0.self_attn.q_proj"
    sides = {f"{front}.lora_A.weight": numpy.zeros((4, 16)), f"{front}.lora_B.weight": numpy.zeros((16, 4))}
    save_file(sides, tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 4, "base_model_name_or_path": "owner/base"}))
    code, document = documented(run, str(tmp_path))
    assert (code, document["total"], document["adapter"]["base"]) == (0, 2 * 4 * 16, "owner/base")


def test_one_shard_is_said_to_be_one(run, folder):
    place = folder(TINY)
    shard = os.path.join(place, "model-00001-of-00002.safetensors")
    save_file(dict(list(weights(TINY).items())[:1]), shard)
    done = run(shard)
    assert done.exit_code == 1
    assert "Checkpoint: safetensors, 1 tensor in 1 file, 640 elements" in done.stdout
    assert "It is one file of 2; valid: their folder or index" in done.stdout
    assert "incomplete: " in done.stdout
    assert "more are missing" in done.stdout
    os.unlink(os.path.join(place, "config.json"))
    assert "It is one file of 2; " in run(shard).stdout


def test_a_lying_header_is_one_line(run, tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes((2**60).to_bytes(8, "little") + b"{}")
    done = run(str(path))
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_a_pickle_beside_a_config_is_not_read_without_torch_and_the_config_is_counted(run, folder, monkeypatch):
    torch = pytest.importorskip("torch")
    place = folder(TINY)
    torch.save({"x": torch.zeros(3)}, os.path.join(place, "pytorch_model.bin"))
    monkeypatch.setattr("paramcount.checkpoint.pytorch.find_spec", lambda name: None)
    code, document = documented(run, place)
    assert (code, document["total"]) == (0, sum(tensor.size for tensor in weights(TINY).values()))
    assert "Its weights were not read: " in document["notes"][-1]
    done = run(os.path.join(place, "pytorch_model.bin"))
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert "pip install 'paramcount[verify]'" in done.stderr


def test_weights_whose_config_is_not_counted_are_counted_alone(run, folder):
    place = folder({**TINY, "hidden_size": "wide"}, weights(TINY))
    done = run(place)
    assert done.exit_code == 0
    assert "hidden_size = wide; valid: a whole number from 1 up" in done.stdout


WHOLE = {"model_type": "llava", "architectures": ["LlavaForConditionalGeneration"], "text_config": TINY}


def under(front, tensors):
    return {front + name: tensor for name, tensor in tensors.items()}


def test_of_a_model_of_text_and_images_the_text_is_held_against_the_checkpoint(run, folder):
    images = {"vision_tower.layers.0.weight": numpy.zeros((4, 4), numpy.float16)}
    place = folder(WHOLE, {**under("language_model.", weights(TINY)), **images})
    code, document = documented(run, place, "--part", "text")
    assert (code, document["checkpoint"]["verdict"]) == (0, "agrees after named explanations")
    assert document["checkpoint"]["elements"] == document["total"] + 16
    assert "This counts only the text model" in document["notes"][0]


def test_a_text_layer_too_many_is_not_taken_for_another_part(run, folder):
    fewer = {**WHOLE, "text_config": {**TINY, "num_hidden_layers": 1}}
    code, document = documented(run, folder(fewer, under("language_model.", weights(TINY))))
    assert (code, document["checkpoint"]["verdict"]) == (1, "disagrees")


def test_a_hub_repository_is_counted_by_its_config_and_its_headers(run, hub):
    hub.add("owner/tiny", {"config.json": json.dumps(TINY).encode(), "model.safetensors": save(weights(TINY))})
    code, document = documented(run, "owner/tiny")
    assert code == 0
    assert document["total"] == document["checkpoint"]["elements"]
    assert (document["model"], document["checkpoint"]["verdict"]) == ("owner/tiny", "agrees exactly")


def test_a_repository_without_safetensors_is_counted_and_says_so(run, hub):
    hub.add("owner/old", {"config.json": json.dumps(TINY).encode(), "pytorch_model.bin": b"x"})
    done = run("owner/old")
    assert done.exit_code == 0
    assert "its weights: PyTorch .bin (1 file)" in done.stdout


def test_a_missing_repository_is_one_line(run, hub):
    done = run("owner/missing")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("paramcount: owner/missing: ")
    assert done.stderr.endswith("; there is no file or folder of that name either\n")


def test_a_missing_repository_of_a_model_that_the_catalog_has_names_it(run, hub):
    assert "and the catalog has llama-3.1-8b" in run("owner/Llama-3.1-8B-Instruct").stderr
