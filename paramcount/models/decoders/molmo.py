"""Molmo 2's text model: Qwen 3 with more tokens in the embedding than in the head."""

from __future__ import annotations

from paramcount.blocks.attention import attention, full_norms, head_norms, heads
from paramcount.blocks.decoder import pre_norms
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.parts import rms_norm, table
from paramcount.blocks.task_heads import no_head, untied
from paramcount.config import Config
from paramcount.ledger.model import Parts, Stack
from paramcount.models.decoders.llama import INSIDE


def molmo2(c: Config) -> Parts:
    """Qwen3's decoder with more rows in the embedding than in the head; norms per head or over all heads."""
    h, d_model = heads(c), c.size("hidden_size")
    kind = c.get("qk_norm_type")
    if kind not in ("qwen3", "olmo"):
        raise c.refuse("qk_norm_type", "valid: qwen3 or olmo")
    qk_norms = head_norms(h) if kind == "qwen3" else full_norms(h)
    layer = (*attention(h, c.flag("attention_bias")), *qk_norms, *gated_feed_forward(c), *pre_norms(c))
    return (
        table("embed_tokens", c.size("vocab_size") + c.size("additional_vocab_size", least=0), d_model),
        Stack("layers", c.size("num_hidden_layers"), layer),
        rms_norm("norm", d_model, "final norm"),
    )


MOLMO2 = INSIDE._replace(
    summary="Qwen3's decoder in a vision model", body=molmo2, heads={"base": no_head, "causal": untied}
)
