"""Adapters: the exact number of parameters that LoRA trains, by the rules of the peft library."""

from paramcount.costs.adapters.peft import Peft, of_document, of_file, of_text
from paramcount.costs.adapters.trained import Adapted, Trained, adapted

__all__ = ["Adapted", "Peft", "Trained", "adapted", "of_document", "of_file", "of_text"]
