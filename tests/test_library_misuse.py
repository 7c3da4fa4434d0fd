"""The library when it is used wrongly, and its results as a notebook uses them: copied, pickled, compared, shown."""

import copy
import inspect
import pickle

import pytest

import paramcount
from paramcount.arguments import CallError
from paramcount.errors import InputError

# Calls that are right and fast; each parameter is then given something wrong.
RIGHT = {
    "load": {"name": "gpt3-xl"},
    "solve": {"params": "125M", "top": 1},
    "solve_within": {"memory": "1GB", "top": 1},
    "solve_flops": {"flops": 1e20, "law": "refit-2024", "top": 1},
    "optimum": {"law": "refit-2024", "flops": 1e20},
    "ask_laws": {"flops": 1e20, "law": "refit-2024"},
    "train": {"model": "gpt2-small", "tokens": "1B"},
    "compare": {"before": "gpt2-small", "after": "gpt3-small"},
    "formulas": {"model": "gpt"},
    "closed_form": {"model": "gpt", "size": "d_model"},
    "table": {"name": "gpt3"},
    "list_models": {},
    "page": {},
    "serve": {},
    "derive": {"target": "torch.nn:Linear"},
    "guess_head": {"file": "missing.csv"},
    "reconcile": {"checkpoint": "missing.safetensors"},
    "verify": {"model": "gpt2-small"},
    "fit_law": {"runs": [{"loss": 2, "n_params": 1, "tokens": 1}]},
    "LoadedModel.flops": {"seq": 64},
    "LoadedModel.flops_by": {"rows": "layer", "seq": 64},
    "LoadedModel.hardware_flops": {"seq": 64},
    "LoadedModel.conventions": {"seq": 64},
    "LoadedModel.cache": {"seq": 64},
    "LoadedModel.memory": {"seq": 64},
    "LoadedModel.peak": {"seq": 64},
    "LoadedModel.per_device": {"seq": 64},
    "LoadedModel.per_rank": {},
    "LoadedModel.fits": {"gpu": "h100-sxm"},
    "LoadedModel.best_fits": {"gpu": "h100-sxm", "devices": 2},
    "LoadedModel.adapters": {"asked": "r=1,targets=q_proj"},
    "LoadedModel.tensors": {},
    "LoadedModel.formula": {},
}
WRONG = [-1, 1.5, "x", "", b"x", [], {}, object(), float("nan"), True]
FEW = [-1, "x", object()]


def of(name):
    """The function, or the method of a loaded model, by its name on the page."""
    if name.startswith("LoadedModel."):
        return getattr(paramcount.load("gpt3-xl"), name.partition(".")[2])
    return getattr(paramcount, name)


def refuse(name, wrong):
    function = of(name)
    options = [*inspect.signature(function).parameters]
    options += ["dtype", "recipe", "lora", "accumulate"] if "options" in options else []
    said = []
    for parameter in options:
        for value in wrong:
            try:
                function(**{**RIGHT[name], parameter: value})
            except InputError as error:
                said.append(str(error))
    assert said
    assert [one for one in said if "\n" in one or len(one) > 1000] == []


@pytest.mark.parametrize("name", RIGHT)
def test_a_wrong_argument_is_refused_in_a_line(name):
    refuse(name, FEW)


