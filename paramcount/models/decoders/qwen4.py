"""Qwen4's experimental decoder: several residual streams, an indexer in attention and n-gram tables."""

from __future__ import annotations

from itertools import count, islice
from math import isqrt

from paramcount.blocks.leaves import Convolution
from paramcount.blocks.mixers import typed
from paramcount.blocks.parts import dense, rms_norm, table
from paramcount.blocks.stacks import numbers, stacks
from paramcount.blocks.streams import STREAMS
from paramcount.blocks.task_heads import DECODER_HEADS
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts
from paramcount.ledger.sized import Sized
from paramcount.models.architecture import Architecture
from paramcount.models.decoders.qwen import with_gated_shared
from paramcount.models.decoders.qwen3_next import delta_net, gated_attention

KINDS = ("linear_attention", "indexed_attention", "full_attention", "qwen_sparse_attention")
INPUTS = "layer inputs"
LARGEST_TABLE, MOST_TABLES = 10**9, 1_000  # limits within which primes are found quickly


def qwen4_exp(c: Config) -> Parts:
    """As Qwen3.5's experts, with gated hyper-connections for norms, and n-grams read in ple_layer_ids."""
    d_model, rows = c.size("hidden_size"), _tables(c)
    attends = ["linear" if kind == "linear_attention" else "indexed" for kind in typed(c, _by_interval, valid=KINDS)]
    places = sorted(numbers(c, "ple_layer_ids"))
    kinds = [f"{kind} {places.index(at)}" if at in places else kind for at, kind in enumerate(attends, 1)]
    if wrong := [at for at in places if not 1 <= at <= len(attends) or attends[at - 1] != "linear"]:
        raise c.refuse("ple_layer_ids", f"valid: layers with linear attention, numbered from 1, unlike {wrong[0]}")

    def layer(kind: str) -> Parts:
        mixer, *which = kind.split()
        return (
            *(delta_net(c) if mixer == "linear" else (*gated_attention(c), *_indexer(c))),
            *with_gated_shared(c),
            *(_n_grams(c, rows[int(which[0])]) if which else ()),
            *_streams(c, "attn_hyper_connection"),
            *_streams(c, "mlp_hyper_connection"),
        )

    return (
        table("embed_tokens", c.size("vocab_size"), d_model),
        *stacks(c, "layers", kinds, layer, c.layers()),
        *_streams(c, "hyper_connection_mixer", injects=False),
    )


def _by_interval(c: Config) -> list[str]:
    period = c.size("full_attention_interval") if "full_attention_interval" in c.given else 4
    return ["linear_attention" if (at + 1) % period else "indexed_attention" for at in range(c.layers())]


def _indexer(c: Config) -> Parts:
    d_model, d_head = c.size("hidden_size"), c.size("indexer_head_dim")
    width = (c.size("indexer_n_heads") + c.size("indexer_kv_heads")) * d_head
    name = "self_attn.indexer"
    return (
        dense(f"{name}.index_qk_proj", "attention", d_model, width),
        rms_norm(f"{name}.q_layernorm", d_head),
        rms_norm(f"{name}.k_layernorm", d_head),
    )


def _streams(c: Config, name: str, injects: bool = True) -> Parts:
    """One stream from all, by gates through a narrow vector, and, if *injects*, what goes back into each."""
    n_streams, r = c.size("hc_count", least=2), c.size("hc_lowrank")
    width = n_streams * c.size("hidden_size")
    return (
        rms_norm(f"{name}.hc_norm", width),
        dense(f"{name}.input_mix_weight_down", STREAMS, width, r),
        dense(f"{name}.input_mix_weight_up", STREAMS, r, width),
        *((dense(f"{name}.block_inject_weight", STREAMS, width, n_streams),) if injects else ()),
    )


def _n_grams(c: Config, n_rows: int) -> Parts:
    """The n-grams before a token, as a key and a value for every stream."""
    d_model, n_tables = c.size("hidden_size"), _n_tables(c)
    width, d_embedding = c.size("hc_count", least=2) * d_model, c.size_or_none("ple_embed_dim") or d_model
    if not c.divides(n_tables, d_embedding):
        raise c.refuse("ple_embed_dim", f"valid: a multiple of (ngram_size - 1) · heads_per_ngram = {n_tables}")
    words = "ple_embed_dim / ((ngram_size - 1) · heads_per_ngram)"
    d_table = c.follows("d_ngram", words, d_embedding, n_tables, "exactly")
    return (
        table("ple.ple_embedding.ngram_embedding", n_rows, d_table),
        dense("ple.key_proj", INPUTS, d_embedding, width),
        dense("ple.value_proj", INPUTS, d_embedding, d_model),
        *(rms_norm(f"ple.norm_{own}", width) for own in ("key", "query", "conv")),
        Part("ple.conv1d", INPUTS, Convolution(width, 1, c.size("ple_conv_kernel_size"))),
    )


def _n_tables(c: Config) -> Sized:
    n_tables: Sized = (c.size("ngram_size", least=2) - 1) * c.size("heads_per_ngram")
    return n_tables


def _tables(c: Config) -> list[int]:
    """The total rows of each layer's tables: every table's size is a different prime, and all are padded."""
    n_layers = len(numbers(c, "ple_layer_ids"))
    if not n_layers:
        return []
    base, step = (c.size(key).looked_at() for key in ("ngram_vocab_size_base", "make_ngram_vocab_size_divisible_by"))
    n_tables = _n_tables(c).looked_at()
    if base > LARGEST_TABLE:
        raise c.refuse("ngram_vocab_size_base", f"valid: up to {LARGEST_TABLE:,}")
    if n_layers * n_tables > MOST_TABLES:
        raise c.refuse("heads_per_ngram", f"valid: up to {MOST_TABLES:,} tables in all, not {n_layers * n_tables:,}")
    primes = _primes(base, n_layers * n_tables)
    totals = [sum(primes[at * n_tables : (at + 1) * n_tables]) for at in range(n_layers)]
    how = "primes from ngram_vocab_size_base up, padded"
    return [c.named(f"n_ngrams_{at}", -(-total // step) * step, how) for at, total in enumerate(totals)]


def _primes(least: int, n: int) -> list[int]:
    """The first *n* primes that are at least *least*."""
    return list(islice(filter(_is_prime, count(least)), n))


def _is_prime(one: int) -> bool:
    if one < 3 or one % 2 == 0:
        return one == 2
    return all(one % odd for odd in range(3, isqrt(one) + 1, 2))


QWEN4_EXP = Architecture(
    summary="gated delta nets and gated attention with an indexer, experts, several residual streams and n-grams",
    source="transformers 5.23.0, models/qwen4_exp",
    body=qwen4_exp,
    heads=DECODER_HEADS,
    uncosted="attends to groups of positions chosen by an indexer",
)
