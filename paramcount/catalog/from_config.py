"""The model described by a config.json."""

from __future__ import annotations

from importlib.util import find_spec

from paramcount.catalog.spec import DESCRIBED, NOT_READ, OF_COSTS, WHOLE, PartOf, Spec, marked
from paramcount.config import Config, ConfigError
from paramcount.config.earlier_names import present
from paramcount.config.keys import symbol
from paramcount.config.misplaced import refuse_other_lengths, refuse_unread
from paramcount.config.own_code import names_code
from paramcount.config.sizes import Use
from paramcount.config.unread import passed_over
from paramcount.errors import printable
from paramcount.models.configured import Configured
from paramcount.models.design import Counted
from paramcount.models.index import ASSEMBLED, TOWERS
from paramcount.models.registry import NotCountedError, UnbuiltError, accepted, class_of
from paramcount.models.text_models import TEXT, quantised, text_model
from paramcount.models.wholes import TIED, WHOLES


def spec_of(config: Config, name: str, part: str = WHOLE) -> Spec:
    """The model of *config*, called *name*, with notes on its count.

    For a multimodal model *part* selects the whole, one part, or what OF_COSTS and DESCRIBED stand for. A type without
    an architecture here is counted by transformers if that is installed. Raises ConfigError.
    """
    model_type = config.model_type
    if part in (OF_COSTS, DESCRIBED):
        part = _described(model_type, part)
    elif part:
        part = _checked(config, part)
    if part == "text" and model_type in WHOLES:
        text = text_model(config)
        return _composed(config, text, name, PartOf(part, text.holder, text.model_type))
    if model_type in WHOLES and model_type not in ASSEMBLED:
        if part:
            raise ConfigError(f"{config.name}: --part {part}: {model_type} cannot be counted by part; valid: text")
        counted = NotCountedError(config, f"model_type {model_type} is not counted whole here")
        return _whole_or_text(config, name, counted)
    try:
        return _composed(config, config, name, PartOf(part, _holder(config)) if part else None)
    except NotCountedError as error:
        if part:
            raise
        return _whole_or_text(config, name, error)


def of_costs(spec: Spec) -> Spec:
    """*spec*, or, for a multimodal model, its text model, the only part with costs."""
    config = getattr(spec.family, "config", None)
    if config is None or spec.part or config.model_type not in WHOLES:
        return spec
    return spec_of(config, spec.name, OF_COSTS)._replace(overridden=spec.overridden)


def _described(model_type: str, part: str) -> str:
    """The part that OF_COSTS or DESCRIBED stands for."""
    return "text" if model_type in WHOLES and (part == OF_COSTS or model_type not in ASSEMBLED) else WHOLE


def _checked(config: Config, part: str) -> str:
    """*part* if *config* may have several; WHOLE if it is all of it. Raises ConfigError if it has no such part."""
    model_type = config.model_type
    if model_type in WHOLES or model_type in ASSEMBLED:
        return part
    own = TOWERS[model_type][0].partition(".")[0] if model_type in TOWERS else "text"
    if part != own:
        raise ConfigError(f"{config.name}: --part {part}: {model_type} has only {own}; valid: {own}, or no --part")
    return WHOLE


def _holder(config: Config) -> str:
    """The class that *config* names, or its type's class with a head."""
    own = (name for name, task in config.about["classes"].items() if task != "base")
    return config.class_name() or next(own, next(iter(config.about["classes"]), config.model_type))


def _composed(config: Config, counted: Config, name: str, part: PartOf | None) -> Spec:
    """The model built from *counted*, which is *config* or its text model."""
    family = Configured(counted, part.part if part and counted is config else WHOLE)
    if part and not family.model.parts:
        valid = ", ".join(Configured(counted).model.by_part())
        raise ConfigError(f"{config.name}: --part {part.part}: {part.whole} has no such part; valid: {valid}")
    refuse_other_lengths(counted.inner.get(TEXT, counted))
    unread = passed_over(counted, counted.used, family.entire.ledger)
    given = {symbol: use.value for symbol, use in family.keys.items() if use.given}
    named = class_of(counted)
    caution = _caution(config, named, unread)
    said = [_class_said(config, named), _own_code(config, named), quantised(config)]
    earlier = [] if counted is config else config.notes
    of_part = [part.said()] if part else []
    notes = [*of_part, *earlier, *counted.notes, *filter(None, said), *_not_read(named, unread)]
    return Spec(
        printable(_marked(marked(name, part), caution)),
        family,
        family.values(),
        given=given,
        notes=tuple(map(printable, notes)),
        part=part,
        caution=printable(caution),
    )


