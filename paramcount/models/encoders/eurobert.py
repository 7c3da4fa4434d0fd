"""EuroBERT: Llama's layers with bidirectional attention."""

from __future__ import annotations

from paramcount.blocks.leaves import Head
from paramcount.blocks.task_heads import both, hidden, no_head, one_layer
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.llama import llama


def _eurobert_lm(config: Config, prefix: str) -> Parts:
    """Logits over the vocabulary, with a bias if the switch for the feed-forward's biases is on."""
    tied_to = f"{prefix}embed_tokens.weight" if config.flag("tie_word_embeddings") else ""
    head = Head(config.size("vocab_size"), config.size("hidden_size"), tied_to, config.flag("mlp_bias"))
    return (Part("lm_head", "output head", head),)


EUROBERT = Architecture(
    summary="Llama's layers with bidirectional attention",
    source="Boizard et al. 2025",
    body=llama,
    heads={
        "base": no_head,
        "masked": _eurobert_lm,
        "sequence": both(hidden("dense"), one_layer),
        "token": one_layer,
    },
)
