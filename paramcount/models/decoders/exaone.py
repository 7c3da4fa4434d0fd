"""EXAONE 4, and its mixture of experts."""

from __future__ import annotations

from paramcount.blocks.attention import attention, head_norms, heads
from paramcount.blocks.decoder import decoder, post_norms, pre_norms, sparse
from paramcount.blocks.feedforward import gated_feed_forward
from paramcount.blocks.latent import experts
from paramcount.blocks.prediction import without_prediction
from paramcount.blocks.stacks import after_the_first, listed
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.decoders.dots import DOTS1
from paramcount.models.decoders.qwen import QWEN3


def exaone4(c: Config) -> Parts:
    """As Qwen3, with norms after attention and feed-forward instead of before them."""
    h = heads(c)
    return decoder(c, attention(h), head_norms(h), gated_feed_forward(c), post_norms(c))


def exaone_moe(c: Config) -> Parts:
    """As dots.llm1, without biases."""
    without_prediction(c)
    feeds = {
        "dense": gated_feed_forward,
        "sparse": lambda c: experts(c, n_shared="num_shared_experts", n_experts="num_experts"),
    }
    h = heads(c)
    return sparse(c, listed(c, after_the_first), feeds, attention(h), head_norms(h), pre_norms(c))


EXAONE4 = QWEN3._replace(
    summary="Llama's decoder with norms over queries and keys and after attention and feed-forward",
    source="transformers 5.23.0",
    body=exaone4,
)
EXAONE_MOE = DOTS1._replace(source="transformers 5.23.0, models/exaone_moe", body=exaone_moe)
