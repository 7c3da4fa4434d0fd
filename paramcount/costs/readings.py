"""What a loaded model says of its costs: FLOPs, cache, memory."""

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
    """A model whose costs can be asked for; its *spec* says what it is.

    Of a model of more than text they are those of its text model.
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
        """What a run of *batch* sequences of *seq* tokens multiplies, *cached* of each computed before.

        *seq* is the model's context by default, *source* how many tokens an encoder reads. *attention* counts the pairs
        of queries and keys that the mask lets through, "needed", or all, "computed"; *train* is three times the forward
        pass (Kaplan et al. 2020, sec. 2.1). Raises InputError where what the model multiplies is not stated exactly.
        """
        from paramcount.costs.flops import flops
        from paramcount.costs.run import Run, checked
        from paramcount.costs.stated import stated_context

        length = stated_context(self._costed) if seq is None else seq
        return flops(self._costed, checked(Run(batch, length, cached, attention, source)), train)

    def cache(self, seq: int | None = None, batch: int = 1, source: int = 0, dtype: str = "bf16") -> Cache:
        """What is kept of *batch* sequences of *seq* tokens, by default the model's context, in bytes by kind of layer.

        Raises InputError on an unknown format, and where the model keeps nothing or what it keeps is not stated.
        """
        from paramcount.costs.cache import cache
        from paramcount.costs.run import Run, checked
        from paramcount.costs.stated import stated_context

        length = stated_context(self._costed) if seq is None else seq
        return cache(self._costed, checked(Run(batch, length, source=source)), dtype)

    def memory(
        self, purpose: str = "inference", seq: int | None = None, batch: int = 1, source: int = 0, **options: Any
    ) -> Footprint:
        """What the model takes for *purpose*, "inference" or "training", in bytes by kind.

        *batch* sequences of *seq* tokens, by default the model's context, and *source* how many an encoder reads.
        Options of inference: dtype, cache_dtype; of training: recipe, lora ("r=16,targets=q_proj,v_proj"), dtype (of
        what lora freezes), recompute, kernel. Raises InputError on an unknown option, format, recipe or target.
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
        """What the busiest of *devices* = *tp* · *pp* · *dp* holds, in bytes by kind; each copy has its own batch.

        *zero* is what the dp copies divide (1 states, 2 gradients too, 3 weights too), *ep* how many of them share the
        experts; the rest is as in `memory`. Raises InputError where the model does not divide so, as docs/layouts.md
        says.
        """
        from paramcount.costs.memory.layout import settled
        from paramcount.costs.memory.per_device import per_device

        layout = settled(devices, zero, tp, pp, dp, ep)
        return per_device(self._costed, self.memory(purpose, seq, batch, source, **options), layout, options)
