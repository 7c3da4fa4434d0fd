"""ERNIE 4.5: dense, and with a mixture of experts."""

from __future__ import annotations

from paramcount.blocks.attention import attention, heads
from paramcount.blocks.decoder import decoder, pre_norms, sparse
from paramcount.blocks.experts import mixture, routing, shared
from paramcount.blocks.feedforward import gated, gated_feed_forward
from paramcount.blocks.parts import bare, frozen
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.task_heads import DECODER_HEADS, lm_head_with
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.glm import GLM4_MOE
from paramcount.models.decoders.llama import LIKE_LLAMA


def ernie4_5(c: Config) -> Parts:
    """As Llama, with one switch for the biases of attention and feed-forward."""
    bias = c.flag("use_bias")
    return decoder(c, attention(heads(c), bias, bias), gated_feed_forward(c, bias), pre_norms(c))


def ernie4_5_moe(c: Config) -> Parts:
    """Baidu 2025, sec. 2; the bias that balances the experts is a parameter here."""
    without_prediction(c)
    bias, common = c.flag("use_bias"), (attention(heads(c), c.flag("use_bias"), c.flag("use_bias")), pre_norms(c))

    def ours(c: Config) -> Parts:
        d_expert, to = c.size("moe_intermediate_size"), routing(c, "moe_num_experts", "moe_k")
        balance = frozen(bare("mlp.gate.moe_statics.e_score_correction_bias", "router", 1, to.n_experts))
        n_shared = c.size("moe_num_shared_experts", least=0)
        beside = shared(c, d_expert * n_shared, bias=bias) if n_shared else ()
        return (*mixture(c, to, d_expert), *balance, *beside)

    feeds = {"dense": lambda c: gated(c.size("hidden_size"), c.size("intermediate_size"), bias), "sparse": ours}
    return sparse(c, _from_to(c), feeds, *common)


def _from_to(c: Config) -> list[str]:
    n_layers, step, first = c.layers(), c.size("moe_layer_interval"), c.size("moe_layer_start_index", least=0)
    last = n_layers - 1 if c.get("moe_layer_end_index") == -1 else c.size("moe_layer_end_index", least=0)
    return ["sparse" if first <= at <= last and (at + 1) % step == 0 else "dense" for at in range(n_layers)]


ERNIE4_5 = LIKE_LLAMA._replace(body=ernie4_5)
ERNIE4_5_MOE = GLM4_MOE._replace(
    source="Baidu 2025, sec. 2",
    body=ernie4_5_moe,
    heads={**DECODER_HEADS, "causal": lm_head_with("use_bias")},
    ahead=None,
)
