"""The model that a config.json states."""

from __future__ import annotations

from importlib.util import find_spec

from paramcount.catalog.spec import Spec
from paramcount.config import Config, ConfigError
from paramcount.config.earlier_names import present
from paramcount.config.keys import symbol
from paramcount.config.misplaced import refuse_other_lengths
from paramcount.config.own_code import names_code
from paramcount.config.sizes import Use
from paramcount.config.unread import passed_over
from paramcount.errors import printable
from paramcount.models.configured import Configured
from paramcount.models.index import ASSEMBLED
from paramcount.models.registry import NotCountedError, accepted, class_of
from paramcount.models.text_models import quantised, text_model
from paramcount.models.wholes import TIED


def spec_of(config: Config, name: str) -> Spec:
    """The model of *config*, called *name*, with what is to be known of its count as notes.

    One without an architecture here is counted by transformers where that is installed. Raises ConfigError.
    """
    try:
        text = config if config.model_type in ASSEMBLED else text_model(config)
        family = Configured(text)
        refuse_other_lengths(text)
    except NotCountedError as error:
        return _by_transformers(config, name, error)
    unread = passed_over(text, text.used, family.model.ledger)
    given = {symbol: use.value for symbol, use in text.used.items() if use.given}
    caution = _caution(config, class_of(text), unread)
    said = [_class_said(config, class_of(text)), _own_code(config, class_of(text)), quantised(config)]
    earlier = [] if text is config else config.notes
    notes = [*earlier, *text.notes, *filter(None, said), *_not_read(class_of(text), unread)]
    return Spec(
        printable(name),
        family,
        family.values(),
        given=given,
        notes=tuple(map(printable, notes)),
        part=text.whole is not None,
        caution=printable(caution),
    )


def _not_read(counted: str, unread: list[str]) -> list[str]:
    return [f"Not read by {counted}: {', '.join(unread)}."] if unread else []


def _caution(config: Config, counted: str, unread: list[str]) -> str:
    """What is to be said before all else: that the code of the config's own may have another model in it."""
    if not names_code(config.document):
        return ""
    if not unread:
        return f"as transformers' {counted}; its own code (auto_map) is not read"
    return f"its own code (auto_map) may be another model: {counted} does not read {', '.join(unread)}"


def _by_transformers(config: Config, name: str, error: NotCountedError) -> Spec:
    why = f"{error}{_counted_inside(config)}"
    if not (find_spec("torch") and find_spec("transformers")):
        raise ConfigError(f"{why}; transformers can count it: pip install 'paramcount[verify]'")
    from paramcount.classes.there import refuse_absent

    refuse_absent(config, why)
    from paramcount.classes.of_transformers import counted

    family, named = counted(config, why), config.class_name() or "class"
    fields = config.about["defaults"].keys() - {TIED}  # none are known of a model of more than text
    unread = passed_over(config, _stated(config), family.build().ledger) if fields else []
    said = filter(None, [_own_code(config, named), quantised(config)])
    notes = [*config.notes, f"{family.summary}: exact, without formulas.", *said, *_not_read(named, unread)]
    caution = printable(_caution(config, named, unread))
    return Spec(printable(name), family, {}, notes=tuple(map(printable, notes)), caution=caution)


def _stated(config: Config) -> dict[str, Use]:
    """The sizes that *config* states under the keys of its type; which of them its class is built by nobody says."""
    own = {key: value for key, value in config.values.items() if key in config.about["defaults"] and type(value) is int}
    named = {symbol(key): Use(value, key, key in config.given) for key, value in own.items()}
    return {name: use for name, use in named.items() if name != "n_ctx"}


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
