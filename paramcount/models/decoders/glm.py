"""GLM-4 and later: dense, mixtures of experts, latent attention, and text models of vision models."""

from __future__ import annotations

from paramcount.blocks.attention import attention, even_heads, head_norms, heads
from paramcount.blocks.decoder import decoder, layered, norms, pre_norms, sparse
from paramcount.blocks.feedforward import gate_and_up, gated_feed_forward
from paramcount.blocks.latent import FEEDS, attention_of, experts, indexer
from paramcount.blocks.stacks import after_the_first, all_but_one, listed, whole
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.ahead import Ahead, behind_the_layers
from paramcount.models.decoders.deepseek import DEEPSEEK_V3, DEEPSEEK_V32, feeds_of
from paramcount.models.decoders.dots import DOTS1
from paramcount.models.decoders.llama import INSIDE, LIKE_LLAMA


def glm(c: Config) -> Parts:
    """GLM-4, as in transformers 5.23.0's class: a switch for the bias on queries, keys and values."""
    return decoder(c, attention(heads(c), c.flag("attention_bias")), gate_and_up(c), pre_norms(c))


def glm4(c: Config) -> Parts:
    """GLM-4-0414, as in transformers 5.23.0's class: norms after attention and feed-forward too."""
    post = norms(c, "post_self_attn_layernorm", "post_mlp_layernorm")
    return decoder(c, attention(heads(c), c.flag("attention_bias")), gate_and_up(c), pre_norms(c), post)


def glm4v(c: Config) -> Parts:
    """GLM-4's decoder with a bias on queries, keys and values."""
    return decoder(c, attention(even_heads(c), qkv_bias=True), gate_and_up(c), pre_norms(c), _behind(c))


def glm_ocr(c: Config) -> Parts:
    """GLM-4's decoder without biases."""
    return decoder(c, attention(heads(c)), gate_and_up(c), pre_norms(c), _behind(c))


def _behind(c: Config) -> Parts:
    return norms(c, "post_self_attn_layernorm", "post_mlp_layernorm")


def glm4v_moe(c: Config) -> Parts:
    """GLM-4.5's decoder without norms over queries and keys."""
    attends = attention(heads(c), c.flag("attention_bias"))
    return sparse(c, after_the_first(c), {"dense": gated_feed_forward, "sparse": experts}, attends, pre_norms(c))


def glm4_moe_lite(c: Config) -> Parts:
    """As DeepSeek-V3, with a list of the layers that have experts."""
    return sparse(c, listed(c, all_but_one), FEEDS, attention_of(c, q_rank=False), pre_norms(c))


def glm_moe_dsa(c: Config) -> Parts:
    """As DeepSeek-V3.2, with an indexer in some layers whose choice the next ones share."""
    kinds = [" ".join(both) for both in zip(_indexers(c), listed(c, after_the_first), strict=True)]

    def layer(kind: str) -> Parts:
        indexing, feed = kind.split()
        own = indexer(c) if indexing == "full" else ()
        return (*attention_of(c), *own, *feeds_of(c)[feed](c), *pre_norms(c))

    return layered(c, kinds, layer)


def _indexers(c: Config) -> list[str]:
    """The list in indexer_types, or the one implied by index_topk_pattern, or by a period and an offset."""
    if c.get("indexer_types") is not None:
        return listed(c, lambda _: [], "indexer_types", ("full", "shared"))
    if isinstance(pattern := c.get("index_topk_pattern"), str):
        if len(pattern) != c.layers() or set(pattern) - {"F", "S"}:
            raise c.refuse("index_topk_pattern", "valid: F or S for every layer")
        return [{"F": "full", "S": "shared"}[letter] for letter in pattern]
    if pattern is not None:
        return listed(c, lambda _: [], "index_topk_pattern", ("full", "shared"))
    period, first = whole(c, "index_topk_freq", 1), whole(c, "index_skip_topk_offset", 2)
    full = (max(at - first + 1, 0) % max(period, 1) == 0 for at in range(c.layers()))
    return ["full" if own else "shared" for own in full]


def glm4_moe(c: Config) -> Parts:
    """GLM team 2025, sec. 2: no bias on attention's output, optional norms over queries and keys."""
    return sparse(c, after_the_first(c), FEEDS, _attends(c), pre_norms(c))


def _attends(c: Config) -> Parts:
    h = heads(c)
    return (*attention(h, c.flag("attention_bias")), *(head_norms(h) if c.flag("use_qk_norm") else ()))


def _sparse(c: Config) -> Parts:
    return (*_attends(c), *FEEDS["sparse"](c), *pre_norms(c))


GLM = LIKE_LLAMA._replace(source="transformers 5.23.0", body=glm)
GLM4 = GLM._replace(summary="Llama's decoder with norms before and after", body=glm4)
GLM4V = INSIDE._replace(summary="GLM-4's decoder in a vision model", body=glm4v)
GLM_OCR = GLM4V._replace(body=glm_ocr)
GLM4V_MOE = INSIDE._replace(summary="GLM-4.5's mixture of experts in a vision model", body=glm4v_moe)
GLM_MOE_DSA = DEEPSEEK_V32._replace(source="transformers 5.23.0, models/glm_moe_dsa", body=glm_moe_dsa)
GLM4_MOE_LITE = DEEPSEEK_V3._replace(source="transformers 5.23.0, models/glm4_moe_lite", body=glm4_moe_lite)
GLM4_MOE = DOTS1._replace(
    summary="routed and shared experts, with grouped attention",
    source="GLM team 2025, sec. 2",
    body=glm4_moe,
    ahead=Ahead(behind_the_layers(_sparse), copies=2),
)
