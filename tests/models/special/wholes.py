"""Models of more than text: what their default configs must be given, and what is drawn beside their parts."""

from models.variations import Document, Vary

VARY: dict[str, Vary] = {}
DEFAULTS: dict[str, Document] = {
    "aya_vision": {"vision_config": {"num_attention_heads": 16}},
    "gemma3": {"mm_tokens_per_image": 49},
}
