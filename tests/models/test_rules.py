"""Derived sizes follow their rules, in a config and in variants of it with other sizes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.special import DEFAULTS, VARY
from models.test_formulas import configured
from models.variations import documents
from paramcount.config import ConfigError
from paramcount.config.rules import Count, Fixed
from paramcount.ledger.model import Model, Stack
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted

pytestmark = pytest.mark.thorough

MANY = 8  # layers


def make(parts):
    """Which parts there are, wherever their layers are in the model."""
    return {
        (part.name, *sorted(make(part.layer))) if isinstance(part, Stack) else (part.name,)
        for part in (parts.parts if isinstance(parts, Model) else parts)
    }


def of_the_same_make(model):
    """Models with the same parts and sizes in which one size is different."""
    for name, use in model.keys.items():
        if use.settable and use.value and not isinstance(use.value, bool):
            for value in {2 * use.value, use.value + 1, max(1, use.value - 1), max(1, use.value // 2)} - {use.value}:
                try:
                    other = Configured(model.config.changed({name: value}))
                except ConfigError:
                    continue
                if (other.fields, make(other.model)) == (model.fields, make(model.model)):
                    yield name, other


def derived(model, sizes):
    """The sizes that *model*'s rules derive from the settable ones of *sizes*; None if a rule says nothing."""
    found = {name: sizes[name] for name, use in model.keys.items() if use.settable}
    left = {name: use.rule for name, use in model.keys.items() if not use.settable}
    while left:
        ready = {name: rule for name, rule in left.items() if rule.needs() <= found.keys()}
        assert ready, f"rules in a circle, or of sizes that are not there: {left}"
        for name, rule in ready.items():
            del left[name]
            needed = {one: found[one] for one in rule.needs()}
            found[name] = None if None in needed.values() else rule.value(needed)
    return found


def broken(document):
    """The rules that fail: which size was changed, and what follows wrongly."""
    model = configured(document)
    if model is None:
        return []
    values = model.values()
    wrong = [("", name, one, values[name]) for name, one in derived(model, values).items() if one != values[name]]
    for moved, other in of_the_same_make(model):
        values = other.values()
        for name, one in derived(model, values).items():
            if says(model.keys[name].rule, moved) and one is not None and one != values[name]:
                wrong.append((moved, name, one, values[name]))
    return wrong


def says(rule, moved):
    """Whether *rule* has to hold if *moved* is different.

    A fixed number stays, whatever a list or table then says. How many layers are of a kind follows
    from how many there are in all, and not from what else says so: a period, how many are dense. Nor can a few layers
    tell in which turns their kinds come.
    """
    if isinstance(rule, Count):
        return moved == rule.depth and len(rule.kinds) >= MANY
    return not isinstance(rule, Fixed)


@pytest.mark.parametrize("model_type", accepted())
def test_rules_hold_for_other_sizes(model_type):
    assert not broken({"model_type": model_type, **DEFAULTS.get(model_type, {})})

    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def holds(data):
        document = data.draw(documents(model_type, VARY.get(model_type)))
        assert not broken(document), document

    holds()
