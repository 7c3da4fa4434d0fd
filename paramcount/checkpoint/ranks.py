"""Checkpoints from several devices: each file holds a rank's slice of every tensor, joined by its program's rule.

Meta's (consolidated.00.pth) are split as fairscale's layers split them, Megatron's and DeepSpeed's (mp_rank_00) as
Megatron's: input maps by columns, output maps by rows, the vocabulary by rows (Shoeybi et al. 2019, sec. 3).
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from paramcount.checkpoint.files import place, shown
from paramcount.checkpoint.patterns import NUMBER, layer
from paramcount.checkpoint.tensors import Checkpoint, CheckpointError, StoredTensor

META = re.compile(r"consolidated\.(?P<tensor>[0-9]{2})\.(pth|pt)")
MEGATRON = re.compile(r"mp_rank_(?P<tensor>[0-9]{2,3})(_(?P<stage>[0-9]{3}))?")
DEEPSPEED = re.compile(r"mp_rank_(?P<tensor>[0-9]{2,3})_model_states\.pt")
MEGATRON_FILES = ("model_optim_rng.pt", "model_rng.pt")
MOST_RANKS = 4096

# The dimension that ranks slice, by the last parts of a name.
META_SIDES = {
    **dict.fromkeys(("wq.weight", "wk.weight", "wv.weight", "w1.weight", "w3.weight", "output.weight"), 0),
    **dict.fromkeys(("wo.weight", "w2.weight"), 1),
}
EMBEDDINGS = ("tok_embeddings.weight",)  # along the width up to Llama 2, along the vocabulary since
_LEADING_IN = ("query_key_value", "dense_h_to_4h", "linear_qkv", "linear_fc1", "query", "key_value")
_TABLES = ("word_embeddings.weight", "output_layer.weight", "word_embeddings_for_head.weight", "lm_head.weight")
_LEADING_BACK = ("dense", "dense_4h_to_h", "linear_proj", "linear_fc2")
MEGATRON_SIDES = {
    **{f"{name}.{own}": 0 for name in _LEADING_IN for own in ("weight", "bias")},
    **dict.fromkeys(_TABLES, 0),
    **{f"{name}.weight": 1 for name in _LEADING_BACK},
}
WHOLE = ("position_embeddings.weight", "router.weight", "inv_freq", "rope.freqs")
COPIES_OF_EMBEDDING = ("word_embeddings_for_head.weight", "output_layer.weight")


class Place(NamedTuple):
    """A rank's file, its pipeline stage and its place in the tensor-parallel group."""

    stage: int
    tensor: int
    path: str


def ranks_in(folder: str, names: Sequence[str]) -> list[Place]:
    """The rank files among *names* in *folder*, in order; empty for another kind of folder."""
    found = []
    for name in names:
        if match := (META.fullmatch(name) or DEEPSPEED.fullmatch(name)):
            found.append(Place(0, int(match["tensor"]), os.path.join(folder, name)))
        elif match := MEGATRON.fullmatch(name):
            inside = (os.path.join(folder, name, file) for file in MEGATRON_FILES)
            path = next((path for path in inside if os.path.isfile(path)), "")
            found += [Place(int(match["stage"] or 0), int(match["tensor"]), path)] if path else []
    return sorted(found)


def beside(path: str) -> int:
    """The number of ranks that the file at *path* is one of; 0 if its name is not a rank's."""
    folder, name = os.path.split(os.path.abspath(path))
    if name in MEGATRON_FILES and MEGATRON.fullmatch(os.path.basename(folder)):
        folder = os.path.dirname(folder)
    elif not (META.fullmatch(name) or DEEPSPEED.fullmatch(name)):
        return 0
    try:
        return len(ranks_in(folder, os.listdir(folder)))
    except OSError:
        return 0


def read_ranks(folder: str, places: list[Place], read_one: Callable[[str], Checkpoint]) -> Checkpoint:
    """The ranks at *places*, each read by *read_one*, as one checkpoint; raises CheckpointError if it cannot."""
    stages = sorted({one.stage for one in places})
    n_tensor = len(places) // len(stages)
    wanted = [(stage, tensor) for stage in range(len(stages)) for tensor in range(n_tensor)]
    if len(places) > MOST_RANKS or [(one.stage, one.tensor) for one in places] != wanted:
        raise CheckpointError(
            f"{place(folder)}: not every stage and slice from 0 up is there, only {len(places):,}; "
            f"valid: all ranks of one save"
        )
    files = [read_one(one.path) for one in places]
    sides = META_SIDES if META.fullmatch(os.path.basename(places[0].path)) else MEGATRON_SIDES
    of_stages = [_slices(folder, files[at * n_tensor : (at + 1) * n_tensor], sides) for at in range(len(stages))]
    return _stages(folder, of_stages)._replace(ranks=len(places))


