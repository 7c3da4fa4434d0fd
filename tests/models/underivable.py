"""Types for whose default class `paramcount derive` claims no formula, and why."""

UNDERIVABLE = {
    "encoder-decoder": "its encoder and its decoder are configs of other types, which it has none of by default",
    "inkling_text": "its two kinds of layers have sizes of their own that are equal by default",
    "squeezebert": "its two widths, of which the class asks that they are equal, can only be changed together",
}
# More than a minute of CPU time, after which derive refuses a class: many builds of many tensors.
TOO_SLOW = (
    *("blt", "dots3_note_text", "flint", "gemma3n_text", "gemma4_text", "inkling2_text", "kimi_linear", "nllb-moe"),
    *("olmo_hybrid", "switch_transformers", "zamba", "zamba2"),
)
