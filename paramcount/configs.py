"""The model that a config.json states."""

from __future__ import annotations

from importlib.util import find_spec

from paramcount.architectures.configured import Configured
from paramcount.architectures.registry import NotCountedError, class_of
from paramcount.architectures.text import quantised, text_model
from paramcount.config import Config, ConfigError
from paramcount.spec import Spec


def spec_of(config: Config, name: str) -> Spec:
    """The model of *config*, called *name*, with what is to be known of its count as notes.

    One without an architecture here is counted by transformers where that is installed. Raises ConfigError.
    """
    text = text_model(config)
    try:
        family = Configured(text)
    except NotCountedError as error:
        return _by_transformers(text, name, error)
    given = {symbol: use.value for symbol, use in text.used.items() if use.given}
    notes = [*text.notes, *filter(None, [_assumed_class(text), quantised(config)])]
    return Spec(name, family, family.values(), given=given, notes=tuple(notes))


def _by_transformers(config: Config, name: str, error: NotCountedError) -> Spec:
    if not (find_spec("torch") and find_spec("transformers")):
        raise ConfigError(f"{error}; transformers can count it: pip install 'paramcount[verify]'")
    from paramcount.transformers_class import counted

    family = counted(config, str(error))
    notes = [*config.notes, f"{family.summary}: exact, without formulas.", *filter(None, [quantised(config)])]
    return Spec(name, family, {}, notes=tuple(notes))


def _assumed_class(config: Config) -> str:
    if config.class_name() is not None:
        return ""
    return f"The config names no class; counted as {class_of(config)}."