def _whole_or_text(config: Config, name: str, error: NotCountedError) -> Spec:
    """The whole as transformers builds it; if it is missing or cannot, the text model, with a note."""
    try:
        return _by_transformers(config, name, error)
    except UnbuiltError as why:
        if config.model_type not in WHOLES:
            raise
        try:
            spec = spec_of(config, name, "text")
        except NotCountedError:
            raise why from None
        return spec._replace(
            notes=(spec.notes[0], printable(f"The whole model is not counted: {why}."), *spec.notes[1:])
        )


def _not_read(counted: str, unread: list[str]) -> list[str]:
    return [f"Not read by {counted}: {', '.join(unread)}."] if unread else []


def _caution(config: Config, counted: str, unread: list[str]) -> str:
    """The caution shown first: the config's own code may hold another model."""
    if not names_code(config.document) or config.meant:
        return ""
    if not unread:
        return f"as transformers' {counted}; its own code (auto_map) is not read"
    return f"its own code (auto_map) may be another model: {counted} does not read {', '.join(unread)}"


def _marked(name: str, caution: str) -> str:
    """*name* with a mark that every output shows, if there is a caution."""
    return f"{name}, {NOT_READ}" if caution else name


def _by_transformers(config: Config, name: str, error: NotCountedError) -> Spec:
    why = f"{error}{_counted_inside(config)}"
    if not (find_spec("torch") and find_spec("transformers")):
        raise UnbuiltError(f"{why}; transformers can count it: pip install 'paramcount[verify]'")
    from paramcount.classes.there import refuse_absent

    refuse_absent(config, why)
    from paramcount.classes.of_transformers import counted

    family, named = counted(config, why), config.class_name() or "class"
    unread = _unread_in_text(config) if config.model_type in WHOLES else _unread_in_class(config, family)
    said = filter(None, [_own_code(config, named), quantised(config)])
    notes = [*config.notes, f"{family.summary}: exact, without formulas.", *said, *_not_read(named, unread)]
    caution = printable(_caution(config, named, unread))
    return Spec(printable(_marked(name, caution)), family, {}, notes=tuple(map(printable, notes)), caution=caution)


def _unread_in_class(config: Config, family: Counted) -> list[str]:
    if not config.about["defaults"].keys() - {TIED}:
        return []
    return passed_over(config, _stated(config), family.build().ledger)


def _unread_in_text(config: Config) -> list[str]:
    """The keys that the text model of a multimodal model does not read."""
    try:
        text = text_model(config)
    except NotCountedError:
        return []
    refuse_unread(text)
    try:
        model = Configured(text).model
    except ConfigError:  # it is not counted by itself here
        return []
    return passed_over(text, text.used, model.ledger)


def _stated(config: Config) -> dict[str, Use]:
    """The sizes *config* gives under its type's keys; which of them its class uses is unknown."""
    own = {key: value for key, value in config.values.items() if key in config.about["defaults"] and type(value) is int}
    named = {symbol(key): Use(value, key, key in config.given) for key, value in own.items()}
    return {name: use for name, use in named.items() if name != "n_ctx"}


def _class_said(config: Config, counted: str) -> str:
    """A note if the config does not name the class *counted* as transformers does."""
    if config.class_name() is None:
        return f"The config names no class; counted as {counted}."
    named = config.document["architectures"][0]
    return "" if named == config.class_name() else f"{named} is called {config.class_name()} in transformers."


def _own_code(config: Config, counted: str) -> str:
    """The note on code that comes with the config, whose model may differ."""
    said = f"Its own code (auto_map) is never run; this counts transformers' {counted}."
    return said if names_code(config.document) else ""


def _counted_inside(config: Config) -> str:
    """A config inside *config* that can be counted when *config* cannot, as a suggestion."""
    for key, inner in config.document.items():
        if isinstance(inner, dict) and isinstance(inner.get("model_type"), str):
            model_type = present(inner)["model_type"]
            if model_type in accepted():
                return f"; its {key} is a config of {model_type}, which can be counted by itself"
    return ""
