"""Random configs of models of images and of sound: towers, and wholes with a random config for each part."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from models.special import VARY
from models.variations import Document, Draw, documents
from paramcount.config.types import known
from paramcount.models.index import ASSEMBLED, TOWERS
from paramcount.models.registry import accepted

# What a text_config may be where its type is free.
TEXTS = ("llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "phi3", "olmo2", "mixtral", "qwen3_moe")
# Sizes of images and sound that are drawn where a type has them as numbers.
SEEN = {"patch_size": (2, 6), "image_size": (6, 40), "num_channels": (1, 4), "projection_dim": (1, 9)}


# Keys of types of more than text that are drawn beside these: by type, what changes a drawn document in place.
def _of_llava(draw: Draw, document: Document) -> None:
    document["vision_feature_layer"] = draw(st.sampled_from((-2, [-1], [-2, -1, 0])))


def _of_kimi(draw: Draw, document: Document) -> None:
    document["projection_hidden_size"] = draw(st.integers(1, 9))
    document["vision_config"]["merge_kernel_size"] = draw(st.sampled_from(([2, 2], [1, 3])))


def _of_labels(draw: Draw, document: Document) -> None:
    document["num_labels"] = draw(st.integers(0, 4))


def _of_queries(draw: Draw, document: Document) -> None:
    """The text model's task is by its type alone, and the Q-Former reads what the tower gives."""
    document["num_query_tokens"] = draw(st.integers(1, 9))
    inner = draw(st.sampled_from(("opt", "opt", "t5", "llama")))
    document["text_config"] = draw(documents(inner, VARY.get(inner)))
    document["text_config"].pop("architectures", None)


def _of_florence(draw: Draw, document: Document) -> None:
    document["text_config"] = draw(documents("bart", VARY.get("bart")))
    document["text_config"].pop("architectures", None)
    document["vision_config"]["projection_dim"] = draw(st.integers(1, 20))
    document["vision_config"]["max_position_embeddings"] = draw(st.integers(1, 20))
    if draw(st.booleans()):
        document["tie_word_embeddings"] = draw(st.booleans())


def _of_optional(draw: Draw, document: Document) -> None:
    """No sound, and maybe no images."""
    document["audio_config"] = None
    if draw(st.booleans()):
        document["vision_config"] = None


BESIDE: dict[str, Callable[[Draw, Document], None]] = {
    "llava": _of_llava,
    "clip": _of_labels,
    "siglip": _of_labels,
    "siglip2": _of_labels,
    "kimi_k25": _of_kimi,
    "blip-2": _of_queries,
    "instructblip": _of_queries,
    "florence2": _of_florence,
    "gemma4": _of_optional,
}


@st.composite
def of_more_than_text(draw: Draw, model_type: str) -> Document:
    """A config of *model_type*: a class that is counted, a config for each of its parts or none, its own keys."""
    document: Document = draw(documents(model_type, VARY.get(model_type)))
    about = known(model_type)
    assert about is not None
    for key, (least, most) in SEEN.items():
        if isinstance(about["defaults"].get(key), int) and key not in document:
            document[key] = draw(st.integers(least, most))
    for key, part in about.get("parts", {}).items():
        document[key] = draw(_of_part(key, part))
    if "text" in about and draw(st.booleans()):
        document["text_config"]["tie_word_embeddings"] = draw(st.booleans())
    if model_type in BESIDE:
        BESIDE[model_type](draw, document)
    return document


@st.composite
def _of_part(draw: Draw, key: str, part: dict[str, Any]) -> Document:
    inner = part["type"]
    if part.get("free") and key == "text_config":
        inner = draw(st.sampled_from((inner, inner, *TEXTS)))
    elif part.get("free"):
        towers = [name for name in TOWERS if known(name)["classes"]]  # type: ignore[index]
        inner = draw(st.sampled_from((inner, inner, *towers)))
    if inner in TOWERS or inner in ASSEMBLED:
        return draw(of_more_than_text(inner))
    document = draw(documents(inner, VARY.get(inner))) if inner in accepted() else {"model_type": inner}
    document.pop("architectures", None)
    return document
