"""The paper's model with the shape of a config's, whose activations are known while those of a class are not."""

from __future__ import annotations

from paramcount.catalog.families import families_of
from paramcount.catalog.spec import Spec
from paramcount.models.design import SizeError


def shaped_alike(spec: Spec) -> Spec | None:
    """The paper's model with the type, sizes and count of *spec*, if *spec* comes from a config and there is one."""
    design = spec.family.configured(spec.sizes)
    if design is None:
        return None
    total = spec.model().total()
    for family in families_of(design.config.model_type):
        if not all(size in spec.sizes for size in family.sizes):
            continue
        own = {size: spec.sizes[size] for size in family.sizes}
        for tied in (True, False) if "tied" in family.switches else (None,):
            given = own if tied is None else {**own, "tied": tied}
            try:
                alike = Spec(family.name, family, family.settle(given))
            except SizeError:
                continue
            if alike.model().total() == total:
                return alike
    return None
