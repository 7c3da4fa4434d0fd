"""Work is bounded: files, pipes and devices are read up to a limit, and what is long is said in short."""

import json
import os
import threading

import pytest
from fuzzing import command

from paramcount.checkpoint.files import parsed
from paramcount.config import parse
from paramcount.errors import InputError
from paramcount.hub.documents import read_object
from paramcount.inputs import once, read_within

TABLE = "model,n_layers,d_model,n_heads,d_head,d_ff,n_vocab,n_ctx,n_params_printed\n"


def refused(*arguments):
    """The line in which the command refuses."""
    ran = command(*map(str, arguments))
    assert (ran.exit_code, ran.stdout) == (2, ""), ran
    assert ran.stderr.count("\n") == 1
    assert len(ran.stderr) <= 401
    assert "valid: " in ran.stderr
    return ran.stderr


class Key(str):
    """A key that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Key.compared += 1
        return str.__eq__(self, other)


def test_keys_that_stand_twice_are_looked_for_once_each():
    pairs = [(Key(f"k{place}"), place) for place in range(2000)]
    Key.compared = 0
    with pytest.raises(ValueError, match="the key k1999 twice"):
        once([*pairs, (Key("k1999"), 0)])
    assert Key.compared < 4 * len(pairs)


@pytest.mark.parametrize("reader", [parse, parsed, lambda text, name: read_object(text, 10**9, name)])
def test_every_reader_of_json_refuses_a_key_twice(reader):
    with pytest.raises(InputError, match="the key b twice"):
        reader(b'{"a": 1, "b": 1, "b": 1}', "x")


@pytest.mark.parametrize("name", ["config.json", "table.csv", "model.safetensors", "model.gguf"])
@pytest.mark.parametrize("kind", ["device", "pipe", "sparse"])
def test_a_device_a_pipe_or_a_huge_file_is_refused_without_reading_it_whole(name, kind, tmp_path):
    path = tmp_path / name
    if kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with path.open("wb") as file:
            file.truncate(10**12)
    refused(*(("audit",) if name.endswith("csv") else ()), path)


def test_a_pipe_that_somebody_writes_to_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writing, reading = threading.Event(), os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    def write():
        with (tmp_path / "pipe").open("wb") as pipe:
            writing.set()
            pipe.write(b"x" * 100_000)

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(10)
    assert read_within(tmp_path / "pipe", 10**6, "text") == b"x" * 100_000
    writer.join()
    os.close(reading)


def test_a_long_name_or_list_leaves_a_line_that_says_what_is_valid(tmp_path):
    assert "…" in refused("x" * 5000 + "/y/z")
    (tmp_path / "t.csv").write_text(",".join(f"column{n}" for n in range(2000)) + "\n1\n")
    assert "…" in refused("audit", tmp_path / "t.csv")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "y" * 5000}))
    refused(tmp_path / "config.json")
    refused("solve", "--params", "1B", "--n-layers", ",".join(["0"] * 5000))
