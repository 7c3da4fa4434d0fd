"""GGUF: files written by the gguf package are read as its own reader reads them, and hostile headers cost little."""

import struct
import time

import numpy as np
import pytest
from checkpoints import refused, survives
from hypothesis import given
from hypothesis import strategies as st

from paramcount.checkpoint import read
from paramcount.checkpoint.gguf import Omitted
from paramcount.checkpoint.gguf_types import TYPES

gguf = pytest.importorskip("gguf")


def write(path, endianess=gguf.GGUFEndian.LITTLE, **options):
    """Write a small model with three types, and a vocabulary in its metadata."""
    writer = gguf.GGUFWriter(path, "llama", endianess=endianess, **options)
    writer.add_block_count(2)
    writer.add_rope_freq_base(10_000.5)
    writer.add_token_list(["a", "bc", "<|x|>"])
    writer.add_token_scores([0.5] * 70_000)
    writer.add_array("llama.heads", [4, 8])
    writer.add_bool("yes", True)
    writer.add_tensor("token_embd.weight", np.zeros((48, 64), np.float32))
    writer.add_tensor("blk.0.attn_norm.weight", np.zeros(7, np.float32))
    writer.add_tensor("blk.0.attn_q.weight", np.zeros((64, 32), np.float16))
    packed = gguf.quants.quantize(np.zeros((5, 256), np.float32), gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("blk.1.attn_q.weight", packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return write(tmp_path_factory.mktemp("gguf") / "m.gguf")


def test_the_types_are_those_of_the_package():
    sizes = {kind.value: (kind.name, *size) for kind, size in gguf.constants.GGML_QUANT_SIZES.items()}
    assert sizes == TYPES


@pytest.mark.parametrize("order", [gguf.GGUFEndian.LITTLE, gguf.GGUFEndian.BIG])
def test_a_file_of_the_package_is_read_as_its_reader_reads_it(tmp_path, order):
    path = write(tmp_path / "m.gguf", order)
    theirs = {
        tensor.name: (tuple(map(int, tensor.shape[::-1])), tensor.tensor_type.name, int(tensor.n_bytes))
        for tensor in gguf.GGUFReader(path).tensors
    }
    ours = read(path)
    assert {tensor.name: (tensor.shape, tensor.dtype, tensor.nbytes) for tensor in ours.tensors} == theirs
    assert ours.elements() == 48 * 64 + 7 + 64 * 32 + 5 * 256
    assert ours.format == "gguf"


def test_small_metadata_are_kept_and_long_ones_counted(model):
    metadata = read(model).metadata
    assert metadata["general.architecture"] == "llama"
    assert metadata["llama.block_count"] == 2
    assert metadata["llama.rope.freq_base"] == 10_000.5
    assert metadata["llama.heads"] == (4, 8)
    assert metadata["yes"] is True
    assert metadata["tokenizer.ggml.tokens"] == Omitted("texts", 3)
    assert metadata["tokenizer.ggml.scores"] == Omitted("numbers", 70_000)


def test_a_split_model_is_read_whole_from_any_part(tmp_path):
    write(tmp_path / "m.gguf", split_max_tensors=2)
    parts = sorted(tmp_path.glob("m-*.gguf"))
    assert len(parts) == 2
    assert read(parts[1]).tensors == read(parts[0]).tensors == read(tmp_path).tensors
    assert read(parts[0]).elements() == 48 * 64 + 7 + 64 * 32 + 5 * 256
    kept = parts[0].read_bytes()
    parts[0].unlink()
    assert "lacks 1 of its 2 parts: m-00001-of-00002.gguf" in refused(parts[1])
    (tmp_path / "alone.gguf").write_bytes(kept)
    assert "one of 2 parts, but its name does not" in refused(tmp_path / "alone.gguf")
    parts[0].write_bytes(parts[1].read_bytes())
    assert "does not say it is part 1 of 2" in refused(parts[0])


def test_a_folder_of_several_models_is_refused(tmp_path):
    write(tmp_path / "a.gguf")
    write(tmp_path / "b.gguf")
    assert "2 .gguf files" in refused(tmp_path)


def header(tensors=0, keys=0, rest=b"", version=3, magic=b"GGUF") -> bytes:
    return magic + struct.pack("<IQQ", version, tensors, keys) + rest


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def tensor(name=b"a", sides=(4,), kind=0, offset=0, room=64) -> bytes:
    info = text(name) + struct.pack(f"<I{len(sides)}QIQ", len(sides), *sides, kind, offset)
    return info + bytes(-(24 + len(info)) % 32) + bytes(room)


BAD = {
    "does not begin with GGUF": header(magic=b"GGML"),
    "GGUF version 1": header(version=1),
    "tensors; valid: up to 1,000,000": header(tensors=2**63),
    "keys; valid: up to 100,000": header(keys=2**63),
    "needs more than the file's 24 bytes": header(keys=1),
    "a key of 18,446,744,073,709,551,615 bytes": header(keys=1, rest=b"\xff" * 8),
    "a key that is not UTF-8": header(keys=1, rest=text(b"\xff")),
    "the key a\\x1b cannot be printed": header(keys=1, rest=text(b"a\x1b")),
    "the key a appears twice": header(keys=2, rest=2 * (text(b"a") + struct.pack("<IB", 0, 1))),
    "key a: unknown type 13": header(keys=1, rest=text(b"a") + struct.pack("<I", 13)),
    "key a: an array of type 9": header(keys=1, rest=text(b"a") + struct.pack("<IIQ", 9, 9, 1)),
    "arrays of 9,000,000,000 texts": header(keys=1, rest=text(b"a") + struct.pack("<IIQ", 9, 8, 9 * 10**9)),
    "needs more than the file's 60": header(keys=1, rest=text(b"a") + struct.pack("<IIQ", 9, 8, 9) + bytes(11)),
    "needs more than the file's 49": header(keys=1, rest=text(b"a") + struct.pack("<IIQ", 9, 10, 2**63)),
    "general.alignment is not": header(keys=1, rest=text(b"general.alignment") + struct.pack("<II", 4, 48)),
    "tensor a: 5 dimensions": header(1, rest=tensor(sides=(1,) * 5)),
    "tensor a: unknown type 99": header(1, rest=tensor(kind=99)),
    "tensor a: Q4_K 100; valid: rows of whole blocks of 256": header(1, rest=tensor(sides=(100,), kind=12)),
    "tensor a: F32 18446744073709551615": header(1, rest=tensor(sides=(2**64 - 1,))),
    "tensor a: data starts at 32; valid: data starting at 0": header(1, rest=tensor(offset=32)),
    "cut short: 64 bytes of data, but its tensors take 80": header(1, rest=tensor(sides=(20,))),
    "48 bytes belong to no tensor": header(1, rest=tensor()),
    "a tensor name of 0 bytes": header(1, rest=tensor(b"")),
}


@pytest.mark.parametrize("said", BAD)
def test_a_malformed_header_is_refused_by_name(tmp_path, said):
    path = tmp_path / "x.gguf"
    path.write_bytes(BAD[said])
    assert said in refused(path)


def test_a_tensor_twice_is_refused(tmp_path):
    info = text(b"a") + struct.pack("<IQIQ", 1, 4, 0, 0)
    (tmp_path / "x.gguf").write_bytes(header(2, rest=info + info[:-8] + struct.pack("<Q", 32)) + bytes(99))
    assert "the tensor a appears twice" in refused(tmp_path / "x.gguf")


def test_a_small_file_that_states_much_costs_little(tmp_path):
    """Four million empty strings in a sparse 32 MB, the most that is skipped, take seconds; more is refused."""
    path = tmp_path / "x.gguf"
    start = time.process_time()
    for count in (4_000_000, 4_000_001):
        path.write_bytes(header(keys=1, rest=text(b"a") + struct.pack("<IIQ", 9, 8, count)))
        with path.open("ab") as file:
            file.truncate(8 * count + 81)
        if count == 4_000_000:
            assert read(path).metadata == {"a": Omitted("texts", count)}
        else:
            assert "arrays of 4,000,001 texts" in refused(path)
    assert time.process_time() - start < 10


@given(st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), min_size=1, max_size=6))
def test_flipped_bytes_are_read_or_refused(scratch, small, flips):
    data = bytearray(small)
    for at, value in flips:
        data[at % len(data)] = value
    (scratch / "x.gguf").write_bytes(data)
    survives(scratch / "x.gguf")


@given(st.integers(0, 600), st.integers(0, 600), st.binary(max_size=12))
def test_bytes_cut_and_put_in_are_read_or_refused(scratch, small, begin, end, between):
    (scratch / "x.gguf").write_bytes(small[:begin] + between + small[end:])
    survives(scratch / "x.gguf")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A valid file that is nearly all header."""
    path = tmp_path_factory.mktemp("small") / "s.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_token_list(["a", "bc"])
    writer.add_array("heads", [4, 8])
    for layer in range(3):
        writer.add_tensor(f"blk.{layer}.w", np.zeros((2, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    assert read(path).elements() == 24
    return path.read_bytes()
