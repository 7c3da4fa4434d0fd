"""Which witness stands beside which family, and the components that the witnesses' modules belong to."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from paramcount.verification import (
    witness,
    witness_bert,
    witness_bloom,
    witness_llama,
    witness_opt,
    witness_parallel,
    witness_relative,
)

WITNESSES: dict[str, Callable[..., nn.Module]] = {
    "gpt": witness.GPT,
    "gpt-post-norm": witness.GPT1,
    "opt": witness.OPT,
    "opt-projected": witness_opt.OPTProjected,
    "attention-only": witness.AttentionOnly,
    "gpt-neox": witness_parallel.GPTNeoX,
    "bloom": witness_bloom.Bloom,
    "palm": witness_parallel.PaLM,
    "llama": witness_llama.Llama,
    "mixtral": witness_llama.Mixtral,
    "gopher": witness_relative.Gopher,
    "bert": witness_bert.Bert,
    "roberta": witness_bert.Roberta,
}

# The component of a tensor by the module that owns it, or by both names: layers.0.norm_1.bias belongs to a layer norm.
# The ledger has its own word for it, which is what this is held against.
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
    "feed_forward": "feed-forward",
    "experts": "experts",
    "norm": "norm",
    "norm_1": "layer norm",
    "norm_2": "layer norm",
    "final_norm": "final norm",
    "project_out": "projections",
    "pooler": "pooler",
    "output_head": "output head",
}
