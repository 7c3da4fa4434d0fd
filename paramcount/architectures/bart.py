"""BART and the encoder-decoders that differ from it in norms, positions and embeddings alone."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, labels, lm_head, no_head, spans
from paramcount.architectures.encoder_heads import both, hidden
from paramcount.architectures.parts import dense, table
from paramcount.architectures.seq2seq import (
    SHARED,
    assembled,
    embedding_norm,
    final_norm,
    layers,
    note_untied,
    positions,
    tokens,
)
from paramcount.blocks.stored import Head
from paramcount.config import Config
from paramcount.model import Part

UNUSED_ROWS = 2  # fairseq counts positions from the padding token's number on


def bart(c: Config) -> Parts:
    """Lewis et al. 2019, sec. 2.1: learned positions, and a norm behind the embeddings."""
    return assembled(c, _bart_side)


def mbart(c: Config) -> Parts:
    """Liu et al. 2020, sec. 2.2: as BART, with a norm at the end of encoder and decoder."""
    return assembled(c, lambda c, side: (*_bart_side(c, side), final_norm(c, side)))


def mvp(c: Config) -> Parts:
    """Tang et al. 2022: as BART, with prompts in the decoder where the config asks for them."""

    def side(c: Config, name: str) -> Parts:
        has_prompts = name == "decoder" and c.task != "causal" and c.flag("use_prompt")
        return (*_bart_side(c, name), *(_prompts(c) if has_prompts else ()))

    return assembled(c, side)


def blenderbot(c: Config) -> Parts:
    """Roller et al. 2020: positions, and a norm at the end of encoder and decoder."""
    return assembled(c, lambda c, side: (*_placed(c, side), layers(c, side), final_norm(c, side)))


def blenderbot_small(c: Config) -> Parts:
    """As BART, with no rows of positions that are not used."""
    return assembled(c, lambda c, side: (*_placed(c, side), embedding_norm(c, side), layers(c, side)))


def m2m_100(c: Config) -> Parts:
    """Fan et al. 2020: sinusoidal positions that are no parameters, and a norm at the end of encoder and decoder."""
    return assembled(c, lambda c, side: (tokens(c, side), layers(c, side), final_norm(c, side)))


def marian(c: Config) -> Parts:
    """As transformers 5.23.0's class has it: sinusoidal positions, as frozen parameters; one vocabulary or two."""
    if c.task == "causal":
        return _marian_side(c, "decoder", "")
    is_shared, is_tied = c.flag("share_encoder_decoder_embeddings"), c.flag("tie_word_embeddings")
    if is_shared and not is_tied:
        note_untied(c)
    shared = (table("shared", c.size("vocab_size"), c.size("d_model")),) if is_shared else ()
    shares = SHARED if is_shared and is_tied else ""
    return (*shared, *_marian_side(c, "encoder", shares), *_marian_side(c, "decoder", shares))


def _bart_side(c: Config, side: str) -> Parts:
    return tokens(c, side), positions(c, side, UNUSED_ROWS), embedding_norm(c, side), layers(c, side)


def _placed(c: Config, side: str) -> Parts:
    return tokens(c, side), positions(c, side)


def _marian_side(c: Config, side: str, shares: str) -> Parts:
    n_vocab = c.size("vocab_size") if side == "encoder" or shares else _n_target(c)
    embedding = table(f"{side}.embed_tokens", n_vocab, c.size("d_model"), shares=shares)
    return embedding, positions(c, side), layers(c, side)


def _n_target(c: Config) -> int:
    """The rows of a decoder's own vocabulary."""
    return c.size_or_none("decoder_vocab_size", 0) or c.size("vocab_size")


def _marian_lm(config: Config, prefix: str) -> Parts:
    is_shared, d_model = config.flag("share_encoder_decoder_embeddings"), config.size("d_model")
    if not config.flag("tie_word_embeddings"):
        n_vocab = config.size("vocab_size") if is_shared else _n_target(config)
        return (Part("lm_head", "output head", Head(n_vocab, d_model)),)
    if is_shared:
        return (Part("lm_head", "output head", Head(config.size("vocab_size"), d_model, f"{prefix}{SHARED}")),)
    return _marian_tied(config, prefix)


