"""Configs older than model_type: Google's bert_config.json and its kin, and those of pytorch-transformers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from paramcount.config.foreign.keys import Keys
from paramcount.config.foreign.program import Program

BEFORE = "a config older than model_type"
KIN = "with a type, since BERT and RoBERTa share these keys: --set model_type=bert, or roberta"
UNREAD = ("pooler_", "directionality", "label_smoothing")  # no BERT program builds a tensor from these
Made = Callable[[Keys], dict[str, Any]]


def _is(name: str, *classes: str) -> Made:
    """The document as it is, with the type *name* and, if it names no class, *classes*."""

    def config(keys: Keys) -> dict[str, Any]:
        named = {} if keys.document.get("architectures") or not classes else {"architectures": list(classes)}
        kept = {key: value for key, value in keys.document.items() if not key.startswith(UNREAD)}
        return {**kept, **named, "model_type": name}

    return config


def _bert(*classes: str) -> Made:
    """Devlin et al. 2018, unless there is one segment type, as in RoBERTa and its kin."""

    def config(keys: Keys) -> dict[str, Any]:
        if keys.whole("type_vocab_size") == 1:
            keys.refuse("type_vocab_size", KIN)
        return _is("bert", *classes)(keys)

    return config


def _of(*keys: str) -> frozenset[str]:
    return frozenset(" ".join(keys).split())


LAYER = _of("hidden_size num_hidden_layers num_attention_heads intermediate_size vocab_size")
BERT = LAYER | {"max_position_embeddings", "type_vocab_size"}
GPT = _of("n_embd n_layer n_head n_positions vocab_size")
LATER = _of("afn dff rotary_dim multi_query attention_types block_size n_vocab mesh_shape")
GROUPS, NARROW, UNILM = _of("num_hidden_groups inner_group_num"), _of("embedding_size"), _of("label_smoothing")
OTHERS = GROUPS | NARROW | _of("hidden_dim d_model entity_vocab_size max_2d_position_embeddings")
LIBRARY = _of("output_attentions torchscript layer_norm_eps architectures finetuning_task num_labels")
ELSEWHERE = GROUPS | _of("intra_bottleneck_size conv_kernel_size head_ratio")

PROGRAMS = (
    Program(BEFORE, _is("gpt2"), GPT, LATER, strict=False),
    Program(BEFORE, _is("openai-gpt"), GPT | {"afn"}, strict=False),
    Program(BEFORE, _is("ctrl"), GPT | {"dff"}, strict=False),
    Program(BEFORE, _is("xlnet"), _of("d_model n_layer n_head d_inner ff_activation untie_r"), strict=False),
    Program(BEFORE, _is("xlm"), _of("emb_dim n_layers n_heads n_langs asm causal"), strict=False),
    Program(BEFORE, _is("distilbert"), _of("dim hidden_dim n_layers n_heads sinusoidal_pos_embds"), strict=False),
    Program(BEFORE, _is("t5"), _of("d_model d_kv d_ff num_layers num_heads vocab_size"), strict=False),
    Program(BEFORE, _is("mobilebert"), BERT | NARROW | {"intra_bottleneck_size"}, strict=False),
    Program(BEFORE, _bert(), BERT, OTHERS | UNILM, (LIBRARY,), strict=False),
    Program("Google's bert_config.json", _bert("BertModel"), BERT, OTHERS | UNILM | LIBRARY, strict=False),
    Program("UniLM's config", _bert("BertLMHeadModel"), BERT | UNILM, OTHERS, strict=False),
    Program("ALBERT's config", _is("albert", "AlbertModel"), BERT | GROUPS | NARROW, strict=False),
    Program("ELECTRA's config", _is("electra", "ElectraModel"), BERT | NARROW, ELSEWHERE, strict=False),
)
