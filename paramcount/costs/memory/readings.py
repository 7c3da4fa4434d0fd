"""The memory methods of a loaded model: its footprint and peak, its share on each device, and whether it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from paramcount.arguments import checked
from paramcount.costs.asked import run_if_any
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
    """A model with methods for its memory, in bytes.

    The run is of *batch* sequences of *seq* tokens, by default the model's context; *source* is the number of tokens
    that an encoder reads. *options* for inference are dtype ("bf16", "int4", "gguf:Q4_K_M") and cache_dtype; for
    training, recipe ("mixed-adam"), lora ("r=16,targets=q_proj,v_proj"), dtype (of the frozen weights with lora),
    recompute ("none", "selective", "full"), kernel ("plain", "fused") and accumulate. All methods raise
    paramcount.errors.InputError on an unknown option, format, recipe, target or device.
    """

    @checked
    def memory(
        self,
        purpose: str = INFERENCE,
        seq: int | str | None = None,
        batch: int = 1,
        source: int | str | None = None,
        **options: Unpack[Options],
    ) -> Footprint:
        """The memory that the model takes for *purpose*, "inference" or "training", in bytes by kind.

        *options* for inference: dtype, cache_dtype; for training: recipe, lora ("r=16,targets=q_proj,v_proj"), dtype
        (of the frozen weights with lora), recompute, kernel, accumulate.

        >>> import paramcount
        >>> paramcount.load("llama-3.1-8b").memory(seq=8192, dtype="int8").kinds
        {'weights': 9086705664, 'cache': 1073741824}
        """
        return footprint(self._costed, run_if_any(self._costed, seq, batch, source), purpose, options)

    @checked
    def peak(
        self, seq: int | str | None = None, batch: int = 1, source: int | str | None = None, **options: Unpack[Options]
    ) -> Peak | None:
        """The memory at each moment of a training step; `bytes` is that of the largest. None if it isn't known exactly.

        *options* are those of `memory` for training.

        >>> import paramcount
        >>> paramcount.load("gpt2-small").peak(seq=1024, recipe="bf16-adam").largest.name
        'loss'
        """
        return peak_of(self._costed, self.memory(TRAINING, seq, batch, source, **options), options)

    @checked
    def per_device(
        self,
        purpose: str = INFERENCE,
        seq: int | str | None = None,
        batch: int = 1,
        source: int | str | None = None,
        *,
        devices: int | None = None,
        zero: int = 0,
        tp: int = 1,
        pp: int = 1,
        dp: int | None = None,
        ep: int = 1,
        **options: Unpack[Options],
    ) -> PerDevice:
        """The memory of the busiest of *devices* = *tp* · *pp* · *dp*, in bytes by kind; each copy has its own batch.

        *zero* is what the dp copies divide (1: states, 2: also gradients, 3: also weights), *ep* how many of them share
        the experts; the rest is as in `memory`. Raises InputError if the model can't be divided like this, as explained
        in docs/layouts.md.

        >>> import paramcount
        >>> paramcount.load("gpt3-175b").per_device("training", devices=64, zero=3, tp=8).footprint.weights
        5463459840
        """
        from paramcount.costs.memory.layout import settled
        from paramcount.costs.memory.per_device import per_device

        layout = settled(devices, zero, tp, pp, dp, ep)
        return per_device(self._costed, self.memory(purpose, seq, batch, source, **options), layout, options)

    @checked
    def per_rank(self, tp: int = 1, pp: int = 1) -> PerRank:
        """The parameters on each rank of *pp* stages of *tp* tensor-parallel ranks, divided as Megatron-LM does.

        >>> import paramcount
        >>> paramcount.load("gpt3-175b").per_rank(tp=8, pp=4).ranks[0].params
        5540216832
        """
        from paramcount.costs.memory.per_rank import per_rank

        return per_rank(self._costed, tp, pp)

    @checked
    def fits(
        self,
        gpu: str,
        purpose: str = INFERENCE,
        seq: int | str | None = None,
        batch: int = 1,
        source: int | str | None = None,
        *,
        gpu_file: str | None = None,
        **options: Unpack[Options],
    ) -> Fit:
        """Whether the model fits on one *gpu*, and the bytes `left`; for training, at the peak of a step.

        *gpu* is a name in tables/accelerators.csv, such as "h100-sxm", or in your own *gpu_file*; the rest is as in
        `memory`.

        >>> import paramcount
        >>> paramcount.load("llama-3.1-8b").fits("rtx-4090", seq=8192).left
        6865735680
        """
        from paramcount.costs.accelerators import accelerator
        from paramcount.costs.memory.fit import fit

        found = self.memory(purpose, seq, batch, source, **options)
        moments = peak_of(self._costed, found, options)
        return fit(accelerator(gpu, gpu_file), found, moments.bytes if moments else None)

    @checked
    def best_fits(
        self,
        gpu: str,
        purpose: str = INFERENCE,
        seq: int | str | None = None,
        batch: int = 1,
        source: int | str | None = None,
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
        """The fewest devices, the largest batch and the largest context on *gpu*, over all layouts that fit.

        *devices* is the most to use; other sizes of the layout are fixed if given. The rest is as in `memory`. Needs
        numpy.

        >>> import paramcount
        >>> [(found.name, found.value) for found in paramcount.load("llama-3.1-8b").best_fits("rtx-4090", seq=8192)]
        [('fewest devices', 1), ('largest batch', 7), ('largest context', 60573)]
        """
        from paramcount.costs.accelerators import accelerator
        from paramcount.costs.memory.fit import fit
        from paramcount.costs.memory.fits import fits
        from paramcount.costs.memory.layout import check_sizes
        from paramcount.costs.memory.search import Asked
        from paramcount.extras import need

        need("best_fits", "numpy")
        run = run_if_any(self._costed, seq, batch, source)
        whole = footprint(self._costed, run, purpose, options)
        memory = fit(accelerator(gpu, gpu_file), whole).memory
        check_sizes(devices, zero or 0, tp, pp, dp, ep)
        return fits(self._costed, run, purpose, options, memory, Asked(devices, zero, tp, pp, dp, ep))
