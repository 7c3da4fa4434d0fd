"""The model that a config.json states."""

from __future__ import annotations

from importlib.util import find_spec

from paramcount.catalog.spec import Spec
from paramcount.config import Config, ConfigError
from paramcount.config.earlier_names import present
from paramcount.config.misplaced import refuse_other_lengths
from paramcount.config.own_code import names_code
from paramcount.errors import printable
from paramcount.models.configured import Configured
from paramcount.models.registry import NotCountedError, accepted, class_of
from paramcount.models.text_models import quantised, text_model


def spec_of(config: Config, name: str) -> Spec:
    """The model of *config*, called *name*, with what is to be known of its count as notes.

    One without an architecture here is counted by transformers where that is installed. Raises ConfigError.
    """
    try:
        text = text_model(config)
        family = Configured(text)
        refuse_other_lengths(text)
    except NotCountedError as error:
        return _by_transformers(config, name, error)
    given = {symbol: use.value for symbol, use in text.used.items() if use.given}
    said = [_class_said(config, class_of(text)), _own_code(config, class_of(text)), quantised(config)]
    earlier = [] if text is config else config.notes
    notes = [*earlier, *text.notes, *filter(None, said)]
    return Spec(
        printable(name),
        family,
        family.values(),
        given=given,
        notes=tuple(map(printable, notes)),
        part=text.whole is not None,
    )


def _by_transformers(config: Config, name: str, error: NotCountedError) -> Spec:
    why = f"{error}{_counted_inside(config)}"
    if not (find_spec("torch") and find_spec("transformers")):
        raise ConfigError(f"{why}; transformers can count it: pip install 'paramcount[verify]'")
    from paramcount.classes.there import refuse_absent

    refuse_absent(config, why)
    from paramcount.classes.of_transformers import counted

    family = counted(config, why)
    said = [_own_code(config, config.class_name() or "class"), quantised(config)]
    notes = [*config.notes, f"{family.summary}: exact, without formulas.", *filter(None, said)]
    return Spec(printable(name), family, {}, notes=tuple(map(printable, notes)))


def _class_said(config: Config, counted: str) -> str:
    """What is to be said where the config does not name the class that is *counted* as transformers does."""
    if config.class_name() is None:
        return f"The config names no class; counted as {counted}."
    named = config.document["architectures"][0]
    return "" if named == config.class_name() else f"{named} is {config.class_name()} in transformers."


def _own_code(config: Config, counted: str) -> str:
    """What is to be said of code that comes with the config, whose model may be another."""
    said = f"Its own code (auto_map) is never run: the count is that of transformers' {counted}."
    return said if names_code(config.document) else ""


def _counted_inside(config: Config) -> str:
    """What may be counted in its stead, where *config* is not: a config inside it."""
    for key, inner in config.document.items():
        if isinstance(inner, dict) and isinstance(inner.get("model_type"), str):
            model_type = present(inner)["model_type"]
            if model_type in accepted():
                return f"; its {key} is a config of {model_type}, which counts by itself"
    return ""
