"""How many of transformers' default text classes `paramcount derive` recovers: python benchmarks/derive.py [TYPES|all]

By default every fourth model type with a class for causal language models, sequence to sequence or masked ones.
One line per type: its outcome, the seconds it took and, if no formula is claimed, why; then how many were recovered.
"""

from __future__ import annotations

import sys
import time

from paramcount.derivation import derive
from paramcount.errors import InputError

TASKS = (
    "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES",
    "MODEL_FOR_MASKED_LM_MAPPING_NAMES",
)
STEP = 4


def types() -> list[str]:
    """The model types to derive, in transformers' order."""
    from transformers.models.auto import modeling_auto

    whole = list(dict.fromkeys(name for task in TASKS for name in getattr(modeling_auto, task)))
    if sys.argv[1:] == ["all"]:
        return whole
    return sys.argv[1:] or whole[::STEP]


def outcome(model_type: str) -> tuple[str, str]:
    """Recovered, no formula or refused, with the message."""
    try:
        derived = derive(model_type)
    except InputError as error:
        return "refused", str(error)[:200]
    if derived.total is None:
        return "no formula", derived.why + "".join(f"; {tensor.name}" for tensor in derived.missing[:3])
    outside = [config.outside for config in derived.proof.configs if config.outside]
    where = "; ".join([*derived.conditions, *(f"default config outside: {why}" for why in outside)])
    return "recovered", where


def main() -> None:
    counts: dict[str, int] = {}
    for model_type in types():
        begun = time.process_time()
        kind, said = outcome(model_type)
        counts[kind] = counts.get(kind, 0) + 1
        print(f"{kind:10}  {time.process_time() - begun:5.1f} s  {model_type}  {said}", flush=True)
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()), f"of {sum(counts.values())}")


if __name__ == "__main__":
    main()
