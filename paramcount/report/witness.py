"""What a checkpoint's index says of its total size, added to the report on a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paramcount.catalog.spec import Spec
from paramcount.checkpoint.witness import Witness, witnesses
from paramcount.report.rows import Report


def with_index(report: Report, spec: Spec, stated: Mapping[str, Any], nbytes: int | None = None) -> Report:
    """*report* on *spec*, with whether the totals *stated* in an index agree; unchanged if it states none.

    *nbytes* is the number of bytes stored, if the weights are there.
    """
    model, design = spec.model(), spec.family.configured(spec.sizes)
    config = design.config.document if design else {}
    found = witnesses(stated, model.total(), model.by_component(), config)
    if not found:
        return report
    found = [_of_stored(witness, nbytes) for witness in found]
    lines = [witness.said() + (OF_PART if spec.part and not witness.agrees else "") for witness in found]
    data = {**report.documents()[0], "index": [_document(witness) for witness in found]}
    return Report(data, (*report.parts, "\n".join(lines)), failed=report.failed)


def _of_stored(witness: Witness, nbytes: int | None) -> Witness:
    """*witness*, marked as agreeing if it states the bytes stored, whose difference is explained elsewhere."""
    if witness.key != "total_size" or witness.stated != nbytes or witness.agrees:
        return witness
    return witness._replace(agrees=True, off=None, why="as many as are stored")


OF_PART = " It is for the whole model, of which only a part is counted here."


def _document(witness: Witness) -> dict[str, Any]:
    return witness._asdict()
