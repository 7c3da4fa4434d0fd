"""Families: the model type behind a paper's table, and the assumptions it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from paramcount.models.index import PLACES

if TYPE_CHECKING:
    from paramcount.catalog.family import Family
    from paramcount.models.design import Design

_GPT = ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx")
_LLAMA = ("n_layers", "d_model", "n_heads", "n_kv_heads", "d_head", "d_ff", "n_vocab")
_FOUR_TIMES = {"d_ff": (4, "d_model")}
_NO_BIASES = {"attention_bias": False, "mlp_bias": False}
_ALONE = {"add_cross_attention": False}
_OPT = {"enable_bias": True, "layer_norm_elementwise_affine": True, "_remove_final_layer_norm": False}
_BERT: dict[str, Any] = {
    "sizes": ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab", "n_ctx", "n_segments"),
    "switches": {"pooler": True},
    "ties": _FOUR_TIMES,
    "task": "base",
    "fixed": _ALONE,
}

_ROWS: dict[str, dict[str, Any]] = {
    "gpt": {
        "model_type": "gpt2",
        "summary": "GPT-2, GPT-3 and similar: pre-norm decoder, learned positions, biases, final norm",
        "source": "Radford et al. 2019, sec. 2.3; Brown et al. 2020, sec. 2.1",
        "sizes": _GPT,
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
        "fixed": _ALONE,
    },
    "gpt-post-norm": {
        "model_type": "openai-gpt",
        "summary": "GPT-1: post-norm decoder, learned positions, biases, no final norm",
        "source": "Radford et al. 2018, sec. 4.1",
        "sizes": _GPT,
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
    },
    "opt": {
        "model_type": "opt",
        "summary": "OPT: as gpt, with two more positions than its context",
        "source": "Zhang et al. 2022, arXiv:2205.01068, and its released code",
        "sizes": _GPT,
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
        "fixed": {**_OPT, "do_layer_norm_before": True, "projected": False},
        "reads": {"d_embedding": lambda s: s["d_model"]},
    },
    "opt-projected": {
        "model_type": "opt",
        "summary": "OPT-350M: as opt, post-norm, with narrower embeddings projected to the model's width",
        "source": "Zhang et al. 2022, the released code",
        "sizes": ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "d_embed", "n_vocab", "n_ctx"),
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
        "fixed": {**_OPT, "do_layer_norm_before": False, "projected": True},
        "reads": {"d_embedding": lambda s: s["d_embed"]},
    },
    "attention-only": {
        "model_type": "attention-only",
        "summary": "attention layers only, with an embedding and a separate unembedding; no norms, no biases",
        "source": "Elhage et al. 2021, A Mathematical Framework for Transformer Circuits",
        "sizes": ("n_layers", "d_model", "n_heads", "d_head", "n_vocab"),
        "switches": {},
        "ties": {},
    },
    "gpt-neox": {
        "model_type": "gpt_neox",
        "summary": "GPT-NeoX, Pythia: parallel attention and feed-forward, rotary positions, biases",
        "source": "Black et al. 2022, sec. 2.1; Biderman et al. 2023, sec. 2.2",
        "sizes": ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab"),
        "switches": {"tied": False},
        "ties": _FOUR_TIMES,
        "fixed": {"attention_bias": True},
    },
    "bloom": {
        "model_type": "bloom",
        "summary": "BLOOM: pre-norm decoder with ALiBi, biases and a norm after the embedding",
        "source": "Scao et al. 2022, sec. 3.2.2",
        "sizes": ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab"),
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
    },
    "palm": {
        "model_type": "palm",
        "summary": "PaLM: parallel attention and gated feed-forward, multi-query attention, rotary positions, "
        "no biases",
        "source": "Chowdhery et al. 2022, sec. 2",
        "sizes": _LLAMA,
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
    },
    "llama": {
        "model_type": "llama",
        "summary": "LLaMA, Mistral: rotary positions, grouped keys and values, RMSNorm, gated feed-forward, no biases",
        "source": "Touvron et al. 2023, sec. 2.2; Jiang et al. 2023, Table 1",
        "sizes": _LLAMA,
        "switches": {"tied": False},
        "ties": {"n_kv_heads": (1, "n_heads")},
        "fixed": _NO_BIASES,
    },
    "mixtral": {
        "model_type": "mixtral",
        "summary": "Mixtral: llama with a router and experts instead of the feed-forward",
        "source": "Jiang et al. 2024, sec. 2",
        "sizes": (*_LLAMA, "n_experts", "n_active_experts"),
        "switches": {"tied": False},
        "ties": {"n_kv_heads": (1, "n_heads")},
    },
    "gopher": {
        "model_type": "gopher",
        "summary": "Gopher, Chinchilla: pre-norm decoder with relative positions, RMSNorm and biases",
        "source": "Rae et al. 2021, sec. 2.1; Dai et al. 2019, sec. 3.3",
        "sizes": ("n_layers", "d_model", "n_heads", "d_head", "d_ff", "n_vocab"),
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
    },
    "bert": {
        "model_type": "bert",
        "summary": "BERT: post-norm encoder with learned positions, segments and a pooler; no pre-training heads",
        "source": "Devlin et al. 2018, sec. 3",
        **_BERT,
    },
    "roberta": {
        "model_type": "roberta",
        "summary": "RoBERTa: as bert, with two more positions than its context",
        "source": "Liu et al. 2019",
        **_BERT,
        "reads": {"n_ctx": lambda s: s["n_ctx"] + 2},
    },
    "glam": {
        "model_type": "glam",
        "summary": "GLaM: ungated experts in every other layer, gated feed-forwards in the rest, no biases",
        "source": "Du et al. 2021, sec. 4",
        "sizes": (
            "n_layers",
            "n_sparse_layers",
            "d_model",
            "n_heads",
            "d_head",
            "d_ff",
            "n_vocab",
            "n_experts",
            "n_active_experts",
            "n_buckets",
        ),
        "switches": {"tied": True},
        "ties": _FOUR_TIMES,
    },
    "vit": {
        "model_type": "vit",
        "summary": "ViT: pre-norm encoder of image patches, with a class token and a classifier",
        "source": "Dosovitskiy et al. 2020, sec. 3.1",
        "sizes": (
            "n_layers",
            "d_model",
            "n_heads",
            "d_head",
            "d_ff",
            "patch_size",
            "n_channels",
            "n_patches",
            "n_classes",
        ),
        "switches": {"class_token": True},
        "ties": _FOUR_TIMES,
        "task": "images",
        "fixed": {"qkv_bias": True, "image_size": 224, "id2label": None},
        "reads": {"n_labels": lambda s: s["n_classes"]},
    },
}


class _Families(Mapping[str, "Family"]):
    """The families by name; a family's body is imported only when it is built."""

    def __getitem__(self, name: str) -> Family:
        return _family(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_ROWS)

    def __len__(self) -> int:
        return len(_ROWS)

    def __contains__(self, name: object) -> bool:
        return name in _ROWS


