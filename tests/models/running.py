"""What transformers' own class multiplies and caches in a run, by torch's counter and by the cache itself."""

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask

from paramcount.classes import of_transformers
from paramcount.config import Config

LARGEST = 10**8  # parameters that are held in memory


def _run(config: Config, b: int, t: int, device: str, use_cache: bool):
    model = of_transformers.build(config).eval().requires_grad_(False)
    model.set_attn_implementation("eager")
    if hasattr(model, "set_experts_implementation"):
        model.set_experts_implementation("batched_mm")
    if device == "cpu":
        if sum(one.numel() for one in model.parameters()) > LARGEST:
            raise MemoryError("too large to be run on numbers")
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


def needed(config: Config, b: int, t: int) -> int:
    """The FLOPs of the pairs that the masks let through which transformers builds: their True entries, head by head."""
    model = of_transformers.build(config).eval().to_empty(device="cpu")
    for tensor in (*model.parameters(), *model.buffers()):
        _fill(tensor)
    seen = []

    def counting(module, query, key, value, attention_mask, **others):
        heads, width = query.shape[1], query.shape[-1] + value.shape[-1]
        ones = attention_mask.expand(b, attention_mask.shape[1], query.shape[2], key.shape[2]).sum().item()
        seen.append(2 * width * heads * ones // attention_mask.shape[1])
        return query.new_zeros(b, query.shape[2], heads, value.shape[-1]), None

    AttentionInterface.register("counting", counting)
    AttentionMaskInterface.register("counting", _bools)
    if hasattr(model, "set_experts_implementation"):
        model.set_experts_implementation("batched_mm")
    model.set_attn_implementation("counting")
    tokens = torch.zeros(b, t, dtype=torch.long)
    with torch.no_grad():
        model(input_ids=tokens, attention_mask=torch.ones_like(tokens), use_cache=False)
    return sum(seen)


def _bools(*arguments, **options):
    """transformers' mask as True and False, never left out because a kernel would know it."""
    options["allow_is_causal_skip"] = options["allow_is_bidirectional_skip"] = False
    return sdpa_mask(*arguments, **options)
