"""What random configs vary beside sizes and switches, by model type: layer lists, nested configs, strings.

A module beside this one holds that of one kind of model, as a dict VARY, and
as a dict DEFAULTS what a type's default config must be given before transformers builds a class from it.
"""

from importlib import import_module
from pathlib import Path

from models.variations import Document, Vary

VARY: dict[str, Vary] = {}
DEFAULTS: dict[str, Document] = {}
for _path in sorted(Path(__file__).parent.glob("[!_]*.py")):
    _module = import_module(f"models.special.{_path.stem}")
    VARY |= _module.VARY
    DEFAULTS |= getattr(_module, "DEFAULTS", {})
