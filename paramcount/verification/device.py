"""The peak memory and time of training steps on a GPU, compared with the computed ones."""

from __future__ import annotations

import gc
import time
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from paramcount.catalog.locate import resolve
from paramcount.catalog.spec import Spec
from paramcount.costs.memory.activations import activations
from paramcount.costs.memory.computed import FUSED, NONE, PLAIN
from paramcount.costs.memory.footprint import training
from paramcount.costs.memory.peak import peak
from paramcount.costs.memory.recipes import recipe
from paramcount.costs.passes import FORWARD_AND_BACKWARD
from paramcount.costs.run import Run
from paramcount.costs.stated import costed
from paramcount.verification.compare import witness_of
from paramcount.verification.saved import DTYPES, kept_by, numbers_of, recomputing

# A GPT, one with parallel attention and feed-forward, and a llama of a size in no paper.
MODELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("gpt2-small", ()),
    ("pythia-160m", ()),
    ("llama", ("n_layers=12", "d_model=768", "n_heads=12", "n_kv_heads=4", "d_ff=2048", "n_vocab=32000")),
)
RUN = Run(4, 1024, attention="computed")
WAYS = (("bf16-adam", PLAIN), ("bf16-adam", FUSED), ("fp32-adam", PLAIN))
WARM, TIMED = 2, 5  # steps
DEVICE = "cuda"
SIDE = 8192  # side of the matrices whose product times the device


class OnDevice(NamedTuple):
    """A step of *model* by a *recipe* with an attention *kernel*: bytes and seconds, computed and measured.

    *kept* is what the module keeps for its backward pass, by torch's saved-tensor hooks. The computed *seconds* cover
    only its matrix products, at the rate of a large one. *why* says why nothing was measured.
    """

    model: str
    recipe: str
    kernel: str
    activations: int
    peak: int
    kept: int | None = None
    measured: int | None = None
    flops: int = 0
    seconds: float | None = None
    measured_seconds: float | None = None
    why: str = ""


def reached(device: str) -> str:
    """Why torch cannot use *device*; "" if it can."""
    if torch.cuda.is_available():
        return ""
    return f"{device}: torch {torch.__version__} has no such device, so nothing was measured."


def name_of() -> str:
    """The device and the torch version used to measure."""
    return f"{torch.cuda.get_device_name()}, torch {torch.__version__}"


def on_device() -> list[OnDevice]:
    """Each of MODELS in each of WAYS on the GPU."""
    rates = {dtype: _rate(dtype) for dtype in ("bf16", "fp32")}
    return [_measured(resolve(name, sizes), *way, rates) for name, sizes in MODELS for way in WAYS]


def stated(spec: Spec, name: str, kernel: str) -> OnDevice:
    """The computed figures for a step of *spec*, before measuring."""
    by = recipe(name)
    kept = activations(spec, RUN, by.dtype, NONE, kernel)
    moments = peak(spec, training(spec, RUN, by), by, NONE, kernel)
    assert kept is not None
    assert moments is not None
    flops = FORWARD_AND_BACKWARD * costed(spec, RUN).flops(RUN)
    return OnDevice(spec.name, name, kernel, kept.total_bytes, moments.bytes, flops=flops)


def _measured(spec: Spec, name: str, kernel: str, rates: dict[str, float]) -> OnDevice:
    row, dtype = stated(spec, name, kernel), recipe(name).dtype
    row = row._replace(seconds=row.flops / rates[dtype])
    try:
        return row._replace(**_steps(spec, dtype, kernel))
    except Exception as error:  # out of memory, or a kernel the device lacks
        return row._replace(why=" ".join(str(error).split())[:160])


def _steps(spec: Spec, dtype: str, kernel: str) -> dict[str, Any]:
    """Steps of torch's Adam on *spec*'s module: what it keeps, a step's peak, and its time."""
    gc.collect()  # a module with a replaced attention function refers to itself
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    with numbers_of(dtype), torch.device(DEVICE):
        built = recomputing(witness_of(spec)(**spec.sizes), NONE, kernel)
        for parameter in built.parameters():
            nn.init.normal_(parameter, std=0.02)
        tokens, targets = (torch.randint(spec.sizes["n_vocab"], (RUN.batch, RUN.seq)) for _ in range(2))
        kept = sum(storage.nbytes() for storage in kept_by(built, tokens))
        optimizer = torch.optim.Adam(built.parameters())
        for _ in range(WARM):
            _step(built, optimizer, tokens, targets)
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        start = time.perf_counter()
        for _ in range(TIMED):
            _step(built, optimizer, tokens, targets)
        torch.cuda.synchronize()
        seconds = (time.perf_counter() - start) / TIMED
    return {"kept": kept, "measured": torch.cuda.max_memory_allocated() - before, "measured_seconds": seconds}


def _step(built: nn.Module, optimizer: torch.optim.Optimizer, tokens: Tensor, targets: Tensor) -> None:
    logits = built(tokens)
    loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    optimizer.zero_grad()


def _rate(dtype: str) -> float:
    """FLOPs per second of a large matrix product in *dtype*."""
    left, right = (torch.randn(SIDE, SIDE, device=DEVICE, dtype=DTYPES[dtype]) for _ in range(2))
    for _ in range(WARM):
        left @ right
    torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(TIMED):
        left @ right
    torch.cuda.synchronize()
    return 2 * SIDE**3 * TIMED / (time.perf_counter() - start)
