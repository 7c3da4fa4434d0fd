"""MVP: BART with optional prompts."""

from __future__ import annotations

from paramcount.blocks.encoder_decoder import assembled
from paramcount.blocks.parts import dense, table
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.models.encoder_decoders.bart import ALL_HEADS, BART, bart_side


def mvp(c: Config) -> Parts:
    """Tang et al. 2022: as BART, with prompts in the decoder if the config asks for them."""

    def side(c: Config, name: str) -> Parts:
        has_prompts = name == "decoder" and c.task != "causal" and c.flag("use_prompt")
        return (*bart_side(c, name), *(_prompts(c) if has_prompts else ()))

    return assembled(c, side)


def _prompts(c: Config) -> Parts:
    """Prompts for both of the decoder's attentions: vectors, and two maps to every layer's keys and values."""
    c.notes.append("use_prompt: prompts are counted in the decoder only, as in transformers 5.23.0's class.")
    d_model, n_prompts, d_prompt = c.size("d_model"), c.size("prompt_length"), c.size("prompt_mid_dim")
    d_out = c.size("decoder_layers") * 2 * d_model
    parts: Parts = ()
    for name in ("decoder.self_attn_prompt", "decoder.cross_attn_prompt"):
        up = dense(f"{name}.prompt_trans.0", "prompts", d_model, d_prompt, bias=True)
        down = dense(f"{name}.prompt_trans.2", "prompts", d_prompt, d_out, bias=True)
        parts = (*parts, table(f"{name}.prompt_embedding", n_prompts, d_model, "prompts"), up, down)
    return parts


MVP = BART._replace(
    summary="BART's encoder and decoder, with optional prompts",
    source="Tang et al. 2022",
    body=mvp,
    heads=ALL_HEADS,
)
