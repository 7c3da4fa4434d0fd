"""What transformers' own class multiplies and caches in a run, by torch's counter and by the cache itself."""

import torch
from torch.utils.flop_counter import FlopCounterMode

from paramcount.classes import of_transformers
from paramcount.config import Config


def _run(config: Config, b: int, t: int, device: str, use_cache: bool):
    model = of_transformers.build(config).eval()
    model.set_attn_implementation("eager")
    if hasattr(model, "set_experts_implementation"):
        model.set_experts_implementation("batched_mm")
    if device == "cpu":
        model = model.to_empty(device="cpu")
        for tensor in (*model.parameters(), *model.buffers()):
            _fill(tensor)
    tokens = torch.zeros(b, t, dtype=torch.long, device=device)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        out = model(input_ids=tokens, attention_mask=torch.ones_like(tokens), use_cache=use_cache)
    return counter.get_total_flops(), out


@torch.no_grad()
def _fill(tensor):
    if tensor.is_floating_point():
        tensor.normal_(0, 0.02)
    else:
        tensor.zero_()


def _anywhere(config, b, t, use_cache):
    try:
        return _run(config, b, t, "meta", use_cache)
    except Exception:  # classes that look at numbers run on the meta device no more than they say so in one way
        return _run(config, b, t, "cpu", use_cache)


def flops(config: Config, b: int, t: int) -> int:
    """Of *b* sequences of *t* tokens, all pairs of queries and keys computed; what the class raises passes."""
    return _anywhere(config, b, t, use_cache=False)[0]


def cached(config: Config, b: int, t: int) -> int:
    """The numbers that the class's cache holds after a prefill."""
    layers = _anywhere(config, b, t, use_cache=True)[1].past_key_values.layers
    return sum(layer.keys.numel() + layer.values.numel() for layer in layers)
