"""The report of `paramcount memory`: weights, cache, or the memory of a training step."""

from __future__ import annotations

from typing import Any, NamedTuple

from paramcount.catalog.spec import PartOf, mark, marked
from paramcount.costs.memory.fit import Fit
from paramcount.costs.memory.footprint import Footprint
from paramcount.costs.memory.peak import LEFT_OUT as LEFT_OUT_OF_PEAK
from paramcount.costs.memory.peak import Peak
from paramcount.report.rows import Column, Report, Sheet

KINDS = (
    Column("name", "memory"),
    Column("bytes", "bytes", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)"),
    Column("share", "share", "share"),
    Column("bar", "", "bar"),
)
MOMENTS = (
    Column("name", "moment of a step"),
    Column("bytes", "bytes", "count"),
    Column("gb", "GB (10^9)"),
    Column("gib", "GiB (2^30)"),
    Column("beside", "besides weights and optimizer"),
)
LEFT_OUT = "Left out: the CUDA context, fragmentation, workspaces, and buffers that are not parameters."
NOT_ALL = "partial total"


class Answer(NamedTuple):
    """A model's footprint, with what its checkpoint *stores* in bytes and whether it fits a device.

    *peak* has the moments of a training step, if they are counted; *part* says which part of a larger model this is.
    """

    name: str
    title: str
    found: Footprint
    stores: int | None = None
    fit: Fit | None = None
    peak: Peak | None = None
    part: PartOf | None = None


def memory_report(answers: list[Answer]) -> Report:
    """The bytes of each kind and their sum; several models as columns."""
    if len(answers) == 1:
        return Report(_document(answers[0]), (*_alone(answers[0]), LEFT_OUT))
    columns = (
        Column("name", "memory"),
        *(Column(str(at), one.name, "count", header=one.name) for at, one in enumerate(answers)),
    )
    kinds = [one.found.kinds for one in answers]
    rows = [_across(name, [each[name] for each in kinds]) for name in kinds[0]]
    rows.append({**_across("total", [one.found.total for one in answers]), "strong": True})
    headings = "\n".join(_heading(one) for one in answers)
    sums = "\n".join(f"{one.title}: {_sum(one.found)}" for one in answers)
    lines = dict.fromkeys(line for one in answers for line in _lines(one))
    return Report([_document(one) for one in answers], (headings, Sheet(columns, rows), sums, *lines, LEFT_OUT))


def size(nbytes: int) -> str:
    """*nbytes* as 16.061 GB (14.958 GiB)."""
    return f"{_in(nbytes, 10**9)} GB ({_in(nbytes, 2**30)} GiB)"


def _alone(one: Answer) -> tuple[str | Sheet, ...]:
    found = one.found
    rows = [_row(name, nbytes, found.stated) for name, nbytes in found.kinds.items()]
    last = marked("total" if found.total is not None else NOT_ALL, one.part)
    rows.append({**_row(last, found.stated, found.stated), "strong": True, "bar": None})
    return (_heading(one), Sheet(KINDS, rows), *_moments(one.peak), *_lines(one))


def _moments(found: Peak | None) -> tuple[str | Sheet, ...]:
    """The memory at each moment of a step, with the peak highlighted."""
    if found is None:
        return ()
    rows = [
        {
            **_row(moment.name, moment.bytes, 0),
            "beside": ", ".join(part for part in moment.parts if part not in ("weights", "optimizer")),
            "strong": moment == found.largest,
        }
        for moment in found.moments
    ]
    return (Sheet(MOMENTS, rows), f"Peak of a training step, at the {found.largest.name}: {size(found.bytes)}.")


def _lines(one: Answer) -> list[str]:
    """Notes: formats, what is not counted and why, what the checkpoint stores, whether it fits."""
    found = one.found
    lines = [*found.notes, *(f"{name.capitalize()}: {why}." for name, why in found.reasons.items())]
    if one.stores is not None:
        lines.append(f"The checkpoint stores {one.stores:,} bytes: {size(one.stores)}.")
    lines += [LEFT_OUT_OF_PEAK] if one.peak else []
    return [*lines, *([fit_said(one.fit)] if one.fit else [])]


def fit_said(one: Fit) -> str:
    """Whether it fits, and how much memory is left or missing."""
    device = f"{one.device} of {size(one.memory)}"
    if one.fits is None:
        return f"{device}: what is counted leaves {size(one.left)} for the rest."
    return f"{device}: fits, with {size(one.left)} left." if one.fits else f"{device}: {size(-one.left)} too much."


def _document(one: Answer) -> dict[str, Any]:
    """The JSON document: bytes as ints, null if they are not counted."""
    found = one.found
    kinds = ("weights", "gradients", "optimizer", "activations", "cache")
    return {
        "model": one.name,
        **mark(one.part),
        "for": found.purpose,
        "how": found.how,
        "run": {"batch": found.run.batch, "seq": found.run.seq} if found.run else None,
        **{name: getattr(found, name) for name in kinds},
        "total": found.total,
        "stated": found.stated,
        "trained": found.trained,
        "not_stated": dict(found.reasons),
        "notes": list(found.notes),
        "checkpoint": one.stores,
        "peak": _peak_document(one.peak) if one.peak else None,
        "per_device": one.fit._asdict() if one.fit else {},
    }


def _peak_document(found: Peak) -> dict[str, Any]:
    moments = [{"name": one.name, "bytes": one.bytes, "parts": dict(one.parts)} for one in found.moments]
    return {"moment": found.largest.name, "bytes": found.bytes, "moments": moments}


def _row(name: str, nbytes: int | None, whole: int) -> dict[str, Any]:
    if nbytes is None:
        return {"name": name, "gb": "not counted"}
    share = nbytes / whole if whole else 0.0
    gb, gib = _in(nbytes, 10**9), _in(nbytes, 2**30)
    return {"name": name, "bytes": nbytes, "gb": gb, "gib": gib, "share": share, "bar": share}


def _in(nbytes: int, unit: int) -> str:
    """*nbytes* in a unit to three decimals, computed in ints, since floats end at 10^308."""
    thousandths = (2 * nbytes * 1000 + unit) // (2 * unit)
    sign = "−" if thousandths < 0 else ""
    return f"{sign}{abs(thousandths) // 1000:,}.{abs(thousandths) % 1000:03}"


def _across(name: str, values: list[int | None]) -> dict[str, Any]:
    return {"name": name, **{str(at): value for at, value in enumerate(values)}}


def _sum(found: Footprint) -> str:
    return size(found.stated) + ("" if found.total is not None else f" ({NOT_ALL})")


def _heading(one: Answer) -> str:
    run = f", {one.found.run.batch:,} × {one.found.run.seq:,} tokens" if one.found.run else ""
    return f"{one.title}: {one.found.purpose}, {one.found.how}{run}"
