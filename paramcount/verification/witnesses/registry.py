"""The witness of each family, and the component of each witness module."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from . import bert, bloom, glam, gopher, gpt, llama, opt, palm, vit

WITNESSES: dict[str, Callable[..., nn.Module]] = {
    "gpt": gpt.GPT,
    "gpt-post-norm": gpt.GPT1,
    "opt": gpt.OPT,
    "opt-projected": opt.OPTProjected,
    "attention-only": gpt.AttentionOnly,
    "gpt-neox": palm.GPTNeoX,
    "bloom": bloom.Bloom,
    "palm": palm.PaLM,
    "llama": llama.Llama,
    "mixtral": llama.Mixtral,
    "gopher": gopher.Gopher,
    "bert": bert.Bert,
    "roberta": bert.Roberta,
    "glam": glam.GLaM,
    "vit": vit.ViT,
}

# A tensor's component by its module, or by both names: layers.0.norm_1.bias belongs to a layer norm.
# It is compared with the component in the ledger.
COMPONENTS = {
    "token_embedding": "token embedding",
    "position_embedding": "position embedding",
    "segment_embedding": "segment embedding",
    "embedding_norm": "embedding norm",
    "project_in": "projections",
    "attention": "attention",
    "attention.W_KR": "relative positions",
    "attention.u": "relative positions",
    "attention.v": "relative positions",
    "attention.relative_bias": "relative positions",
    "patch_embedding": "patch embedding",
    "class_token": "class token",
    "classifier": "classifier",
    "feed_forward": "feed-forward",
    "experts": "experts",
    "experts.W_router": "router",
    "norm": "norm",
    "norm_1": "layer norm",
    "norm_2": "layer norm",
    "final_norm": "final norm",
    "project_out": "projections",
    "pooler": "pooler",
    "output_head": "output head",
}
