"""What transformers' own class multiplies and caches in a run, by torch's counter and its cache."""

import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.masking_utils import sdpa_mask
from transformers.modeling_outputs import BaseModelOutput

from paramcount.classes import of_transformers
from paramcount.config import Config

LARGEST = 10**8  # parameters held in memory


def _model(config: Config, device: str):
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
    return model


def _run(config: Config, b: int, t: int, source: int, device: str, use_cache: bool):
    model = _model(config, device)
    inputs = _inputs(model, b, t, source, device)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        out = model(**inputs, use_cache=use_cache)
    return counter.get_total_flops(), out


def _inputs(model, b, t, source, device):
    """*t* tokens per sequence, and *source* positions of an encoder's input or output."""
    tokens = torch.zeros(b, t, dtype=torch.long, device=device)
    if not source:
        return {"input_ids": tokens, "attention_mask": torch.ones_like(tokens)}
    c = model.config
    if model.main_input_name == "input_features":
        frames = torch.zeros(b, c.num_mel_bins, 2 * source, device=device)
        return {"input_features": frames, "decoder_input_ids": tokens}
    if c.is_encoder_decoder:
        before = torch.zeros(b, source, dtype=torch.long, device=device)
        return {"input_ids": before, "attention_mask": torch.ones_like(before), "decoder_input_ids": tokens}
    given = torch.zeros(b, source, getattr(c, "cross_attention_hidden_size", None) or c.hidden_size, device=device)
    name = "encoder_outputs" if type(model).__name__ == "WhisperForCausalLM" else "encoder_hidden_states"
    return {"input_ids": tokens, "attention_mask": torch.ones_like(tokens), name: given}


@torch.no_grad()
def _fill(tensor):
    if tensor.is_floating_point():
        tensor.normal_(0, 0.02)
    else:
        tensor.zero_()


def _anywhere(config, b, t, source, use_cache):
    try:
        return _run(config, b, t, source, "meta", use_cache)
    except Exception:  # classes that look at numbers fail on the meta device, in many ways
        return _run(config, b, t, source, "cpu", use_cache)


def flops(config: Config, b: int, t: int, source: int = 0) -> int:
    """FLOPs of *b* sequences of *t* tokens with all pairs computed; exceptions of the class pass through."""
    return _anywhere(config, b, t, source, use_cache=False)[0]


def cached(config: Config, b: int, t: int, source: int = 0) -> int:
    """How many numbers the class's cache holds after a prefill, including those for the source."""
    found = _anywhere(config, b, t, source, use_cache=True)[1].past_key_values
    own = (
        (found.self_attention_cache, found.cross_attention_cache)
        if hasattr(found, "cross_attention_cache")
        else (found,)
    )
    layers = [layer for one in own for layer in one.layers]
    return sum(layer.keys.numel() + layer.values.numel() for layer in layers)


def needed(config: Config, b: int, t: int) -> int:
    """FLOPs of the pairs that transformers' masks let through: their True entries, head by head."""
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
    """transformers' mask as True and False, built even if a kernel wouldn't need it."""
    options["allow_is_causal_skip"] = options["allow_is_bidirectional_skip"] = False
    return sdpa_mask(*arguments, **options)


def flops_behind(config: Config, b: int, c: int, t: int, source: int = 0) -> int:
    """FLOPs of *b* sequences of *t* tokens, the first *c* of them cached, with all pairs computed."""
    try:
        return _behind(config, b, c, t, source, "meta")
    except Exception:  # as above
        return _behind(config, b, c, t, source, "cpu")


def _behind(config, b, c, t, source, device):
    model = _model(config, device)
    tokens = torch.zeros(b, t, dtype=torch.long, device=device)
    with torch.no_grad():
        before = model(**_inputs(model, b, c, source, device), use_cache=True)
        if source:
            given = BaseModelOutput(last_hidden_state=before.encoder_last_hidden_state)
            after = {"encoder_outputs": given, "decoder_input_ids": tokens[:, c:]}
        else:
            after = {"input_ids": tokens[:, c:], "attention_mask": torch.ones_like(tokens)}
        with FlopCounterMode(display=False) as counter:
            model(**after, past_key_values=before.past_key_values, use_cache=True)
    return counter.get_total_flops()