def _slices(folder: str, files: list[Checkpoint], sides: Mapping[str, int]) -> Checkpoint:
    """One checkpoint from *files*, which are slices of the same tensors."""
    first, *others = files
    if not others:
        return first
    named = [{tensor.name: tensor for tensor in file.tensors} for file in files]
    if any(one.keys() != named[0].keys() for one in named[1:]):
        raise CheckpointError(f"{place(folder)}: its ranks hold different tensors; valid: ranks of one save")
    width = _width(first)
    tensors = tuple(_joined(folder, [one[name] for one in named], sides, width) for name in named[0])
    return first._replace(tensors=tensors, path=folder)


def _joined(folder: str, parts: list[StoredTensor], sides: Mapping[str, int], width: int | None) -> StoredTensor:
    first = parts[0]
    axis = _axis(first, sides, width)
    if axis is None:
        if any(part.shape != first.shape for part in parts) or not _is_whole(first, width):
            raise _unjoined(folder, first.name, len(parts))
        return first
    if len(first.shape) <= axis:
        raise _unjoined(folder, first.name, len(parts))
    whole = sum(part.shape[axis] for part in parts)
    shape = (*first.shape[:axis], whole, *first.shape[axis + 1 :])
    rest = [part.shape[:axis] + part.shape[axis + 1 :] for part in parts]
    across = shape[1] if _last(first.name) in EMBEDDINGS else shape[1 - axis] if len(shape) == 2 else width
    if any(one != rest[0] for one in rest) or (width is not None and across != width):
        raise _unjoined(folder, first.name, len(parts))
    return first._replace(shape=shape, nbytes=sum(part.nbytes for part in parts))


def _axis(tensor: StoredTensor, sides: Mapping[str, int], width: int | None) -> int | None:
    """The dimension along which *tensor* is sliced; None if every rank has all of it, or no rule says."""
    if _last(tensor.name) in EMBEDDINGS and len(tensor.shape) == 2:
        return 0 if tensor.shape[1] == width else 1
    return sides.get(_last(tensor.name))


def _last(name: str) -> str:
    """The last two parts of *name*: a module and its tensor."""
    return ".".join(name.split(".")[-2:])


def _is_whole(tensor: StoredTensor, width: int | None) -> bool:
    """Whether each rank is known to have all of *tensor*: norms, biases as wide as the model, positions."""
    if len(tensor.shape) < 2 and ("norm" in tensor.name or tensor.shape == (width,)):
        return True
    return f".{tensor.name}".endswith(tuple(f".{ending}" for ending in WHOLE))


def _width(checkpoint: Checkpoint) -> int | None:
    """d_model, from the gain of a norm, which every rank has whole; None if no norm has a known name."""
    norms = [tensor for tensor in checkpoint.tensors if "norm" in tensor.name and len(tensor.shape) == 1]
    own = {tensor.shape[0] for tensor in norms if not any(of in tensor.name for of in ("q_", "k_"))}
    return own.pop() if len(own) == 1 else None


def _unjoined(folder: str, name: str, ranks: int) -> CheckpointError:
    return CheckpointError(
        f"{place(folder)}: no rule says how the slices of {shown(name)} on its {ranks:,} ranks are joined; "
        f"valid: one rank by name, or a merged checkpoint"
    )


def _stages(folder: str, stages: list[Checkpoint]) -> Checkpoint:
    """One checkpoint from pipeline *stages*, each of which numbers its layers from 0."""
    first, *others = stages
    if not others:
        return first._replace(path=folder)
    tensors, shared, before = list(first.tensors), dict(first.shared), 0
    table = next((tensor.name for tensor in tensors if tensor.name.endswith("word_embeddings.weight")), "")
    tied = first.wrapped.arguments.get("untie_embeddings_and_output_weights") is False
    for earlier, stage in zip(stages, others, strict=False):
        before += 1 + max((number for one in earlier.tensors if (number := layer(one.name)) is not None), default=-1)
        for tensor in stage.tensors:
            name = _numbered_on(tensor.name, before)
            copy = name.endswith(COPIES_OF_EMBEDDING[0]) or (tied and name.endswith(COPIES_OF_EMBEDDING[1]))
            if table and copy:
                shared[name] = table
            else:
                tensors.append(tensor._replace(name=name))
    if len({tensor.name for tensor in tensors}) < len(tensors):
        raise CheckpointError(
            f"{place(folder)}: a tensor is in two stages; valid: stages that number their own layers from 0"
        )
    return first._replace(tensors=tuple(tensors), shared=shared, path=folder)


def _numbered_on(name: str, before: int) -> str:
    """*name* with *before* added to its layer number."""
    number = NUMBER.search(name)
    return name if number is None else f"{name[: number.start()]}{int(number[0]) + before}{name[number.end() :]}"
