"""Encoders of BERT's make for other texts and ends: languages' adapters, proteins, characters, spans."""

from __future__ import annotations

from paramcount.architectures.architecture import Architecture, Parts, no_head
from paramcount.architectures.bert import ROBERTA
from paramcount.architectures.encoder_heads import CLASSIFIERS, TOKENS, one_layer, transform, two_layers
from paramcount.architectures.encoder_parts import cross, embeddings, feed_forward, layer, layers, pooler, square
from paramcount.architectures.parts import bare, dense, layer_norm, table, whole_heads
from paramcount.blocks.stored import Convolution, Head
from paramcount.config import Config
from paramcount.model import Part, Stack

_ROBERTA_POOLED = frozenset({"base", "choice"})


def _adapters(c: Config) -> Parts:
    """A bottleneck for each language, after the feed-forward (Pfeiffer et al. 2022, sec. 3.1)."""
    languages = c.get("languages")
    if not isinstance(languages, list) or not all(isinstance(one, str) and one.isidentifier() for one in languages):
        raise c.refuse("languages", "valid: a list of codes such as en_XX")
    d_model, factor = c.size("hidden_size"), c.size("adapter_reduction_factor")
    d_adapter = c.named("d_adapter", d_model // factor, "hidden_size / adapter_reduction_factor, rounded down")
    names = [f"output.adapter_modules.{one}" for one in dict.fromkeys(languages)]
    norm = (layer_norm("output.adapter_layer_norm", d_model),) if c.flag("adapter_layer_norm") else ()
    into = [dense(f"{name}.dense1", "adapters", d_model, d_adapter, bias=True) for name in names]
    back = [dense(f"{name}.dense2", "adapters", d_adapter, d_model, bias=True) for name in names]
    return (*norm, *into, *back)


def xmod(c: Config) -> Parts:
    """Pfeiffer et al. 2022: XLM-RoBERTa with adapters by language; pre_norm adds a norm at the end."""
    final = (layer_norm("encoder.LayerNorm", c.size("hidden_size"), component="final norm"),)
    one = (*layer(c, cross(c)), *_adapters(c))
    return (*embeddings(c), layers(c, one), *(final if c.flag("pre_norm") else ()), *pooler(c, _ROBERTA_POOLED))


def _pre_norm_attention(c: Config, name: str, component: str) -> Parts:
    d_model = whole_heads(c)
    return (*square(d_model, name, component=component), layer_norm(f"{name}.LayerNorm", d_model))


def esm(c: Config) -> Parts:
    """Rives et al. 2019 and Lin et al. 2022: norms before each sublayer, and a map from all heads to contacts."""
    d_model, n_layers, n_heads = c.size("hidden_size"), c.size("num_hidden_layers"), c.size("num_attention_heads")
    learned = c.get("position_embedding_type") == "absolute"
    normed = c.get("emb_layer_norm_before") is not None and c.flag("emb_layer_norm_before")
    n_ctx = c.size("max_position_embeddings")
    across = _pre_norm_attention(c, "crossattention", "cross-attention") if cross(c) else ()
    one = (
        *_pre_norm_attention(c, "attention", "attention"),
        *across,
        *feed_forward(c),
        layer_norm("LayerNorm", d_model),
    )
    return (
        table("embeddings.word_embeddings", c.size("vocab_size"), d_model),
        *((table("embeddings.position_embeddings", n_ctx, d_model, "position embedding"),) if learned else ()),
        *((layer_norm("embeddings.layer_norm", d_model, component="embedding norm"),) if normed else ()),
        layers(c, one),
        layer_norm("encoder.emb_layer_norm_after", d_model, component="final norm"),
        dense("contact_head.regression", "contact head", n_layers * n_heads, 1, bias=True),
        *pooler(c, frozenset({"base"})),
    )


def _esm_lm(config: Config, prefix: str) -> Parts:
    n_vocab = config.size("vocab_size")
    tied_to = f"{prefix}{TOKENS}.weight" if config.flag("tie_word_embeddings") else ""
    return (
        *transform("lm_head.dense", "lm_head.layer_norm")(config, prefix),
        Part("lm_head.decoder", "output head", Head(n_vocab, config.size("hidden_size"), tied_to)),
        bare("lm_head.bias", "output head", n_vocab),
    )


def canine(c: Config) -> Parts:
    """Clark et al. 2021, sec. 3: characters by hashes, shortened for the layers between a first and a last one."""
    d_model, n_hashes, n_buckets = c.size("hidden_size"), c.size("num_hash_functions"), c.size("num_hash_buckets")
    d_hash = c.quotient("d_hash", "hidden_size", "num_hash_functions")
    down = Convolution(d_model, d_model, c.size("downsampling_rate"), bias=True)
    up = Convolution(d_model, 2 * d_model, c.size("upsampling_kernel_size"), bias=True)
    name, one = "char_embeddings", layer(c)
    return (
        Stack(f"{name}.HashBucketCodepointEmbedder_{{}}", n_hashes, (table("", n_buckets, d_hash),)),
        table(f"{name}.char_position_embeddings", n_buckets, d_model, "position embedding"),
        table(f"{name}.token_type_embeddings", c.size("type_vocab_size", 0), d_model, "segment embedding"),
        layer_norm(f"{name}.LayerNorm", d_model, component="embedding norm"),
        Stack("initial_char_encoder.layer", 1, one),
        Part("chars_to_molecules.conv", "convolution", down),
        layer_norm("chars_to_molecules.LayerNorm", d_model),
        layers(c, one),
        Part("projection.conv", "convolution", up),
        layer_norm("projection.LayerNorm", d_model),
        Stack("final_char_encoder.layer", 1, one),
        dense("pooler.dense", "pooler", d_model, d_model, bias=True),
    )


def splinter(c: Config) -> Parts:
    """Ram et al. 2021: BERT without a pooler."""
    return (*embeddings(c), layers(c, layer(c)))


def _span_selection(config: Config, prefix: str) -> Parts:
    """Where the span for a question starts and ends (Ram et al. 2021, sec. 4.1)."""
    d_model, name = config.size("hidden_size"), "splinter_qass"
    parts: Parts = ()
    for own in ("query_start", "query_end", "start", "end"):
        own_map = dense(f"{name}.{own}_transform.dense", "classifier", d_model, d_model, bias=True)
        own_norm = layer_norm(f"{name}.{own}_transform.LayerNorm", d_model, component="classifier")
        parts = (*parts, own_map, own_norm)
    return (*parts, *(dense(f"{name}.{own}_classifier", "classifier", d_model, d_model) for own in ("start", "end")))


XMOD = ROBERTA._replace(summary="XLM-RoBERTa with adapters by language", source="Pfeiffer et al. 2022", body=xmod)
ESM = Architecture(
    summary="encoder of proteins with norms before each sublayer",
    source="Lin et al. 2022",
    body=esm,
    heads={"base": no_head, "masked": _esm_lm, "sequence": two_layers, "token": one_layer},
    prefix="esm",
)
CANINE = Architecture(
    summary="encoder of characters, shortened between its first and its last layer",
    source="Clark et al. 2021, sec. 3",
    body=canine,
    heads={"base": no_head, **CLASSIFIERS},
    prefix="canine",
)
SPLINTER = Architecture(
    summary="BERT's encoder, choosing spans for questions",
    source="Ram et al. 2021",
    body=splinter,
    heads={"base": no_head, "pretraining": _span_selection, "question": _span_selection},
    prefix="splinter",
)
