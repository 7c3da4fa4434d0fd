"""A size that nothing looked at while a model was built may be any number: the model's formula holds there too.

Where a number is refused in its place, the model has noted the limit that it would break.
"""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.special import DEFAULTS, VARY
from models.test_formulas import configured
from models.test_rules import derived
from models.variations import documents
from paramcount.config import ConfigError
from paramcount.ledger.sized import formula_of
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted

pytestmark = pytest.mark.thorough

RANDOM = 3  # configs of a type beside its default one


def moves(value, chance):
    """Other numbers in place of *value*: smaller and larger, near and far."""
    near = {value - 1, value + 1, 2 * value, value // 2, 1, 2 * value + 1}
    far = {chance.randint(1, 3 * value + 5) for _ in range(3)}
    return sorted(number for number in near | far if number >= 1 and number != value)


def unseen(model):
    """Sizes from its own keys that only the formula depends on; 0 means that something is absent."""
    return {
        name: use.value
        for name, use in model.keys.items()
        if use.settable and not isinstance(use.value, bool) and use.value > 0 and name not in model.config.looked
    }


def breaks_a_limit(model, sizes):
    """Whether *sizes* break a limit noted by *model*, or give a derived size that isn't whole."""
    found = derived(model, sizes)
    return None in found.values() or not all(limit.holds(found) for limit in model.config.limits)


def wrong_moves(document, chance):
    """Moves at which the formula of *document*'s model is wrong, and how many moves were refused."""
    model = configured(document)
    wrong, tried, refused = [], 0, 0
    if model is None:
        return wrong, tried, refused
    total, active = formula_of(model.model.total()), formula_of(model.model.active())
    for name, value in unseen(model).items():
        for other in moves(value, chance):
            tried += 1
            try:
                moved = Configured(model.config.changed({name: other}))
            except ConfigError as error:
                refused += 1
                if not breaks_a_limit(model, {**model.values(), name: other}):
                    wrong.append((name, value, other, str(error)))
                continue
            sizes = moved.values()
            missing = (set(total.symbols()) | set(active.symbols())) - set(sizes)
            if missing or (total.at(sizes), active.at(sizes)) != (moved.model.total(), moved.model.active()):
                wrong.append((name, value, other, sorted(missing)))
    return wrong, tried, refused


@pytest.mark.parametrize("model_type", accepted())
def test_a_formula_holds_wherever_nobody_looked(model_type):
    chance = Random(model_type)
    document = {"model_type": model_type, **DEFAULTS.get(model_type, {})}
    wrong, _, _ = wrong_moves(document, chance)
    assert not wrong, document

    @settings(max_examples=RANDOM, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def holds(data):
        document = data.draw(documents(model_type, VARY.get(model_type)))
        wrong, _, _ = wrong_moves(document, chance)
        assert not wrong, document

    holds()
