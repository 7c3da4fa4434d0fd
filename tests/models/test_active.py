"""Active parameters, against the classes: their routed experts are found by name."""

import json
import re

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.special import DEFAULTS, VARY
from models.variations import documents
from paramcount.config import ConfigError, parse
from paramcount.config.types import known
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted

pytestmark = pytest.mark.thorough

torch = pytest.importorskip("torch")
from paramcount.classes import of_transformers  # noqa: E402

# Every parameter whose first axis is the routed experts.
STACKED = re.compile(r"\.experts\.(gate_up_proj|up_proj|down_proj|gate_up_proj_bias|down_proj_bias)$")
OTHERWISE = {
    "jetmoe": re.compile(r"\.(experts|mlp)\.(input|output)_linear\.weight$"),
    "doge": re.compile(r"\.mlp\.(down|up)_embed\.weight$"),
}
ACTIVE = {"aria_text": "moe_topk", "gemma4_text": "top_k_experts"}
# Their active parameters are tested in their own groups.
ELSEWHERE = ("dbrx", "nllb-moe", "switch_transformers")


def routed(model_type):
    return any("expert" in key for key in known(model_type)["defaults"]) and model_type not in ELSEWHERE


def active(built, model_type):
    """Parameters without the inactive share of every tensor of routed experts."""
    tops = getattr(built.config, ACTIVE.get(model_type, "num_experts_per_tok"))
    count = 0
    for name, tensor in built.named_parameters():
        n_experts = n_active = max(tensor.shape[0], 1)
        if OTHERWISE.get(model_type, STACKED).search(name):
            top = tops[int(re.search(r"layers\.(\d+)", name)[1])] if isinstance(tops, list) else tops
            n_active = n_experts if top is None else top
        assert tensor.numel() * n_active % n_experts == 0
        count += tensor.numel() * n_active // n_experts
    return count


def both(document, model_type):
    """The ledger's count and the class's; None if either refuses the config."""
    try:
        configured = Configured(parse(json.dumps(document), "config"))
    except ConfigError:
        return None
    try:
        built = of_transformers.build(configured.config)
    except Exception:  # whatever transformers raises for a config that it refuses
        return None
    return configured.model.active(), active(built, model_type), configured.model.total()


@pytest.mark.parametrize("model_type", [*filter(routed, accepted())])
def test_active_parameters_of_the_default_are_those_of_the_class(model_type):
    ours, theirs, total = both({"model_type": model_type, **DEFAULTS.get(model_type, {})}, model_type)
    assert ours == theirs <= total


@pytest.mark.parametrize("model_type", [*filter(routed, accepted())])
def test_active_parameters_of_random_configs_are_those_of_the_class(model_type):
    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def holds(data):
        document = data.draw(documents(model_type, VARY.get(model_type)))
        found = both(document, model_type)
        assume(found is not None)
        ours, theirs, total = found
        assert ours == theirs <= total, json.dumps(document)

    holds()


@pytest.mark.parametrize("model_type", ["mixtral", "qwen3_moe", "deepseek_v3", "gpt_oss", "longcat_flash"])
def test_a_token_is_not_sent_through_all_experts(model_type):
    ours, _, total = both({"model_type": model_type}, model_type)
    assert ours < total


def test_a_router_that_chooses_more_experts_than_there_are_is_refused():
    with pytest.raises(ConfigError, match="num_experts_per_tok = 9; valid: up to num_local_experts = 8"):
        Configured(parse('{"model_type": "mixtral", "num_experts_per_tok": 9}', "config"))
