"""GGUF headers: numbers and texts in a fixed order, then the tensors (ggml, docs/gguf.md).

The `gguf` package's reader makes an array object of every vocabulary token and trusts every count, so a small file can
take minutes and gigabytes. This one reads forward within limits and keeps no vocabulary; the tests compare it with the
package.
"""

import os
import struct
from typing import Any, BinaryIO, NamedTuple

from paramcount.checkpoint.files import opened, place, refuse_pointer, shown
from paramcount.checkpoint.gguf_types import TYPES
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError, StoredTensor
from paramcount.errors import printable

MAGIC = b"GGUF"
LONGEST_HEADER = 256 * 2**20
MOST_TENSORS = 1_000_000
MOST_KEYS = 100_000
MOST_TEXTS = 4_000_000  # across all arrays; the largest vocabularies and their merges have about 600,000
LONGEST_NAME = 65_535  # the specification's limit for a key
LONGEST_KEPT = 65_536  # bytes of a text or numbers in an array; longer values become Omitted
MOST_KEPT = 4_000_000  # bytes and numbers across all values
MOST_SIDES = 4  # GGML_MAX_DIMS
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
TEXT, ARRAY = 8, 9


class Omitted(NamedTuple):
    """A metadata value that was skipped: a text or array of *length* items."""

    kind: str
    length: int


def read_gguf(path: str) -> Checkpoint:
    """The tensors in the header of the single GGUF file at *path*, in the order of their data."""
    with opened(path) as (file, size):
        header = _Header(file, size, path)
        keys, tensors = header.start()
        metadata = header.metadata(keys)
        return Checkpoint("gguf", header.tensors(tensors, _alignment(metadata, path)), metadata, path)


def _alignment(metadata: dict[str, Any], path: str) -> int:
    alignment = metadata.get("general.alignment", 32)
    if type(alignment) is not int or alignment < 1 or alignment & (alignment - 1):
        raise CheckpointError(f"{place(path)}: general.alignment is not a power of two; valid: 32, 64, …")
    return alignment


