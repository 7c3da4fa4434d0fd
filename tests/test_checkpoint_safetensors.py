"""Safetensors: what the library writes is counted; a malformed file is refused in one line that names the fault."""

import json
import math
import os
import struct
import time

import pytest
from checkpoints import entries, refused, survives, write_header, write_sharded
from hypothesis import given
from hypothesis import strategies as st

from paramcount.checkpoint import read
from paramcount.checkpoint.patterns import counts

VALID = {"b": (2, 3), "a.0.w": (4,), "a.1.w": (4,), "scalar": (), "empty": (0, 5)}


def test_a_file_is_read_tensor_by_tensor(tmp_path):
    path = write_header(tmp_path / "x.safetensors", {"__metadata__": {"format": "pt"}} | entries(VALID))
    checkpoint = read(path)
    assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == VALID
    assert {tensor.file for tensor in checkpoint.tensors} == {"x.safetensors"}
    assert checkpoint.elements() == 6 + 4 + 4 + 1
    assert checkpoint.nbytes() == 4 * 15
    assert checkpoint.metadata == {"format": "pt"}
    assert checkpoint.format == "safetensors"


def _edited(name="b", **change):
    header = entries(VALID)
    header[name] |= change
    return header


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (_edited(dtype="F33"), "tensor b: unknown dtype F33"),
        (_edited(dtype=7), "tensor b: unknown dtype"),
        (_edited(shape=[2, -3]), "tensor b: a dimension is not a whole number"),
        (_edited(shape=[2, 3.0]), "tensor b: a dimension is not a whole number"),
        (_edited(shape=[True, 6]), "tensor b: a dimension is not a whole number"),
        (_edited(shape=[2**60, 2**60]), "more bytes than any file holds"),
        (_edited(shape=[2**64]), "tensor b: a dimension is not a whole number"),
        (_edited(shape=[1] * 65), "tensor b: shape is not a list of up to 64"),
        (_edited(shape=[2, 4]), "24 bytes of data, but F32 2 × 4 takes 32 bytes"),
        (_edited(shape={"0": 2}), "tensor b: shape"),
        (_edited(data_offsets=[0, 24, 48]), "tensor b: dtype, shape or data_offsets missing"),
        (_edited(data_offsets=[24, 0]), "tensor b: data_offsets"),
        (_edited(data_offsets=[-24, 0]), "tensor b: data_offsets"),
        (_edited(data_offsets=[0, 24.0]), "tensor b: data_offsets"),
        (_edited("a.0.w", data_offsets=[20, 36]), "tensor a.0.w: data at 20 overlaps"),
        (_edited("a.1.w", data_offsets=[44, 60]), "tensor a.1.w: data at 44 leaves a gap of 4 bytes"),
        (entries(VALID) | {"c": 3}, "tensor c: dtype, shape or data_offsets missing"),
        (entries(VALID) | {"c": {"dtype": "F32", "shape": []}}, "tensor c: dtype, shape or data_offsets missing"),
        (entries({"": (2,)}), "a name that cannot be printed"),
        (entries({"a\x1b[31m": (2,)}), "a name that cannot be printed"),
        (entries({"a\ud800": (2,)}), "a name that cannot be printed"),
        (entries(VALID) | {"__metadata__": {"a": 1}}, "__metadata__"),
        (entries(VALID) | {"__metadata__": "a"}, "__metadata__"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_a_malformed_entry_is_refused_by_name(tmp_path, header, said):
    assert said in refused(write_header(tmp_path / "x.safetensors", header, 60))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "empty"),
        (b"[1]", "JSON, but not an object"),
        (b'{"a":', "cut short"),
        (b'{"a":{},"a":{}}', "the key a appears twice"),
        (b'{"a":{"dtype":"F32","dtype":"F32"}}', "the key dtype appears twice"),
        (b'{"a":NaN}', "NaN is not a JSON number"),
        (b'{"\xff":1}', "not UTF-8 text"),
        (b'{"a":' + b"[" * 200_000, "nested too deep"),
        (b'{"a":' + b'{"a":' * 200_000, "nested too deep"),
        (b'{"a":' + b"9" * 5000 + b"}", "not valid JSON"),
        (b'{"a":[' + b"1," * 10_000_001 + b"1]}", "values in one JSON document"),
    ],
    ids=range(11),
)
def test_a_header_that_is_not_plain_json_is_refused(tmp_path, text, said):
    assert said in refused(write_header(tmp_path / "x.safetensors", text, 0))


