"""The cost methods of a loaded model: FLOPs, cache, adapters."""

from __future__ import annotations

import os
from functools import cached_property
from os import PathLike, fspath
from typing import TYPE_CHECKING

from paramcount.arguments import checked
from paramcount.catalog.spec import Spec
from paramcount.costs.asked import run_of

if TYPE_CHECKING:
    from paramcount.costs.adapters import Adapted
    from paramcount.costs.cache import Cache
    from paramcount.costs.conventions import Convention
    from paramcount.costs.flops import Flops
    from paramcount.costs.spread import Share


class WithCosts:
    """A model with methods for its costs; *spec* says what it is.

    For a multimodal model they are the costs of its text model. Lengths are numbers of tokens, as int or text. All
    methods raise paramcount.errors.InputError on an invalid option, and if a cost can't be counted exactly.
    """

    spec: Spec

    @cached_property
    def _costed(self) -> Spec:
        from paramcount.catalog.from_config import of_costs

        return of_costs(self.spec.whole())

    @checked
    def flops(
        self,
        seq: int | str | None = None,
        batch: int = 1,
        cached: int = 0,
        source: int | str | None = None,
        attention: str = "needed",
        train: bool = False,
    ) -> Flops:
        """The FLOPs of a run of *batch* sequences of *seq* tokens, *cached* of which are already in the cache.

        *seq* is the model's context by default, *source* the number of tokens that an encoder reads. *attention* counts
        only the pairs of queries and keys that the mask allows, "needed", or all of them, "computed"; *train* is three
        times the forward pass (Kaplan et al. 2020, sec. 2.1). A multiply-add is two FLOPs.

        >>> import paramcount
        >>> paramcount.load("gpt2-small").flops(seq=1024).total
        272339828736
        """
        from paramcount.costs.flops import flops

        return flops(self._costed, run_of(self._costed, seq, batch, source, cached, attention), train)

    @checked
    def flops_by(
        self,
        rows: str,
        seq: int | str | None = None,
        batch: int = 1,
        cached: int = 0,
        source: int | str | None = None,
        attention: str = "needed",
    ) -> list[Share]:
        """The FLOPs of a forward pass by "layer" or "token", as *rows* that have a `name` and `flops`.

        Identical layers are one row. By token, the rows are a few tokens, each with all earlier ones in the cache.

        >>> import paramcount
        >>> [share.name for share in paramcount.load("gpt2-small").flops_by("layer")]
        ['transformer.h 0–11', 'outside the layers']
        """
        from paramcount.costs.spread import by_layer, by_token
        from paramcount.costs.stated import costed
        from paramcount.errors import InputError

        if rows not in ("layer", "token"):
            raise InputError(f"rows = {rows}: unknown; valid: layer, token")
        run = run_of(self._costed, seq, batch, source, cached, attention)
        return (by_layer if rows == "layer" else by_token)(costed(self._costed, run), run)

    @checked
    def hardware_flops(
        self, recompute: str = "none", seq: int | str | None = None, batch: int = 1, source: int | str | None = None
    ) -> int:
        """The FLOPs of a training step, including what the backward pass recomputes.

        *recompute* is "none", "selective" (attention between queries and keys) or "full" (the whole forward pass).

        >>> import paramcount
        >>> small = paramcount.load("gpt2-small")
        >>> small.hardware_flops("full") == 4 * small.flops().total
        True
        """
        from paramcount.costs.passes import RECOMPUTE, hardware_flops
        from paramcount.costs.stated import costed, refuse_training
        from paramcount.errors import InputError

        if recompute not in RECOMPUTE:
            raise InputError(f"recompute = {recompute}: unknown; valid: {', '.join(RECOMPUTE)}")
        run = run_of(self._costed, seq, batch, source)
        refuse_training(self._costed)
        return hardware_flops(costed(self._costed, run), run, recompute)

    @checked
    def conventions(
        self,
        tokens: int | str | None = None,
        seq: int | str | None = None,
        batch: int = 1,
        source: int | str | None = None,
    ) -> list[Convention]:
        """The FLOPs of training on *tokens*, counted by each convention in the literature, with `name` and `source`.

        *tokens* is by default *batch* · *seq*.

        >>> import paramcount
        >>> [first, *others] = paramcount.load("gpt3-175b").conventions("300B", seq=2048)
        >>> first.name, f"{first.flops:.4g}"
        ('6N, all parameters', '3.143e+23')
        """
        from paramcount.costs.conventions import conventions
        from paramcount.costs.printed import printed
        from paramcount.costs.stated import costed, refuse_training
        from paramcount.quantity import quantity_of

        run = run_of(self._costed, seq, batch, source)
        on = run.batch * run.seq if tokens is None else quantity_of(tokens, "tokens")
        refuse_training(self._costed)
        return [*conventions(self._costed, costed(self._costed, run), run, on), *printed(self._costed, on)]

    @checked
    def cache(
        self, seq: int | str | None = None, batch: int = 1, source: int | str | None = None, dtype: str = "bf16"
    ) -> Cache:
        """The cache of *batch* sequences of *seq* tokens, by default the model's context, in bytes by kind of layer.

        >>> import paramcount
        >>> paramcount.load("llama-3.1-8b").cache(seq=8192).total_bytes
        1073741824
        """
        from paramcount.costs.cache import cache

        return cache(self._costed, run_of(self._costed, seq, batch, source), dtype)

    @checked
    def adapters(self, asked: str | PathLike[str]) -> Adapted:
        """The parameters that LoRA adapters on this model train, as the peft library makes them.

        *asked* describes them, "r=16,targets=q_proj,v_proj", or is an adapter's folder or its adapter_config.json.

        >>> import paramcount
        >>> paramcount.load("llama-3.1-8b").adapters("r=16,targets=q_proj,v_proj").total
        6815744
        """
        from paramcount.costs.adapters import adapted, of_file, of_text

        said = fspath(asked)
        return adapted(self.spec, of_file(said) if "=" not in said or os.path.exists(said) else of_text(said))