class _Header:
    """A GGUF file read forward from its start, never past its end or LONGEST_HEADER."""

    def __init__(self, file: BinaryIO, size: int, path: str) -> None:
        self.file, self.size, self.path = file, size, path
        self.at = 0
        self.order = "<"
        self.texts = self.kept = 0

    def fault(self, what: str, valid: str = "a whole GGUF file") -> CheckpointError:
        return CheckpointError(f"{place(self.path)}: {what}; valid: {valid}")

    def take(self, count: int) -> bytes:
        self.pass_over(count)
        data = self.file.read(count)
        if len(data) < count:
            raise self.fault("the header ends too early")
        return data

    def pass_over(self, count: int) -> None:
        self.at += count
        if self.at > self.size:
            raise self.fault(f"the header needs more than the file's {self.size:,} bytes")
        if self.at > LONGEST_HEADER:
            raise self.fault("the header is too long", f"up to {LONGEST_HEADER:,} bytes")

    def numbers(self, codes: str) -> tuple[Any, ...]:
        form = struct.Struct(self.order + codes)
        return form.unpack(self.take(form.size))

    def name(self, what: str) -> str:
        (length,) = self.numbers("Q")
        if not 0 < length <= LONGEST_NAME:
            raise self.fault(f"a {what} of {length:,} bytes", f"1 to {LONGEST_NAME:,}")
        try:
            name = self.take(length).decode()
        except UnicodeDecodeError:
            raise self.fault(f"a {what} that is not UTF-8", "UTF-8") from None
        if not name.isprintable():
            raise self.fault(f"the {what} {shown(name)} cannot be printed", "printable characters")
        return name

    def start(self) -> tuple[int, int]:
        """The numbers of keys and tensors in the header; settles the byte order."""
        magic = self.take(4) if self.size >= 4 else b""
        refuse_pointer(magic + self.file.read(28), place(self.path))
        self.file.seek(4)
        if magic != MAGIC:
            raise self.fault("does not begin with GGUF", "a GGUF file")
        (version,) = self.numbers("I")
        if not version & 0xFFFF:  # written in the other byte order
            self.order, version = ">", int.from_bytes(version.to_bytes(4, "little"), "big")
        if version not in (2, 3):
            raise self.fault(f"GGUF version {version:,}", "version 2 or 3")
        tensors, keys = self.numbers("QQ")
        for count, most, what in ((tensors, MOST_TENSORS, "tensors"), (keys, MOST_KEYS, "keys")):
            if count > most:
                raise self.fault(f"{count:,} {what}", f"up to {most:,}")
        return keys, tensors

    def metadata(self, keys: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(keys):
            key = self.name("key")
            if key in found:
                raise self.fault(f"the key {shown(key)} appears twice", "each key once")
            (kind,) = self.numbers("I")
            found[key] = self.value(key, kind)
        return found

    def value(self, key: str, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind == ARRAY:
            return self.array(key)
        if kind not in SCALARS:
            raise self.fault(f"key {shown(key)}: unknown type {kind:,}", "types 0 to 12")
        return self.numbers(SCALARS[kind])[0]

    def keeps(self, length: int) -> bool:
        self.kept += length if length <= LONGEST_KEPT else 0
        return length <= LONGEST_KEPT and self.kept <= MOST_KEPT

    def text(self) -> str | Omitted:
        (length,) = self.numbers("Q")
        if self.keeps(length):
            return printable(self.take(length).decode(errors="replace"))
        self.pass_over(length)
        self.file.seek(self.at)
        return Omitted("text", length)

    def array(self, key: str) -> tuple[Any, ...] | Omitted:
        kind, length = self.numbers("IQ")
        if kind == TEXT:
            return self.text_array(length)
        if kind not in SCALARS:
            raise self.fault(f"key {shown(key)}: an array of type {kind:,}", "an array of numbers or texts")
        if self.keeps(length):
            return self.numbers(f"{length}{SCALARS[kind]}")
        self.pass_over(length * struct.calcsize(f"={SCALARS[kind]}"))
        self.file.seek(self.at)
        return Omitted("numbers", length)

    def text_array(self, length: int) -> Omitted:
        """Skips *length* texts and keeps only their number, which is the vocabulary's size."""
        self.texts += length
        if self.texts > MOST_TEXTS:
            raise self.fault(f"arrays of {self.texts:,} texts", f"up to {MOST_TEXTS:,}")
        read, number = self.file.read, "little" if self.order == "<" else "big"
        for _ in range(length):
            count = int.from_bytes(read(8), number)  # type: ignore[arg-type]
            self.pass_over(8 + count)
            read(count)
        return Omitted("texts", length)

    def tensors(self, count: int, alignment: int) -> tuple[StoredTensor, ...]:
        """The *count* tensors; each one's data must start at the next multiple of *alignment* after the last."""
        found: dict[str, StoredTensor] = {}
        end = 0
        for _ in range(count):
            tensor, offset = self.tensor()
            if tensor.name in found:
                raise self.fault(f"the tensor {shown(tensor.name)} appears twice", "each tensor once")
            end += -end % alignment
            if offset != end:
                raise self.fault(f"tensor {shown(tensor.name)}: data starts at {offset:,}", f"data starting at {end:,}")
            end += tensor.nbytes
            found[tensor.name] = tensor
        data = self.size - self.at - (-self.at % alignment)
        if end > max(data, 0):
            raise self.fault(f"the file is cut short: {max(data, 0):,} bytes of data, but its tensors take {end:,}")
        if data - end >= alignment:
            raise self.fault(f"{data - end:,} bytes belong to no tensor")
        return tuple(found.values())

    def tensor(self) -> tuple[StoredTensor, int]:
        name = self.name("tensor name")
        (n_sides,) = self.numbers("I")
        if n_sides > MOST_SIDES:
            raise self.fault(f"tensor {shown(name)}: {n_sides:,} dimensions", f"up to {MOST_SIDES}")
        *sides, kind, offset = self.numbers(f"{n_sides}QIQ")
        if kind not in TYPES:
            known = ", ".join(type_name for type_name, _, _ in TYPES.values())
            raise self.fault(f"tensor {shown(name)}: unknown type {kind:,}", known)
        dtype, block, nbytes = TYPES[kind]
        if any(side >= 2**63 for side in sides) or (sides[0] if sides else 1) % block:
            shape = " × ".join(map(str, reversed(sides)))
            raise self.fault(f"tensor {shown(name)}: {dtype} {shape}", f"rows of whole blocks of {block}")
        tensor = StoredTensor(name, tuple(reversed(sides)), dtype, 0, os.path.basename(self.path))
        return tensor._replace(nbytes=tensor.elements // block * nbytes), offset
