"""Files that are neither config nor checkpoint are named for what they are."""

import json
import subprocess
import sys
import time

import pytest


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b'<<<<<<< HEAD\n{"model_type": "llama",\n=======\n{"a": 1,\n>>>>>>> main\n}', "merge conflict markers"),
        (
            b'{"model_type": "llama",\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> x\n}',
            "merge conflict markers",
        ),
        (b"\n<!DOCTYPE html>\n<html><body>404</body></html>", "an HTML page"),
        (b"\xef\xbb\xbf<html>", "an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "a git-lfs pointer"),
        (b'{"model_type": "llama", "hidden_size": 40', "cut short"),
        (b'{"model_type": "llama", "rope": {"a": 1}', "cut short"),
        (b'{"model_type": "lla', "cut short"),
        ('{"model_type": "llama", "é": [1, '.encode(), "cut short"),
        (b"\x89HDF\r\n\x1a\n", "HDF5"),
        (b"PK\x03\x04", "a zip"),
        (b"  \n", "empty"),
        (b'{"model_type": "llama",}', "not valid JSON"),
        (b"\x93NUMPY\x01\x00v", "a binary file"),
        (b'{"model_type": "llama", "a": "\xff"}', "not UTF-8 text"),
        (b"model: llama", "no model_type"),
    ],
)
def test_a_file_that_is_no_json_is_called_what_it_is(text, said, tmp_path, run):
    path = tmp_path / "config.json"
    path.write_bytes(text)
    ran = run(str(path))
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize("cut", range(1, 96, 3))
def test_a_config_cut_anywhere_is_said_to_be_cut(cut, tmp_path, run):
    document = {"model_type": "gpt2", "n_layer": 2, "name": "quoted é", "list": [1, 2, {"a": None}], "z": True}
    text = json.dumps(document, ensure_ascii=False)
    path = tmp_path / "config.json"
    path.write_text(text[:cut])
    assert "cut short" in run(str(path)).stderr


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("tf_model.h5", "HDF5"),
        ("flax_model.msgpack", "msgpack"),
        ("x.npz", "numpy"),
        ("x.onnx", "ONNX"),
        ("x.tflite", "TensorFlow Lite"),
        ("model.ckpt-1000.index", "TensorFlow"),
        ("bert_model.ckpt.meta", "TensorFlow"),
        ("model.ckpt-7.data-00001-of-00003", "TensorFlow"),
        ("saved_model.pb", "TensorFlow"),
        ("x.pdparams", "Paddle"),
    ],
)
def test_weights_in_other_formats_are_named_and_refused(name, said, tmp_path, run):
    (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n")
    for path in (tmp_path / name, tmp_path):
        ran = run(str(path))
        assert ran.exit_code == 2
        assert said in ran.stderr
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    assert "124,439,808" in run(str(tmp_path)).stdout


def test_an_unknown_type_is_refused_without_importing_transformers():
    pytest.importorskip("transformers")
    call = "import sys; from paramcount.cli.verbs import run; code = run(['-']); print(code, 'torch' in sys.modules)"
    begun = time.monotonic()
    done = subprocess.run([sys.executable, "-c", call], input='{"model_type": "foo"}', capture_output=True, text=True)
    assert done.stdout.split() == ["2", "False"]
    assert "has no such type" in done.stderr
    assert time.monotonic() - begun < 5
