"""PNG files of figures, each row as its difference from the one above: half the time of Pillow's choice of filters."""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, UP, METRE = 2, 2, 1  # the colour type, the filter, and the unit of pHYs (PNG specification, sections 11.2 and 9)
LEVEL = 3  # of compression; more takes longer and gains little
INCHES = 0.0254  # metres in an inch


def png(pixels: bytes, width: int, dpi: int) -> bytes:
    """A PNG of opaque RGBA *pixels*, row by row, *width* of them in a row."""
    image = np.frombuffer(pixels, np.uint8).reshape(-1, width, 4)[:, :, :3]
    height = len(image)
    colours = image.reshape(height, 3 * width)
    rows = np.full((height, 1 + 3 * width), UP, np.uint8)
    rows[0, 1:] = colours[0]
    np.subtract(colours[1:], colours[:-1], out=rows[1:, 1:])
    per_metre = round(dpi / INCHES)
    chunks = (
        (b"IHDR", struct.pack(">2I5B", width, height, 8, RGB, 0, 0, 0)),
        (b"pHYs", struct.pack(">2IB", per_metre, per_metre, METRE)),
        (b"IDAT", zlib.compress(rows.data, LEVEL)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