@pytest.mark.thorough
@pytest.mark.parametrize("name", RIGHT)
def test_every_wrong_argument_is_refused_in_a_line(name):
    numpy = pytest.importorskip("numpy")
    refuse(name, [*WRONG, numpy.array([1, 2]), numpy.int64(-3)])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: paramcount.train("gpt3-xl", tokenz=1), "'tokenz'; did you mean tokens?"),
        (lambda: paramcount.load("gpt3-xl").flops(sequence=3), "valid: seq, batch, cached"),
        (lambda: paramcount.load("gpt3-xl").memory(dytpe="int8"), "dytpe = int8: not for inference; valid: dtype"),
        (lambda: paramcount.solve(), "solve: missing a required argument: 'params'"),
        (lambda: paramcount.solve("125M", n_layers=[]), "n_layers = []: no value given"),
        (lambda: paramcount.solve("125M", d_ff_ratio=[]), "d_ff_ratio = []: no ratio given"),
        (lambda: paramcount.solve("125M", top=1.5), "top = 1.5: not a whole number; valid: 8"),
        (lambda: paramcount.load("gpt3-xl", n_heads=1.5), "n_heads = 1.5: not a positive whole number"),
        (lambda: paramcount.load("gpt3-xl", n_heads=None), "n_heads = None: not a positive whole number"),
        (lambda: paramcount.load(paramcount.load("gpt3-xl"), part="text"), "this model is loaded as a whole"),
        (lambda: paramcount.load("gpt3-xl").formula("atention"), "no component 'atention'; valid: token embedding"),
        (lambda: paramcount.load("gpt3-xl").best_fits("h100-sxm", dp=-1), "dp = -1: not a positive whole number"),
        (lambda: paramcount.load("gpt3-xl").flops(seq="4k"), "4000 or 4096"),
        (lambda: paramcount.load("gpt3-xl", n_ctx="4k"), "4000 or 4096"),
        (lambda: paramcount.load({"hidden_size": 3}), "model_type"),
        (lambda: paramcount.load({}), "valid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(call, said):
    with pytest.raises(InputError) as error:
        call()
    assert said in str(error.value)


def test_a_wrong_call_is_a_type_error_too():
    with pytest.raises(TypeError):
        paramcount.train("gpt3-xl", tokenz=1)
    assert issubclass(CallError, InputError)


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    assert type(paramcount.load("gpt3-xl", n_heads=numpy.int64(16)).total()) is int
    assert paramcount.load("gpt3-xl", tied=numpy.bool_(False)) == paramcount.load("gpt3-xl", tied=False)
    assert paramcount.solve(numpy.int64(125_000_000), top=numpy.int64(2)).candidates[1].total > 0
    grid = paramcount.load("gpt3-xl", n_layers=numpy.array([24, 2**62]))
    assert grid.total()[0] == 1_517_123_584
    assert "1517123584" in repr(grid)
    assert "1517123584" in grid._repr_html_()
    with pytest.raises(InputError, match="only counts take arrays and symbols"):
        grid.flops()


def test_modules_with_shared_and_meta_parameters():
    torch = pytest.importorskip("torch")
    with torch.device("meta"):
        wide, narrow = torch.nn.Linear(2**20, 2**20, bias=False), torch.nn.Embedding(5, 4)
    module = torch.nn.ModuleDict({"one": wide, "two": narrow})
    module["three"] = module["two"]
    loaded = paramcount.load(module)
    assert loaded.total() == 2**40 + 20
    with pytest.raises(InputError):
        loaded.flops(seq=3)
    with pytest.raises(InputError):
        paramcount.load(module, n_layers=3)


def results():
    xl = paramcount.load("gpt3-xl")
    solution = paramcount.solve("1.3B", top=3, like="llama-3.1-8b")
    return [
        xl,
        paramcount.load({"model_type": "llama"}),
        paramcount.load("bert-base"),
        solution,
        solution.candidates[0],
        paramcount.solve_within(memory="24GB", top=2),
        paramcount.solve_flops("1e21", "refit-2024", top=2),
        paramcount.audit("gpt2"),
        paramcount.compare("gpt2-small", "gpt2-xl"),
        paramcount.table("gpt3"),
        paramcount.formulas("gpt"),
        xl.flops(),
        xl.memory(),
        xl.peak(),
        xl.per_rank(2),
        *paramcount.ask_laws(flops=1e22, law="refit-2024"),
        paramcount.load("llama-3.1-8b").adapters("r=1,targets=q_proj"),
    ]


def test_results_are_copied_pickled_compared_and_shown():
    for one in results():
        assert copy.copy(one) == one
        assert copy.deepcopy(one) == one
        assert pickle.loads(pickle.dumps(one)) == one
        assert len(repr(one)) < 400
        assert "\n" not in repr(one)


def test_equal_models_are_equal():
    load = paramcount.load
    assert load("gpt3-xl") == load("gpt3-xl") != load("gpt3-xl", n_heads=16)
    assert load(load("gpt3-xl"), n_heads=16) == load("gpt3-xl", n_heads=16)
    document = {"model_type": "llama", "num_hidden_layers": 3}
    assert load(document) == load(document) != load({"model_type": "llama"})
    assert len({load("gpt3-xl"), load("gpt3-xl")}) == 1


def test_a_copy_of_a_family_counts_as_it_does():
    """The head of pre-training is another head: neither shares the other's count."""
    spec = paramcount.load("bert-base").spec
    headed = spec.family.pretraining()
    for family, total in ((headed, 110_106_428), (spec.family, 109_482_240)):
        assert family.build(**spec.sizes).total() == total
        assert pickle.loads(pickle.dumps(family)).build(**spec.sizes).total() == total
        assert copy.copy(family) == family
    assert headed != spec.family
