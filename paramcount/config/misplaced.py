"""Sizes under keys of other model types, which transformers' config class passes over without a word, and lists that
are not as long as the model is deep.
"""

from __future__ import annotations

from paramcount.config.config import Config
from paramcount.config.keys import symbol
from paramcount.config.meaning import meanings
from paramcount.config.sizes import ConfigError

ESSENTIAL = ("n_layers", "d_model", "n_heads", "n_vocab")


def refuse_unread(config: Config) -> None:
    """Raise ConfigError where *config* gives an essential size under another type's key, and its own has the default.

    So d_model = 2048 in a config of llama, which reads hidden_size: a model of 4096 would be counted.
    """
    defaults = config.about["defaults"]
    for key, value in config.document.items():
        if type(value) is not int or config.about["spellings"].get(key, key) in defaults:
            continue
        name = next(iter(meanings(key)), "")
        if name not in ESSENTIAL or key in config.about.get("saved", ()):
            continue
        keys = [own for own in defaults if symbol(own) == name]
        if not keys:
            continue
        if not any(one in config.given or defaults[one] == value for one in keys):
            said = (
                f"{config.prefix}{key} = {value}: no key of {config.model_type}, whose {keys[0]} would be its default"
            )
            raise ConfigError(f"{config.name}: {said} {defaults[keys[0]]}; valid: {keys[0]}")


def refuse_other_lengths(config: Config) -> None:
    """Raise ConfigError where *config* lists the kinds of other than as many layers as it has, as transformers does.

    For a config as it was read: where its depth is set anew, what is listed goes on.
    """
    n_layers = config.get("num_hidden_layers")
    for key in ("layer_types", "mlp_layer_types"):
        kinds = config.given.get(key)
        if kinds is None or type(n_layers) is not int:
            return  # transformers looks at the second list only where there is the first
        if isinstance(kinds, list) and len(kinds) != n_layers and key not in config.cut:
            said = f"{config.prefix}{key} has {len(kinds):,} items"
            raise ConfigError(f"{config.name}: {said}; valid: a list of {n_layers}, one a layer")