@cache
def _family(name: str) -> Family:
    import copyreg

    from paramcount.catalog.family import Family  # --help only lists names

    copyreg.pickle(Family, _by_name)
    return Family(name, **_ROWS[name])


def _by_name(family: Family) -> tuple[Callable[[str, str], Family], tuple[str, str]]:
    """How a family, whose rules are functions, is pickled and copied."""
    return _for_task, (family.name, family.task)


def _for_task(name: str, task: str) -> Family:
    family = _family(name)
    return family if task == family.task else family.for_task(task)


FAMILIES: Mapping[str, Family] = _Families()


def families_of(model_type: str) -> list[Family]:
    """The papers' families with this model type."""
    return [_family(name) for name, row in _ROWS.items() if row["model_type"] == model_type]


@cache
def family_named(name: str) -> Design | None:
    """The family of that name, or the model type or transformers class of that name; None if there is none."""
    if name in FAMILIES:
        return FAMILIES[name]
    model_type = name if name in PLACES else _type_of(name)
    if not model_type:
        return None
    from paramcount.catalog.type_family import TypeFamily  # reads the defaults of all types

    return TypeFamily(model_type, "" if model_type == name else name)


def _type_of(in_class: str) -> str:
    """The model type with the class *in_class*: albert for AlbertModel; "" if there is none."""
    if not in_class[:1].isupper():
        return ""
    from paramcount.config.types import known

    return next((one for one in PLACES if in_class in (known(one) or {}).get("classes", {})), "")
