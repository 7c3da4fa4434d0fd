"""Spoilt configs and headers, which every reader must refuse in one line or count correctly."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from models.special import VARY
from models.variations import documents

from paramcount.config.keys import SYMBOLS, symbol
from paramcount.config.types import known, types
from paramcount.models.registry import accepted

Document = dict[str, Any]
Draw = Callable[[Any], Any]

# Values so small that transformers can build the config too.
MODEST = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 40),
    st.sampled_from(
        [0, 1, 2, 64, 1.0, 0.5, 2.5, -1.5, "", "8", "gelu", "none", [], [1], [0, 0], {}, [[1, 2]], {"1": 2}]
    ),
)
ABSURD = st.one_of(
    MODEST,
    st.sampled_from([10**9, 10**12, 10**30, -(10**30), 2**63, 1e300, float("inf"), float("-inf"), float("nan")]),
    st.sampled_from(["a\nb", "\x00", "\ud800", "é" * 500, "1e9", "Infinity", [None] * 3, [[[]]], [{}] * 4, ["x"] * 7]),
    st.recursive(
        st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
)
KEYS = sorted(
    {*SYMBOLS, "per_layer_config", "architectures", "quantization_config", "text_config", "num_labels", "id2label"}
)


# Models with images or sound, each with the type of its text model.
WHOLES = [
    (about["type"], about["text"]["type"])
    for about in map(known, types())
    if about and about.get("text") and about["text"]["type"] in accepted()
]


@st.composite
def configs(draw: Draw, values: Any = ABSURD) -> Document:
    """A config of any accepted type with up to four keys dropped, spoilt, renamed or added."""
    model_type = draw(st.sampled_from(accepted()))
    return draw(spoilt_configs(model_type, values))


@st.composite
def spoilt_configs(draw: Draw, model_type: str, values: Any = ABSURD) -> Document:
    """The same for one type."""
    document = draw(documents(model_type, VARY.get(model_type)))
    about = known(model_type)
    assert about is not None
    for _ in range(draw(st.integers(1, 4))):
        draw(st.sampled_from(CHANGES))(draw, document, about, values)
    document["model_type"] = model_type
    return document


@st.composite
def wholes(draw: Draw) -> Document:
    """A config of a model with images or sound, with its text_config spoilt and mostly itself too."""
    model_type, inner = draw(st.sampled_from(WHOLES))
    document = {"model_type": model_type, "text_config": draw(spoilt_configs(inner))}
    for key in ("text_config", "tie_word_embeddings", "architectures", "hidden_size"):
        if draw(st.integers(0, 5)) == 0:
            document[key] = draw(ABSURD)
    return document


def _a_key(draw: Draw, document: Document) -> str:
    return draw(st.sampled_from(sorted(document)))


def _drop(draw: Draw, document: Document, about: Document, values: Any) -> None:
    del document[_a_key(draw, document)]
    document.setdefault("model_type", about["type"])


def _replace(draw: Draw, document: Document, about: Document, values: Any) -> None:
    document[_a_key(draw, document)] = draw(values)


def _number(draw: Draw, document: Document, about: Document, values: Any) -> None:
    """Another whole number, with which the config usually still describes a model."""
    numbers = [key for key, value in document.items() if type(value) is int]
    if numbers:
        document[draw(st.sampled_from(numbers))] = draw(st.integers(0, 40))


def _default_key(draw: Draw, document: Document, about: Document, values: Any) -> None:
    """A value under a key of the type that the config leaves out."""
    if about["defaults"]:
        document[draw(st.sampled_from(sorted(about["defaults"])))] = draw(values)


def _foreign_key(draw: Draw, document: Document, about: Document, values: Any) -> None:
    document[draw(st.sampled_from(KEYS))] = draw(values)


def _rename(draw: Draw, document: Document, about: Document, values: Any) -> None:
    """Another spelling: one of the type's own, or another type's name for the same size."""
    key = _a_key(draw, document)
    own = [other for other, name in about["spellings"].items() if name == key]
    kindred = [other for other in SYMBOLS if symbol(other) == symbol(key)]
    document[draw(st.sampled_from([*own, *kindred, key.upper(), f"{key}_"]))] = document.pop(key)
    document.setdefault("model_type", about["type"])


def _both_spellings(draw: Draw, document: Document, about: Document, values: Any) -> None:
    pairs = [(other, name) for other, name in about["spellings"].items() if name in document]
    if pairs:
        other, name = draw(st.sampled_from(pairs))
        document[other] = draw(st.sampled_from([document[name], 3]))


def _lists(draw: Draw, document: Document, about: Document, values: Any) -> None:
    """A longer or shorter list, or one with another item; likewise an object."""
    held = [key for key, value in document.items() if isinstance(value, (list, dict)) and value]
    if not held:
        return
    key = draw(st.sampled_from(held))
    if isinstance(document[key], dict):
        inner = dict(document[key])
        inner[draw(st.sampled_from(sorted(inner)))] = draw(values)
        document[key] = inner
        return
    items = list(document[key])
    change = draw(st.sampled_from(["longer", "shorter", "other"]))
    place = draw(st.integers(0, len(items) - 1))
    if change == "longer":
        items.append(items[place])
    elif change == "shorter":
        del items[place]
    else:
        items[place] = draw(values)
    document[key] = items


CHANGES = [_drop, _replace, _number, _number, _default_key, _foreign_key, _rename, _both_spellings, _lists]


@st.composite
def texts(draw: Draw) -> str:
    """The text of a spoilt config, some of them spoilt as JSON too: cut, nested deep, a key twice."""
    document = draw(st.one_of(configs(), configs(), wholes()))
    text = json.dumps(document)
    change = draw(st.sampled_from(["none", "none", "none", "cut", "twice", "deep", "insert"]))
    if change == "cut":
        return text[: draw(st.integers(0, len(text)))]
    if change == "twice":
        key = _a_key(draw, document)
        return f"{text[:-1]}, {json.dumps(key)}: {json.dumps(draw(st.sampled_from([document[key], 7])))}}}"
    if change == "deep":
        depth = draw(st.sampled_from([5, 900, 100_000]))
        key = _a_key(draw, document)
        return f"{text[:-1]}, {json.dumps(key + draw(st.sampled_from(['', '_'])))}: {'[' * depth}{']' * depth}}}"
    if change == "insert":
        place = draw(st.integers(0, len(text)))
        return (
            text[:place]
            + draw(st.sampled_from(["\x00", "{", "}", ",", '"', "9" * 5000, "-", "\\u0000", "\ufeff"]))
            + text[place:]
        )
    return text


@st.composite
def headers(draw: Draw, header: Document) -> Document:
    """A safetensors *header* with up to three entries dropped, spoilt, renamed or added."""
    changed = json.loads(json.dumps(header))
    for _ in range(draw(st.integers(1, 3))):
        name = draw(st.sampled_from(sorted(changed) or ["x"]))
        entry = changed.pop(name, {})
        how = draw(st.sampled_from(["drop", "rename", "field", "side", "entry", "add", "metadata"]))
        if how == "rename":
            changed[draw(st.sampled_from([f"{name}_", f"model.{name}", name.replace("0", "7"), "", "a\nb"]))] = entry
        elif how == "field" and isinstance(entry, dict):
            changed[name] = entry | {draw(st.sampled_from(["dtype", "shape", "data_offsets"])): draw(ABSURD)}
        elif how == "side" and isinstance(entry, dict) and isinstance(entry.get("shape"), list) and entry["shape"]:
            shape = entry["shape"]
            changed[name] = entry | {"shape": [*shape[::-1]] if draw(st.booleans()) else [draw(ABSURD), *shape[1:]]}
        elif how == "entry":
            changed[name] = draw(ABSURD)
        elif how == "metadata":
            changed |= {name: entry, "__metadata__": draw(ABSURD)}
        elif how == "add":
            changed |= {name: entry, draw(st.text(max_size=5)): entry}
    return changed
