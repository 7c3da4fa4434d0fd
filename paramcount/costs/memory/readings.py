"""What a loaded model says of memory: its footprint, its peak, what each device holds, whether it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from paramcount.costs.asked import Length, run_if_any
from paramcount.costs.memory.asked import Options, footprint, peak_of
from paramcount.costs.memory.footprint import INFERENCE, TRAINING
from paramcount.costs.readings import WithCosts

if TYPE_CHECKING:
    from paramcount.costs.memory.fit import Fit
    from paramcount.costs.memory.fitting import Fitting
    from paramcount.costs.memory.footprint import Footprint
    from paramcount.costs.memory.peak import Peak
    from paramcount.costs.memory.per_device import PerDevice
    from paramcount.costs.memory.per_rank import PerRank


class WithMemory(WithCosts):
    """A model whose memory can be asked for, in bytes.

    The *options* that are asked for a *purpose* are, of "inference", dtype ("bf16", "int4", "gguf:Q4_K_M") and
    cache_dtype; of "training", recipe ("mixed-adam"), lora ("r=16,targets=q_proj,v_proj"), dtype of what lora freezes,
    recompute ("none", "selective", "full"), kernel ("plain", "fused") and accumulate. *batch* sequences have *seq*
    tokens, by default the model's context; *source* is how many an encoder reads. Everything raises
    paramcount.errors.InputError on an unknown option, format, recipe, target or device.
    """

    def memory(
        self,
        purpose: str = INFERENCE,
        seq: Length = None,
        batch: int = 1,
        source: Length = None,
        **options: Unpack[Options],
    ) -> Footprint:
        """What the model takes for *purpose*, "inference" or "training", in bytes by kind; see WithMemory's options.

        Options of inference: dtype, cache_dtype; of training: recipe, lora ("r=16,targets=q_proj,v_proj"), dtype (of
        what lora freezes), recompute, kernel, accumulate.

        >>> import paramcount
        >>> paramcount.load("llama-3.1-8b").memory(seq=8192, dtype="int8").kinds
        {'weights': 9086705664, 'cache': 1073741824}
        """
        return footprint(self._costed, run_if_any(self._costed, seq, batch, source), purpose, options)

    def peak(
        self, seq: Length = None, batch: int = 1, source: Length = None, **options: Unpack[Options]
    ) -> Peak | None:
        """The moments of a step of training and the bytes of each, `bytes` of the largest; None where not stated.

        *options* are those of training, as in `memory`.

        >>> import paramcount
        >>> paramcount.load("gpt2-small").peak(seq=1024, recipe="bf16-adam").largest.name
        'loss'
        """
        return peak_of(self._costed, self.memory(TRAINING, seq, batch, source, **options), options)

    def per_device(
        self,
        purpose: str = INFERENCE,
        seq: Length = None,
        batch: int = 1,
        source: Length = None,
        *,
        devices: int | None = None,
        zero: int = 0,
        tp: int = 1,
        pp: int = 1,
        dp: int | None = None,
        ep: int = 1,
        **options: Unpack[Options],
    ) -> PerDevice:
        """What the busiest of *devices* = *tp* · *pp* · *dp* holds, in bytes by kind; each copy has its own batch.

        *zero* is what the dp copies divide (1 states, 2 gradients too, 3 weights too), *ep* how many of them share the
        experts; the rest is as in `memory`. Raises InputError where the model does not divide so, as docs/layouts.md
        says.

        >>> import paramcount
        >>> paramcount.load("gpt3-175b").per_device("training", devices=64, zero=3, tp=8).footprint.weights
        5463459840
        """
        from paramcount.costs.memory.layout import settled
        from paramcount.costs.memory.per_device import per_device

        layout = settled(devices, zero, tp, pp, dp, ep)
        return per_device(self._costed, self.memory(purpose, seq, batch, source, **options), layout, options)

    def per_rank(self, tp: int = 1, pp: int = 1) -> PerRank:
        """The parameters that each rank holds of *tp* that share every layer and *pp* stages, by Megatron's rule.

        >>> import paramcount
        >>> paramcount.load("gpt3-175b").per_rank(tp=8, pp=4).ranks[0].params
        5540216832
        """
        from paramcount.costs.memory.per_rank import per_rank

        return per_rank(self._costed, tp, pp)

    def fits(
        self,
        gpu: str,
        purpose: str = INFERENCE,
        seq: Length = None,
        batch: int = 1,
        source: Length = None,
        *,
        gpu_file: str | None = None,
        **options: Unpack[Options],
    ) -> Fit:
        """Whether the model fits one *gpu*, and the bytes that are `left`; in training at the peak of a step.

        *gpu* is a name of tables/accelerators.csv, "h100-sxm", or of your own *gpu_file*; the rest is as in `memory`.

        >>> import paramcount
        >>> paramcount.load("llama-3.1-8b").fits("rtx-4090", seq=8192).left
        6865735680
        """
        from paramcount.costs.accelerators import accelerator
        from paramcount.costs.memory.fit import fit

        found = self.memory(purpose, seq, batch, source, **options)
        moments = peak_of(self._costed, found, options)
        return fit(accelerator(gpu, gpu_file), found, moments.bytes if moments else None)

    def best_fits(
        self,
        gpu: str,
        purpose: str = INFERENCE,
        seq: Length = None,
        batch: int = 1,
        source: Length = None,
        *,
        gpu_file: str | None = None,
        devices: int | None = None,
        zero: int | None = None,
        tp: int | None = None,
        pp: int | None = None,
        dp: int | None = None,
        ep: int | None = None,
        **options: Unpack[Options],
    ) -> list[Fitting]:
        """The fewest devices, the largest batch and the largest context on such a *gpu*, over all layouts left open.

        At most so many *devices*; a size of the layout that is given is kept. Needs numpy.

        >>> import paramcount
        >>> [(found.name, found.value) for found in paramcount.load("llama-3.1-8b").best_fits("rtx-4090", seq=8192)]
        [('fewest devices', 1), ('largest batch', 7), ('largest context', 60573)]
        """
        from paramcount.costs.accelerators import accelerator
        from paramcount.costs.memory.fit import fit
        from paramcount.costs.memory.fits import fits
        from paramcount.costs.memory.search import Asked
        from paramcount.extras import need

        need("best_fits", "numpy")
        run = run_if_any(self._costed, seq, batch, source)
        whole = footprint(self._costed, run, purpose, options)
        memory = fit(accelerator(gpu, gpu_file), whole).memory
        return fits(self._costed, run, purpose, options, memory, Asked(devices, zero, tp, pp, dp, ep))
