"""The config keys that name code to run, from the model's own repository or another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

AUTO_MAP = "auto_map"
TRUSTED = ("trust_remote_code", "custom_pipelines", "custom_generate")
# An implementation may be a repository of kernels; none has parameters.
KERNELS = ("attn_implementation", "experts_implementation", "use_kernels", "kernel_config", "allow_all_kernels")
INNER = tuple(f"_{key}{end}" for key in KERNELS[:2] for end in ("", "_internal"))
CODE = frozenset({AUTO_MAP, *TRUSTED, *KERNELS, *INNER})


def without_code(found: Any) -> Any:
    """*found*, a value from a config, without keys that name code, at any depth."""
    if isinstance(found, Mapping):
        return {key: without_code(value) for key, value in found.items() if key not in CODE}
    return [without_code(item) for item in found] if isinstance(found, list) else found


def names_code(found: Any) -> bool:
    """Whether a config, or one nested in it at any depth, has its own code."""
    if isinstance(found, Mapping):
        return bool(found.get(AUTO_MAP)) or any(map(names_code, found.values()))
    return isinstance(found, list) and any(map(names_code, found))
