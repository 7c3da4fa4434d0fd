"""Task heads on a body: logits over the vocabulary, transforms before them, classifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from paramcount.blocks.leaves import Bare, Dense, Head
from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.config import Config, ConfigError
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.sized import Sized

AddHead = Callable[[Config, str], Parts]  # the config, and the prefix of the body's names: "model."


TOKENS = "embeddings.word_embeddings"


RELATIONSHIP = "cls.seq_relationship"


def no_head(config: Config, prefix: str) -> Parts:
    """No head: the body only."""
    return ()


@cache
def lm_head(
    embedding: str = "embed_tokens", name: str = "lm_head", width: str = "hidden_size", bias: bool = False
) -> AddHead:
    """Logits over the vocabulary, using the weights of *embedding* if the config ties them."""

    def add(config: Config, prefix: str) -> Parts:
        tied_to = f"{prefix}{embedding}.weight" if config.flag("tie_word_embeddings") else ""
        head = Head(config.size("vocab_size"), config.size(width), tied_to, bias)
        return (Part(name, "output head", head),)

    return add


def untied(config: Config, prefix: str) -> Parts:
    """Logits with separate weights, in a class that never ties them."""
    return (Part("lm_head", "output head", Head(config.size("vocab_size"), config.size("hidden_size"))),)


def labels(name: str = "score", width: str = "hidden_size", bias: bool = False) -> AddHead:
    """A classifier: a linear map to the config's labels."""

    def add(config: Config, prefix: str) -> Parts:
        return (Part(name, "classifier", Dense(config.size(width), config.n_labels(), bias)),)

    return add


def spans(name: str = "qa_outputs", width: str = "hidden_size") -> AddHead:
    """Where an answer starts and ends: a linear map to two numbers."""

    def add(config: Config, prefix: str) -> Parts:
        return (Part(name, "classifier", Dense(config.size(width), 2, bias=True)),)

    return add


def token_labels(config: Config, prefix: str) -> Parts:
    """A classifier for each token, as in most decoders; the key for its bias is in no type's defaults."""
    bias = config.flag("token_classification_bias") if "token_classification_bias" in config.given else True
    return labels(bias=bias)(config, prefix)


def width_of(config: Config, key: str) -> Sized:
    """The size under *key*, or the model's width if the config has none."""
    return config.size_or_none(key) or config.size("hidden_size")


def both(*heads: AddHead) -> AddHead:
    """Several heads side by side."""

    def add(config: Config, prefix: str) -> Parts:
        return tuple(part for head in heads for part in head(config, prefix))

    return add


def transform(dense_name: str, norm: str, width: str = "hidden_size") -> AddHead:
    """A linear map to *width* and a norm before predicting the vocabulary (Devlin et al. 2018, released code)."""

    def add(config: Config, prefix: str) -> Parts:
        d_out = width_of(config, width)
        return (
            dense(dense_name, "head transform", config.size("hidden_size"), d_out, bias=True),
            layer_norm(norm, d_out, component="head transform"),
        )

    return add


def vocabulary(decoder: str, bias: str = "", width: str = "hidden_size", embedding: str = TOKENS) -> AddHead:
    """Logits over the vocabulary, using the weights of *embedding*, if named, where the config ties them.

    If *bias* names an owner, the bias is also a parameter of that owner, and the two are one if weights are tied.
    """

    def add(config: Config, prefix: str) -> Parts:
        tied, n_vocab = bool(embedding) and config.flag("tie_word_embeddings"), config.size("vocab_size")
        tied_to = f"{prefix}{embedding}.weight" if tied else ""
        head = Part(decoder, "output head", Head(n_vocab, width_of(config, width), tied_to, bias=not bias))
        if not bias:
            return (head,)
        other = Bare("bias", (n_vocab,), shares=f"{bias}.bias" if tied else "")
        return (bare(f"{bias}.bias", "output head", n_vocab), head, Part(decoder, "output head", other))

    return add


def bert_lm(name: str = "cls.predictions", width: str = "hidden_size") -> AddHead:
    """BERT's masked language model head: a transform, and the vocabulary with a bias."""
    before = transform(f"{name}.transform.dense", f"{name}.transform.LayerNorm", width)
    return both(before, vocabulary(f"{name}.decoder", name, width))


def two_answers(name: str = RELATIONSHIP) -> AddHead:
    """Whether one sentence follows another: a linear map to two numbers."""

    def add(config: Config, prefix: str) -> Parts:
        return (dense(name, "classifier", config.size("hidden_size"), 2, bias=True),)

    return add


def two_spans(config: Config, prefix: str) -> Parts:
    """Where an answer starts and ends, in a class that accepts only two labels."""
    if (n_labels := config.n_labels()) != 2:
        raise ConfigError(f"{config.name}: {n_labels} labels; valid for this class: 2")
    return (dense("qa_outputs", "classifier", config.size("hidden_size"), 2, bias=True),)


def choice(name: str = "classifier") -> AddHead:
    """A score for each of several answers: a linear map to one number."""

    def add(config: Config, prefix: str) -> Parts:
        return (dense(name, "classifier", config.size("hidden_size"), 1, bias=True),)

    return add


def hidden(name: str, width: str = "hidden_size") -> AddHead:
    """A square linear map before a classifier."""

    def add(config: Config, prefix: str) -> Parts:
        d_model = config.size(width)
        return (dense(name, "classifier", d_model, d_model, bias=True),)

    return add


def summary(config: Config, prefix: str) -> Parts:
    """One vector for the whole text: a map to the model's width or to the labels, if the config has one."""
    if not config.get("summary_use_proj"):
        return ()
    d_model = config.size("hidden_size")
    n_labels = config.n_labels()
    d_out = n_labels if config.get("summary_proj_to_labels") and n_labels else d_model
    return (dense("sequence_summary.summary", "classifier", d_model, d_out, bias=True),)


def discriminator(config: Config, prefix: str) -> Parts:
    """Whether a token was replaced (Clark et al. 2020, sec. 2)."""
    d_model = config.size("hidden_size")
    return (
        dense("discriminator_predictions.dense", "head transform", d_model, d_model, bias=True),
        dense("discriminator_predictions.dense_prediction", "classifier", d_model, 1, bias=True),
    )


def lm_head_with(switch: str) -> AddHead:
    """An output head that has a bias if the config's *switch* is on."""
    return lambda c, prefix: lm_head(bias=c.flag(switch))(c, prefix)


# transformers' heads for most decoders, and prefixes of the body where they differ.
DECODER_HEADS: Mapping[str, AddHead] = {
    "base": no_head,
    "causal": lm_head(),
    "sequence": labels(),
    "token": token_labels,
}


HEADS_WITH_SPANS: Mapping[str, AddHead] = {**DECODER_HEADS, "question": spans()}


one_layer = labels("classifier", bias=True)


two_layers = both(hidden("classifier.dense"), labels("classifier.out_proj", bias=True))


answers = labels("qa_outputs", bias=True)


ROBERTA_LM = both(transform("lm_head.dense", "lm_head.layer_norm"), vocabulary("lm_head.decoder", "lm_head"))


# The classifiers of most encoders: BERT's, and RoBERTa's with an extra map before a text's labels.
CLASSIFIERS: Mapping[str, AddHead] = {
    "sequence": one_layer,
    "token": one_layer,
    "question": answers,
    "choice": choice(),
}


DEEPER_CLASSIFIERS: Mapping[str, AddHead] = {**CLASSIFIERS, "sequence": two_layers}
