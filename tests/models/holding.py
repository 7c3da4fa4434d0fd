"""What the caches of transformers' classes hold: every tensor, in bytes, for a model in bfloat16."""

import inspect
from collections.abc import Iterator

import torch
from transformers import DynamicCache

from models import running
from paramcount.classes import of_transformers
from paramcount.config import Config

IN_OUTPUT = ("past_key_values", "cache_params", "state")
IN_LAYERS = ("keys", "values", "conv_states", "recurrent_states", "indexer_keys")
IN_MODULES = ("conv1d_state", "recurrent_states")  # RecurrentGemma keeps its own


def held(config: Config, b: int, t: int) -> int:
    """The cache after a prefill of *b* sequences of *t* tokens; exceptions of the class pass through."""
    try:
        return _held(config, b, t, "meta")
    except Exception:  # classes that look at numbers can't run on the meta device
        return _held(config, b, t, "cpu")


def _held(config, b, t, device):
    model = _built(config, device)
    tokens = torch.zeros(b, t, dtype=torch.long, device=device)
    options = {}
    if "position_ids" in inspect.signature(model.forward).parameters or config.model_type == "recurrent_gemma":
        options["position_ids"] = torch.arange(t, device=device).expand(b, t)
    if config.model_type == "recurrent_gemma":  # takes a cache but doesn't return it
        options["past_key_values"] = DynamicCache(config=model.config)
    with torch.no_grad():
        out = model(input_ids=tokens, attention_mask=torch.ones_like(tokens), use_cache=True, **options)
    found = options.get("past_key_values") or next(getattr(out, key) for key in IN_OUTPUT if getattr(out, key, None))
    parts = [getattr(module, key, None) for module in model.modules() for key in IN_MODULES]
    if hasattr(found, "layers"):
        parts += [getattr(layer, key, None) for layer in found.layers for key in IN_LAYERS]
        parts.append(getattr(found, "linear_cache", None))
    else:
        parts.append(found)
    return sum(one.numel() * one.element_size() for one in _tensors(parts))


def _built(config, device):
    model = of_transformers.build(config).eval().requires_grad_(False).to(torch.bfloat16)
    model.set_attn_implementation("eager")
    if hasattr(model, "set_experts_implementation"):
        model.set_experts_implementation("batched_mm")
    if device == "cpu":
        if sum(one.numel() for one in model.parameters()) > running.LARGEST:
            raise MemoryError("too large to be run on numbers")
        model = model.to_empty(device="cpu")
        for tensor in (*model.parameters(), *model.buffers()):
            running._fill(tensor)
    return model


def _tensors(parts) -> Iterator[torch.Tensor]:
    if isinstance(parts, torch.Tensor):
        yield parts
    elif isinstance(parts, dict | list | tuple):
        for one in parts.values() if isinstance(parts, dict) else parts:
            yield from _tensors(one)
