"""Random configs of a model type: small, and mostly accepted by transformers."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from paramcount.config.keys import symbol
from paramcount.config.types import known
from paramcount.models.registry import architecture_of

Document = dict[str, Any]
Draw = Callable[[Any], Any]
# Added by a type's own test module: changes *document* in place.
Vary = Callable[[Draw, Document], None]

SMALL = {
    "n_layers": (1, 5),
    "n_encoder_layers": (1, 4),
    "n_decoder_layers": (1, 4),
    "d_ff": (1, 40),
    "d_encoder_ff": (1, 40),
    "d_decoder_ff": (1, 40),
    "d_expert": (1, 24),
    "d_shared_expert": (1, 24),
    "n_vocab": (8, 99),
    "n_ctx": (4, 64),
    "n_experts": (2, 6),
    "n_active_experts": (1, 2),
    "n_shared_experts": (1, 3),
    "n_segments": (1, 4),
}
# Numbers that are not sizes: a token that must be in the vocabulary, a training or inference setting.
SETTINGS = ("_token_id", "_loss_", "chunk_size", "num_labels", "pretraining_tp", "use_cache", "is_encoder_decoder")


@st.composite
def documents(draw: Draw, model_type: str, vary: Vary | None = None) -> Document:
    """A config of *model_type*: small sizes, fitting heads, every switch both ways, a counted class."""
    about, architecture = known(model_type), architecture_of(model_type)
    assert about is not None
    assert architecture is not None
    defaults = about["defaults"]
    document: Document = {"model_type": model_type}
    names = [name for name, task in about["classes"].items() if task in architecture.heads]
    if names:
        document["architectures"] = [draw(st.sampled_from(names))]
    for key, value in defaults.items():
        if any(part in key for part in SETTINGS):
            continue
        if isinstance(value, bool):
            if draw(st.booleans()):
                document[key] = draw(st.booleans())
        elif bounds := SMALL.get(symbol(key)):
            document[key] = draw(st.integers(*bounds))
    document |= {key: 1 for key in defaults if key.endswith("_token_id") and defaults[key] is not None}
    _heads(draw, document, defaults)
    if vary:
        vary(draw, document)
    return document


def _heads(draw: Draw, document: Document, defaults: Document) -> None:
    """Heads and widths that fit each other; d_head free if the config has a key for it."""
    n_kv_heads, group, d_head = (draw(st.integers(1, top)) for top in (3, 3, 6))
    n_heads, d_head = n_kv_heads * group, 2 * d_head
    sizes = {"n_heads": n_heads, "n_kv_heads": n_kv_heads, "d_model": n_heads * d_head}
    if any(symbol(key) == "d_head" for key in defaults) and draw(st.booleans()):
        sizes["d_head"] = d_head
        sizes["d_model"] = n_heads * draw(st.integers(1, 6)) * 2
    for key, value in defaults.items():
        own = symbol(key)
        if own in sizes:
            document[key] = sizes[own]
        if own == "n_kv_heads" and value is None and draw(st.booleans()):
            document[key] = None
