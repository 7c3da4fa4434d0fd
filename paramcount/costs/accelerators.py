"""Accelerators: their peak FLOP/s, memory, bandwidth and power, from tables/accelerators.csv and files like it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from paramcount.catalog.called import suggestions
from paramcount.errors import InputError, printable
from paramcount.inputs import read_within, utf8
from paramcount.papers.tables import read
from paramcount.quantity import parse_quantity

FILE = "accelerators.csv"
PEAKS = {
    "bf16": "bf16_dense", "fp16": "fp16_dense", "tf32": "tf32_dense", "fp32": "fp32", "fp8": "fp8_dense",
    "int8": "int8_dense", "fp4": "fp4_dense",
}  # fmt: skip
NUMBERS = (*PEAKS.values(), "year", "memory_bytes_decimal", "bandwidth_bytes_per_s", "tdp_w")
TRAINED_IN = ("bf16", "fp16")  # the formats that training multiplies in, the usual one first
LARGEST = 1_000_000  # bytes of a user's file
VALID = "valid: a CSV file with the columns of tables/accelerators.csv"


class Accelerator(NamedTuple):
    """A device as its maker describes it: *peaks* in dense FLOP/s by format, *memory* in bytes, *bandwidth* in bytes/s.

    A printed 80 GB is 80·10^9 bytes. Unknown figures are None, unknown peaks absent. *source* says where the figures
    were read and which of them are FROM MEMORY.
    """

    name: str
    vendor: str
    kind: str
    year: int | None
    peaks: Mapping[str, int]
    memory: int | None
    bandwidth: int | None
    tdp_w: int | None
    source: str
    note: str

    def peak(self, dtype: str = "") -> tuple[str, int]:
        """The format and its dense peak in FLOP/s, for *dtype* or the usual one of training; InputError if unknown."""
        wanted = [dtype] if dtype else TRAINED_IN
        for found in wanted:
            if found in self.peaks:
                return found, self.peaks[found]
        valid = ", ".join(self.peaks) or "a device whose peak is known"
        raise InputError(f"{self.name}: its peak in {' or '.join(wanted)} is not known; valid: {valid}")


def accelerator(name: str, extra: str | None = None) -> Accelerator:
    """The device called *name*, from the file *extra* if it is there, else from the table; InputError if unknown."""
    known = accelerators(extra)
    if found := known.get(name.lower()):
        return found
    near = suggestions(name.lower(), known)
    hint = f"did you mean {near}?" if near else f"valid: {', '.join(known)}"
    raise InputError(f"{name}: unknown accelerator; {hint}")


def accelerators(extra: str | None = None) -> dict[str, Accelerator]:
    """Every device by name, in the table's order; those in the CSV file *extra* come first and override the table's.

    Raises InputError if *extra* is not such a file, with the row and column of the fault.
    """
    own = {} if extra is None else _own(extra)
    return {**own, **{name: device for name, device in _table().items() if name not in own}}


@cache
def _table() -> dict[str, Accelerator]:
    return {row["device"]: _device(row, FILE) for row in read(FILE)}


def _device(row: Mapping[str, str], where: str) -> Accelerator:
    numbers = {column: _number(row, column, where) for column in NUMBERS}
    return Accelerator(
        row["device"].lower(),
        row.get("vendor", ""),
        row.get("kind", ""),
        numbers["year"],
        {dtype: peak for dtype, column in PEAKS.items() if (peak := numbers[column])},
        numbers["memory_bytes_decimal"],
        numbers["bandwidth_bytes_per_s"],
        numbers["tdp_w"],
        "; ".join(filter(None, (row.get("datasheet"), row.get("seen")))),
        row.get("note", ""),
    )


def _number(row: Mapping[str, str], column: str, where: str) -> int | None:
    return parse_quantity(row[column], f"{where}, column {column}") if row.get(column) else None


def _own(path: str) -> dict[str, Accelerator]:
    try:
        text = utf8(read_within(path, LARGEST, "a CSV file of accelerators"), path, "a CSV file of accelerators")
        header, *rows = [list(map(printable, row)) for row in csv.reader(io.StringIO(text)) if row] or [[]]
    except csv.Error as error:
        raise InputError(f"{path}: {error}; {VALID}") from None
    _check_columns(path, header)
    found: dict[str, Accelerator] = {}
    for number, cells in enumerate(rows, start=1):
        where = f"{path}: row {number}"
        if len(cells) != len(header):
            found_cells = f"{len(cells)} cell{'s' * (len(cells) != 1)}"
            raise InputError(f"{where}: {found_cells}; valid: {len(header)}, as in the header")
        device = _device(dict(zip(header, cells, strict=True)), where)
        if not device.name or device.name in found:
            raise InputError(f"{where}, column device: {device.name!r} is empty or repeated; valid: a unique name")
        found[device.name] = device
    return found


def _check_columns(path: str, header: list[str]) -> None:
    known = [*read(FILE)[0]]
    if wrong := [column for column in header if column not in known]:
        near = suggestions(wrong[0], known)
        hint = f"did you mean {near}?" if near else VALID
        raise InputError(f"{path}: unknown column {wrong[0]!r}; {hint}")
    if len(set(header)) < len(header) or "device" not in header:
        twice = next((column for column in header if header.count(column) > 1), "")
        fault = f"column {twice} is there twice" if twice else "column device is missing" if header else "empty"
        raise InputError(f"{path}: {fault}; {VALID}")
