"""A tiny model of each accepted type, saved by transformers, agrees with the config saved beside it."""

import json

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from models.special import VARY
from models.variations import documents

from paramcount.config import ConfigError, parse
from paramcount.models.configured import Configured
from paramcount.models.registry import accepted

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
from paramcount.classes import of_transformers  # noqa: E402
from paramcount.classes.closed import closed  # noqa: E402
from paramcount.classes.meta import silence  # noqa: E402

MOST = 3_000_000  # parameters: quick to save
EXAMPLES = 4
# One of a kind: a buffer beside the weights, experts of their own, other names, positions that are not saved, …
QUICK = (
    *("llama", "gpt2", "bert", "bart", "marian", "mixtral", "minimax_m2", "deepseek_v3", "ibert", "molmo2_text"),
    *("nemotron_h", "inkling2_text", "neomme", "dots3_note_text", "esm"),
)


def saved(document, folder):
    """The model saved in *folder*; None if *document* doesn't describe one, or a larger one."""
    try:
        configured = Configured(parse(json.dumps(document), "config"))
    except ConfigError:
        return None
    config = configured.config
    if configured.model.total() > MOST:
        return None
    given_ = {key: value for key, value in config.document.items() if key != "model_type"}
    with silence(), closed():
        try:
            parsed = transformers.AutoConfig.for_model(config.model_type, **given_)
            model = getattr(transformers, of_transformers.class_name(config))._from_config(parsed)
        except Exception:  # whatever transformers raises on a config that it does not accept
            return None
        of_transformers._untie(config, model)
        model.save_pretrained(folder)
    return model


def shapes(model):
    return {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}


def says_what_it_saved(model, folder):
    """Whether the config saved by transformers is the model's; it isn't if it leaves out what its reader adds."""
    again = of_transformers.build(parse((folder / "config.json").read_text(), "config"))
    return shapes(again) == shapes(model)


def agrees(model_type, run, folders):
    """Compare random small models of a type with the configs saved with them; return how many there were."""
    found = []

    @settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def holds(data):
        document = data.draw(documents(model_type, VARY.get(model_type)))
        folder = folders / f"{len(list(folders.iterdir()))}"
        model = saved(document, folder)
        assume(model is not None)
        ran = run(str(folder), "--json")
        said = json.loads(ran.stdout)["checkpoint"]
        found.append(said.get("verdict"))
        if ran.exit_code or "verdict" not in said:
            assert not says_what_it_saved(model, folder), f"{json.dumps(document)}\n{json.dumps(said, indent=1)}"

    holds()
    return found


@pytest.mark.parametrize("model_type", QUICK)
def test_what_transformers_saves_agrees_with_its_config(model_type, run, tmp_path):
    assert any(verdict.startswith("agrees") for verdict in agrees(model_type, run, tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("model_type", accepted())
def test_what_transformers_saves_of_any_type_agrees_with_its_config(model_type, run, tmp_path):
    assert any(verdict.startswith("agrees") for verdict in agrees(model_type, run, tmp_path))
