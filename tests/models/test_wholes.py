"""Models with images or sound, towers and wholes, against transformers' own classes: names, shapes, ties, total."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from models.of_wholes import of_more_than_text as random_configs
from models.special import DEFAULTS
from paramcount.models.registry import of_more_than_text

torch = pytest.importorskip("torch")
from models.compared import outcome  # noqa: E402

QUICK, THOROUGH = 4, 50


def differences(document: dict[str, Any]) -> list[str] | None:
    """Where the ledger differs from transformers' class; None if either refuses the config."""
    found = outcome(document)
    return list(found.differences) if found.compared else None


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", of_more_than_text())
def test_the_default_config_counts_as_transformers_class(model_type):
    assert differences({"model_type": model_type, **DEFAULTS.get(model_type, {})}) == []


def vary(model_type: str, examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(document=random_configs(model_type))
    def holds(document):
        found = differences(document)
        assume(found is not None)
        assert not found, f"{json.dumps(document)}\n" + "\n".join(found[:20])

    holds()


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", of_more_than_text())
def test_random_configs_count_as_transformers_class(model_type):
    vary(model_type, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize("model_type", of_more_than_text())
def test_many_random_configs_count_as_transformers_class(model_type):
    vary(model_type, THOROUGH)
