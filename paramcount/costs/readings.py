"""The cost methods of a loaded model: FLOPs, cache, memory."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from paramcount.catalog.spec import Spec

if TYPE_CHECKING:
    from paramcount.costs.cache import Cache
    from paramcount.costs.flops import Flops
    from paramcount.costs.memory.footprint import Footprint
    from paramcount.costs.memory.per_device import PerDevice


class WithCosts:
    """A model with methods for its costs; *spec* says what it is.

    For a multimodal model they are the costs of its text model.
    """

    spec: Spec

    @cached_property
    def _costed(self) -> Spec:
        from paramcount.catalog.from_config import of_costs

        return of_costs(self.spec)

    def flops(
        self,
        seq: int | None = None,
        batch: int = 1,
        cached: int = 0,
        source: int = 0,
        attention: str = "needed",
        train: bool = False,
    ) -> Flops:
        """The FLOPs of a run of *batch* sequences of *seq* tokens, *cached* of which are already in the cache.

        *seq* is the model's context by default, *source* the number of tokens that an encoder reads. *attention* counts
        only the pairs of queries and keys that the mask allows, "needed", or all of them, "computed"; *train* is three
        times the forward pass (Kaplan et al. 2020, sec. 2.1). Raises InputError if the FLOPs can't be counted exactly.
        """
        from paramcount.costs.flops import flops
        from paramcount.costs.run import Run, checked
        from paramcount.costs.stated import stated_context

        length = stated_context(self._costed) if seq is None else seq
        return flops(self._costed, checked(Run(batch, length, cached, attention, source)), train)

    def cache(self, seq: int | None = None, batch: int = 1, source: int = 0, dtype: str = "bf16") -> Cache:
        """The cache of *batch* sequences of *seq* tokens, by default the model's context, in bytes by kind of layer.

        Raises InputError on an unknown format, and if the model has no cache or its size is not known exactly.
        """
        from paramcount.costs.cache import cache
        from paramcount.costs.run import Run, checked
        from paramcount.costs.stated import stated_context

        length = stated_context(self._costed) if seq is None else seq
        return cache(self._costed, checked(Run(batch, length, source=source)), dtype)

    def memory(
        self, purpose: str = "inference", seq: int | None = None, batch: int = 1, source: int = 0, **options: Any
    ) -> Footprint:
        """The memory that the model takes for *purpose*, "inference" or "training", in bytes by kind.

        The run is of *batch* sequences of *seq* tokens, by default the model's context; *source* is the number of
        tokens that an encoder reads. Options for inference: dtype, cache_dtype; for training: recipe, lora
        ("r=16,targets=q_proj,v_proj"), dtype (of the frozen weights with lora), recompute, kernel. Raises InputError on
        an unknown option, format, recipe or target.
        """
        from paramcount.costs.memory.asked import footprint
        from paramcount.costs.run import Run, checked
        from paramcount.costs.stated import context

        length = context(self._costed) if seq is None else seq
        run = None if length is None else checked(Run(batch, length, source=source))
        return footprint(self._costed, run, purpose, options)

    def per_device(
        self,
        purpose: str = "inference",
        seq: int | None = None,
        batch: int = 1,
        source: int = 0,
        *,
        devices: int | None = None,
        zero: int = 0,
        tp: int = 1,
        pp: int = 1,
        dp: int | None = None,
        ep: int = 1,
        **options: Any,
    ) -> PerDevice:
        """The memory of the busiest of *devices* = *tp* · *pp* · *dp*, in bytes by kind; each copy has its own batch.

        *zero* is what the dp copies divide (1: states, 2: also gradients, 3: also weights), *ep* how many of them share
        the experts; the rest is as in `memory`. Raises InputError if the model can't be divided like this, as explained
        in docs/layouts.md.
        """
        from paramcount.costs.memory.layout import settled
        from paramcount.costs.memory.per_device import per_device

        layout = settled(devices, zero, tp, pp, dp, ep)
        return per_device(self._costed, self.memory(purpose, seq, batch, source, **options), layout, options)
