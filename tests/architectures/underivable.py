"""The types of which `paramcount derive` claims no formula for the default class, and why."""

UNDERIVABLE = {
    "squeezebert": "its two widths, of which the class asks that they are equal, can only be changed together",
}
# More than a minute of the processor's time, after which derive refuses a class: many builds of many tensors.
TOO_SLOW = ("gemma3n_text", "gemma4_text", "blt", "flint", "dots3_note_text")
