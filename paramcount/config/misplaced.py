"""Refuses sizes under another type's keys, which transformers silently ignores, and lists of the wrong length."""

from __future__ import annotations

from paramcount.config.config import Config
from paramcount.config.keys import symbol
from paramcount.config.meaning import meanings
from paramcount.config.sizes import ConfigError

ESSENTIAL = ("n_layers", "d_model", "n_heads", "n_vocab")


def refuse_unread(config: Config) -> None:
    """Raise ConfigError if *config* gives an essential size only under another type's key.

    With d_model = 2048 in a config of llama, which reads hidden_size, a model of the default 4096 would be counted.
    """
    defaults = config.about["defaults"]
    for key, value in config.document.items():
        if type(value) is not int or config.about["spellings"].get(key, key) in defaults:
            continue
        name = next((one for one in meanings(key) if one in ESSENTIAL), "")
        if not name or key in config.about.get("saved", ()):
            continue
        keys = [own for own in defaults if symbol(own) == name]
        if not keys:
            continue
        if not any(one in config.given or defaults[one] == value for one in keys):
            said = f"{config.prefix}{key} = {value} is not a key of {config.model_type}, whose {keys[0]} would stay at"
            raise ConfigError(f"{config.name}: {said} its default of {defaults[keys[0]]}; valid: {keys[0]}")


def refuse_other_lengths(config: Config) -> None:
    """Raise ConfigError if *config* lists kinds for more or fewer layers than it has, as transformers does.

    Only for a config as it was read: when its depth is changed, the lists are extended.
    """
    n_layers = config.get("num_hidden_layers")
    for key in ("layer_types", "mlp_layer_types"):
        kinds = config.given.get(key)
        if kinds is None or type(n_layers) is not int:
            return  # transformers reads the second list only if there is a first
        if isinstance(kinds, list) and len(kinds) != n_layers and key not in config.cut:
            said = f"{config.prefix}{key} has {len(kinds):,} items"
            raise ConfigError(f"{config.name}: {said}; valid: a list of {n_layers}, one per layer")