@pytest.mark.parametrize("length", [0, 3, 7, 8, 20])
def test_a_truncated_file_is_refused(tmp_path, length):
    path = write_header(tmp_path / "x.safetensors", entries(VALID))
    path.write_bytes(path.read_bytes()[:length])
    assert f"in a file of {length}" in refused(path)


def test_data_cut_short_or_too_long_is_refused(tmp_path):
    assert "cut short: 59 bytes of data, but its tensors take 60" in refused(
        write_header(tmp_path / "x.safetensors", entries(VALID), 59)
    )
    assert "belong to no tensor: 61 bytes" in refused(write_header(tmp_path / "x.safetensors", entries(VALID), 61))


def test_a_header_longer_than_the_format_allows_is_refused_unread(tmp_path):
    path = tmp_path / "x.safetensors"
    with path.open("wb") as file:
        file.write(struct.pack("<Q", 200_000_000))
        file.truncate(300_000_000)
    assert "a header of 200,000,000 bytes; valid: up to 100,000,000" in refused(path)


def test_a_pointer_of_git_lfs_is_said_to_be_one(tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    assert "git lfs pull" in refused(path)


def test_what_is_no_ordinary_file_is_refused(tmp_path):
    os.symlink("loop.safetensors", tmp_path / "loop.safetensors")
    os.mkfifo(tmp_path / "pipe.safetensors")
    (tmp_path / "folder.safetensors").mkdir()
    assert "Too many levels of symbolic links" in refused(tmp_path / "loop.safetensors")
    assert "not an ordinary file" in refused(tmp_path / "pipe.safetensors")
    assert "no checkpoint in it" in refused(tmp_path / "folder.safetensors")
    assert "No such file" in refused(tmp_path / "none.safetensors")
    assert "not a known checkpoint name" in refused(__file__)
    assert "not a path" in refused("a\0.safetensors")
    assert "\\n" in refused("a\nb.safetensors")


def test_an_unreadable_file_is_refused(tmp_path, monkeypatch):
    path = write_header(tmp_path / "x.safetensors", entries(VALID))

    def deny(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("paramcount.checkpoint.files.without_waiting", deny)  # root may read what chmod forbids
    assert "Permission denied" in refused(path)


SHARDS = {
    "model-00001-of-00002.safetensors": {"a": (2,), "b": (3,)},
    "model-00002-of-00002.safetensors": {"c": (5,)},
}


def test_an_index_gathers_its_shards(tmp_path):
    index = write_sharded(tmp_path, SHARDS)
    for path in (index, tmp_path):
        checkpoint = read(path)
        assert checkpoint.elements() == 10
        assert [tensor.file for tensor in checkpoint.tensors][-1] == "model-00002-of-00002.safetensors"
        assert checkpoint.metadata == {"total_size": 1}


def test_shards_linked_into_another_folder_are_read(tmp_path):
    """The hub's cache links to files elsewhere; only a name may not lead out of the folder."""
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshot"
    blobs.mkdir()
    snapshot.mkdir()
    index = write_sharded(blobs, SHARDS)
    for name in (*SHARDS, index.name):
        (snapshot / name).symlink_to(blobs / name)
    assert read(snapshot).elements() == 10


def _index(path, weight_map):
    (path / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    return path


@pytest.mark.parametrize(
    ("weight_map", "said"),
    [
        ({"a": "gone.safetensors"}, "lacks 1 of its 1 shards: gone.safetensors"),
        ({"a": "../../etc/passwd"}, "a is listed under ../../etc/passwd"),
        ({"a": "../x.safetensors"}, "a is listed under ../x.safetensors"),
        ({"a": "/etc/x.safetensors"}, "a is listed under /etc/x.safetensors"),
        ({"a": "x\0.safetensors"}, "a is listed under x\\x00.safetensors"),
        ({"a": 3}, "a is listed under a value that is not text"),
        ({}, 'no "weight_map"'),
        ([], 'no "weight_map"'),
        ({"a": "s.safetensors"}, "s.safetensors holds b, which the index does not list"),
        ({"a": "s.safetensors", "b": "s.safetensors", "c": "s.safetensors"}, "holds c, but it does not"),
    ],
    ids=range(10),
)
def test_an_index_that_does_not_fit_its_shards_is_refused(tmp_path, weight_map, said):
    write_header(tmp_path / "s.safetensors", entries({"a": (1,), "b": (1,)}))
    assert said in refused(_index(tmp_path, weight_map))


def test_a_folder_with_several_candidates_is_refused(tmp_path):
    for name in ("a.safetensors", "b.safetensors"):
        write_header(tmp_path / name, entries(VALID))
    assert "2 .safetensors files and no index" in refused(tmp_path)


def test_documents_beside_a_checkpoint_are_read_with_it(tmp_path):
    write_header(tmp_path / "model.safetensors", entries(VALID))
    (tmp_path / "config.json").write_text('{"hidden_size": 4}')
    assert read(tmp_path).beside == {"config.json": {"hidden_size": 4}}
    (tmp_path / "config.json").write_text("{")
    assert "config.json: cut short" in refused(tmp_path)


def test_a_config_beside_a_checkpoint_may_hold_infinity(tmp_path):
    """Mamba-2's time_step_limit is [0.0, Infinity] in the configs that transformers writes."""
    write_header(tmp_path / "model.safetensors", entries(VALID))
    (tmp_path / "config.json").write_text('{"time_step_limit": [0.0, Infinity]}')
    assert read(tmp_path).beside == {"config.json": {"time_step_limit": [0.0, math.inf]}}


def test_a_hundred_thousand_sharded_tensors_are_read_in_two_seconds(tmp_path):
    names = [f"model.layers.{i // 256}.mlp.experts.{i % 256}.gate_proj.weight" for i in range(100_000)]
    shards = {f"model-{s:05}-of-00020.safetensors": dict.fromkeys(names[s::20], (64, 64)) for s in range(20)}
    write_sharded(tmp_path, shards)
    start = time.process_time()
    checkpoint = read(tmp_path)
    assert time.process_time() - start < 2
    assert checkpoint.elements() == 100_000 * 4096
    assert [row.times for row in counts(checkpoint.tensors)] == [100_000]


# What strangers send

TEXT = json.dumps(entries(VALID), separators=(",", ":")).encode()


def oracle(data: bytes) -> dict[str, tuple[int, ...]] | None:
    """What the safetensors library reads from the same bytes."""
    import safetensors

    try:
        return {name: tuple(entry["shape"]) for name, entry in safetensors.deserialize(data)}
    except safetensors.SafetensorError:
        return None


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


def held_to_the_library(path, data: bytes) -> None:
    path.write_bytes(data)
    checkpoint = survives(path)
    if checkpoint is not None:
        assert {tensor.name: tensor.shape for tensor in checkpoint.tensors} == oracle(data)


FILE = struct.pack("<Q", len(TEXT)) + TEXT + bytes(60)


@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_flipped_bytes_are_read_as_the_library_reads_them_or_refused(scratch, flips):
    data = bytearray(FILE)
    for at, value in flips:
        data[at] = value
    held_to_the_library(scratch / "x.safetensors", bytes(data))


@given(st.integers(0, len(FILE)), st.integers(0, len(FILE)), st.binary(max_size=12))
def test_bytes_cut_and_put_in_are_read_as_the_library_reads_them_or_refused(scratch, begin, end, between):
    held_to_the_library(scratch / "x.safetensors", FILE[:begin] + between + FILE[end:])


@given(st.integers(0, 2**64 - 1))
def test_any_stated_length_is_survived(scratch, length):
    held_to_the_library(scratch / "x.safetensors", struct.pack("<Q", length) + FILE[8:])


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(["F32", "BF16"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
PLACES = st.sampled_from(["dtype", "shape", "data_offsets", "more"])


@given(st.sampled_from([*VALID, "__metadata__", "new"]), PLACES, VALUES, st.booleans())
def test_edited_json_is_read_as_the_library_reads_it_or_refused(scratch, name, key, value, whole):
    header = entries(VALID)
    header[name] = value if whole else {**header.get(name, {}), key: value}
    text = json.dumps(header).encode()
    held_to_the_library(scratch / "x.safetensors", struct.pack("<Q", len(text)) + text + bytes(60))


@given(VALUES, VALUES)
def test_any_index_is_survived(scratch, weight_map, shard):
    for value in (weight_map, {"a": weight_map, "b": shard}):
        (scratch / "model.safetensors.index.json").write_text(json.dumps({"weight_map": value}))
        assert survives(scratch / "model.safetensors.index.json") is None
