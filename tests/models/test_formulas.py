"""The formula of a config's model holds for other sizes too, not just its own."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.of_wholes import of_more_than_text as random_configs
from models.special import DEFAULTS, VARY
from models.variations import documents
from paramcount.config import ConfigError, parse
from paramcount.ledger.model import Model, Stack
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted, of_more_than_text


def configured(document):
    try:
        return Configured(parse(json.dumps(document), "config"))
    except ConfigError:
        return None


def structure(parts):
    """Which parts there are, and in which layers: what a formula doesn't vary."""
    return [
        (part.name, part.at, structure(part.layer)) if isinstance(part, Stack) else part.name
        for part in (parts.parts if isinstance(parts, Model) else parts)
    ]


def with_one_size_changed(model):
    """Models of the same structure in which one size is different."""
    for name, use in model.keys.items():
        if use.settable and use.value and not isinstance(use.value, bool):
            for value in (2 * use.value, use.value + 1):
                try:
                    other = Configured(model.config.changed({name: value}))
                except ConfigError:
                    continue
                if (other.fields, structure(other.model)) == (model.fields, structure(model.model)):
                    yield other


def held(document):
    model = configured(document)
    if model is None:
        return
    total, active = formula_of(model.model.total()), formula_of(model.model.active())
    for other in with_one_size_changed(model):
        assert total.subs(other.values()).value() == other.model.total(), (document, other.config.document)
        assert active.subs(other.values()).value() == other.model.active(), (document, other.config.document)


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", accepted())
def test_a_formula_holds_for_other_sizes(model_type):
    held({"model_type": model_type, **DEFAULTS.get(model_type, {})})

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def holds(data):
        held(data.draw(documents(model_type, VARY.get(model_type))))

    holds()


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", of_more_than_text())
def test_a_formula_of_images_or_sound_holds_for_other_sizes(model_type):
    held({"model_type": model_type, **DEFAULTS.get(model_type, {})})

    @settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
    @given(document=random_configs(model_type))
    def holds(document):
        held(document)

    holds()