def _marian_causal(config: Config, prefix: str) -> Parts:
    if config.flag("tie_word_embeddings"):
        return _marian_tied(config, prefix)
    return (Part("lm_head", "output head", Head(config.size("vocab_size"), config.size("d_model"))),)


def _marian_tied(config: Config, prefix: str) -> Parts:
    """Logits by the decoder's embedding, which is as long as the decoder's vocabulary."""
    tied_to = f"{prefix}decoder.embed_tokens.weight"
    return (Part("lm_head", "output head", Head(_n_target(config), config.size("d_model"), tied_to)),)


def _prompts(c: Config) -> Parts:
    """Prompts for both attentions of the decoder: vectors, and two maps that make keys and values of every layer."""
    c.notes.append("use_prompt: prompts are counted in the decoder alone, as transformers 5.23.0's class has them.")
    d_model, n_prompts, d_prompt = c.size("d_model"), c.size("prompt_length"), c.size("prompt_mid_dim")
    d_out = c.size("decoder_layers") * 2 * d_model
    parts: Parts = ()
    for name in ("decoder.self_attn_prompt", "decoder.cross_attn_prompt"):
        up = dense(f"{name}.prompt_trans.0", "prompts", d_model, d_prompt, bias=True)
        down = dense(f"{name}.prompt_trans.2", "prompts", d_prompt, d_out, bias=True)
        parts = (*parts, table(f"{name}.prompt_embedding", n_prompts, d_model, "prompts"), up, down)
    return parts


def _bart_labels(config: Config, prefix: str) -> Parts:
    """A classifier with three labels where the config says nothing of them."""
    if "num_labels" in config.given or isinstance(config.get("id2label"), dict):
        return labels("classification_head.out_proj", "d_model", bias=True)(config, prefix)
    n_labels = config.named("n_labels", 3, "labels by default")
    return (dense("classification_head.out_proj", "classifier", config.size("d_model"), n_labels, bias=True),)


_square = hidden("classification_head.dense", "d_model")
LANGUAGE_MODELS = {
    "base": no_head,
    "seq2seq": lm_head("shared", width="d_model"),
    "causal": lm_head("decoder.embed_tokens", width="d_model"),
}
SEQUENCE = both(_square, labels("classification_head.out_proj", "d_model", bias=True))
ALL_HEADS = {**LANGUAGE_MODELS, "sequence": SEQUENCE, "question": spans(width="d_model")}

BART = Architecture(
    summary="encoder and decoder with learned positions and norms behind each sublayer",
    source="Lewis et al. 2019, sec. 2.1",
    body=bart,
    heads={**ALL_HEADS, "sequence": both(_square, _bart_labels)},
)
PLBART = BART._replace(source="Ahmad et al. 2021", heads={**LANGUAGE_MODELS, "sequence": SEQUENCE})
MBART = BART._replace(
    summary="BART's encoder and decoder with a norm at the end of each",
    source="Liu et al. 2020, sec. 2.2",
    body=mbart,
    heads=ALL_HEADS,
)
MVP = BART._replace(
    summary="BART's encoder and decoder, with prompts if asked for",
    source="Tang et al. 2022",
    body=mvp,
    heads=ALL_HEADS,
)
BLENDERBOT = BART._replace(
    summary="encoder and decoder with learned positions and norms before each sublayer",
    source="Roller et al. 2020",
    body=blenderbot,
    heads=LANGUAGE_MODELS,
)
BLENDERBOT_SMALL = BART._replace(
    source="Roller et al. 2020; transformers 5.23.0", body=blenderbot_small, heads=LANGUAGE_MODELS
)
PEGASUS = BLENDERBOT._replace(
    summary="encoder and decoder with sinusoidal positions, which are frozen parameters",
    source="Zhang et al. 2019; transformers 5.23.0",
)
M2M_100 = BLENDERBOT._replace(
    summary="encoder and decoder with sinusoidal positions, which are no parameters",
    source="Fan et al. 2020",
    body=m2m_100,
    heads={"base": no_head, "seq2seq": lm_head("shared", width="d_model")},
)
MARIAN = PEGASUS._replace(
    source="transformers 5.23.0",
    body=marian,
    heads={"base": no_head, "seq2seq": _marian_lm, "causal": _marian_causal},
)
