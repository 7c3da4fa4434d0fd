"""What `paramcount memory` says of layouts: the busiest device, and what fits."""

from __future__ import annotations

from typing import Any

from paramcount.costs.memory.fits import BATCH, CONTEXT, Answer
from paramcount.costs.memory.footprint import TRAINING, Footprint
from paramcount.costs.memory.layout import Layout
from paramcount.costs.memory.per_device import PerDevice
from paramcount.report.rows import Column, Sheet
from paramcount.report.sizes import in_gb

KINDS = (
    Column("name", "memory"),
    Column("bytes", "the whole", "count"),
    Column("device", "busiest device", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)", wide=True),
    Column("share", "share", "share"),
)
ANSWERS = (
    Column("name", "what fits"),
    Column("value", "", "count"),
    Column("layout", "layout"),
    Column("bytes", "busiest device", "count"),
    Column("share", "of it", "share"),
    Column("why", ""),
)
ZERO = {
    1: "ZeRO-1 and -2 as DeepSpeed has them: one flat group, padded to a multiple of twice the copies.",
    3: "ZeRO-3 as torch's FSDP2 has it: every tensor is cut along its first side, each rank allocating ceil(rows / n).",
}
TENSOR = "Tensor parallelism by Megatron's rule (Shoeybi et al. 2019, sec. 3); n_vocab is cut in ceil(n_vocab / tp) rows."
