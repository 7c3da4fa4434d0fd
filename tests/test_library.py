"""The library: its names, what `load` takes, exact frames, and types that hold for a caller."""

import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import paramcount
from paramcount.errors import InputError

ROOT = Path(__file__).resolve().parent.parent


def test_every_verb_is_listed_with_its_signature_and_a_docstring():
    assert set(paramcount.__all__) <= set(dir(paramcount))
    for name in paramcount.__all__:
        found = getattr(paramcount, name)
        assert inspect.getdoc(found), name
        kinds = {parameter.kind for parameter in inspect.signature(found).parameters.values()}
        assert kinds != {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}, name
    assert {"params", "like", "exactly", "rank", "n_layers", "d_model", "n_experts"} <= inspect.signature(
        paramcount.solve
    ).parameters.keys()
    assert {"tokens", "gpu", "mfu", "price"} <= inspect.signature(paramcount.train).parameters.keys()


def test_a_torch_module_is_counted_as_it_is():
    nn = pytest.importorskip("torch").nn
    module = nn.Sequential(nn.Embedding(10, 4), nn.Linear(4, 4), nn.Linear(4, 10, bias=False))
    module[2].weight = module[0].weight
    loaded = paramcount.load(module)
    assert loaded.total() == sum(parameter.numel() for parameter in module.parameters()) == 60
    assert sum(loaded.by_component().values()) == 60
    assert [entry.tensor.shares for entry in loaded.tensors()] == ["", "", "", "0.weight"]
    assert "60 parameters" in repr(loaded)


def test_what_transformers_has_is_loaded():
    transformers = pytest.importorskip("transformers")
    config = transformers.LlamaConfig(num_hidden_layers=2)
    document = {"model_type": "llama", "num_hidden_layers": 2}
    assert paramcount.load(config).total() == paramcount.load(document).total()
    assert paramcount.load(transformers.GPT2Config).total() == 124439808
    masked = paramcount.load(transformers.BertForMaskedLM)
    assert masked.total() == sum(
        p.numel() for p in transformers.BertForMaskedLM(transformers.BertConfig()).parameters()
    )


@pytest.mark.parametrize("like", [None, "llama-3.1-8b", "qwen3-30b-a3b"])
def test_a_candidate_is_loaded_as_the_model_that_it_is(like):
    for candidate in paramcount.solve("3B", like=like).candidates[:3]:
        assert paramcount.load(candidate).total() == candidate.total


@pytest.mark.parametrize("stated", [3, None, 1.5, ["gpt3-xl"], object()])
def test_what_states_no_model_is_refused_in_a_line(stated):
    with pytest.raises(InputError, match="is not a model; valid: a name"):
        paramcount.load(stated)


def test_tensors_add_up():
    loaded = paramcount.load("deepseek-v3")
    assert sum(entry.params for entry in loaded.tensors()) == loaded.total()


def test_a_notebook_shows_the_components():
    shown = paramcount.load("gpt3-xl")._repr_html_()
    assert "1,517,123,584" in shown
    assert "<td>attention</td>" in shown
    hostile = paramcount.load("gpt3-xl").spec._replace(name="<b>")
    assert "<b>" not in paramcount.LoadedModel(hostile)._repr_html_()


def test_the_representation_has_the_total_and_the_notes():
    assert "1,416,423,424 parameters" in repr(paramcount.load("gpt3-xl", n_heads=20))
    assert "attention is not as wide as the model" in repr(paramcount.load("gpt3-xl", n_heads=20))


def test_frames_are_exact():
    pytest.importorskip("pandas")
    small = paramcount.load("gpt2-small").to_frame()
    assert (small["params"].sum(), str(small["params"].dtype), small.attrs["exact"]) == (124439808, "int64", [])
    large = paramcount.load("gpt", n_layers=10**9, d_model=10**8, n_heads=1, n_vocab=7, n_ctx=7)
    assert sum(large.to_frame()["params"]) == large.total() > 2**63
    assert large.to_frame().attrs["exact"] == ["params"]


def test_every_result_is_a_frame():
    pytest.importorskip("pandas")
    found = paramcount.solve("1.3B", top=3)
    assert list(found.to_frame()["total"]) == [candidate.total for candidate in found.candidates]
    audited = paramcount.audit("gpt3").to_frame()
    assert set(audited[audited["row"] == "GPT-3 XL"]["verdict"]) == {"explained"}
    compared = paramcount.compare("t5-small", "gpt2-small").to_frame()
    assert compared.loc["cross-attention", "after"] is not None
    assert compared["before"].dtype == "Int64"
    assert compared.loc["total", "difference"] == 124439808 - paramcount.load("t5-small").total()
    assert set(paramcount.table("gpt3").to_frame()["agrees"]) == {True, False}


@pytest.mark.parametrize(
    ("made", "said", "cell"),
    [
        (
            lambda: paramcount.solve("1.3B", top=3),
            "<3 shapes for 1,300,000,000 parameters; first 1,",
            "paramcount gpt ",
        ),
        (lambda: paramcount.solve("1.3B", n_layers=3, d_model=64), "<no shape for 1,300,000,000 parameters: ", "<p>no"),
        (lambda: paramcount.audit("gpt3"), "<audit of gpt3: 4 agrees, 4 explained>", "<td>1,517,123,584</td>"),
        (lambda: paramcount.audit("training-costs"), "<audit of training-costs: 72 agrees", "<td>PF-days</td>"),
        (lambda: paramcount.compare("gpt2-small", "gpt3-small"), "<+786,432 parameters, gpt2-small", "124,439,808"),
        (lambda: paramcount.table("gpt3"), "<table gpt3: 8 models, 10 of 16 printed counts agree>", "1,517,123,584"),
    ],
)
def test_every_result_says_what_it_is_and_is_a_table_in_a_notebook(made, said, cell):
    pytest.importorskip("pandas")
    result = made()
    assert repr(result).startswith(said)
    assert cell in result._repr_html_()


def test_costs_are_a_frame_of_their_equations():
    pytest.importorskip("pandas")
    audited = paramcount.audit("training-costs")
    found = audited.to_frame()
    assert set(found["row"]) == {row.claim.label for row in audited.rows}
    assert len(found) == sum(max(len(row.checks), 1) for row in audited.rows)
    first = audited.rows[0].checks[0]
    assert list(found.iloc[0][["left_low", "right_high"]]) == [float(first.left.low), float(first.right.high)]


def test_a_file_is_audited(tmp_path):
    file = tmp_path / "mine.csv"
    head = "# family: gpt\nmodel,n_params_printed,n_layers,d_model,n_heads,n_vocab,n_ctx\n"
    file.write_text(f"{head}mine,124M,12,768,12,50257,1024\n")
    assert paramcount.audit(file).agrees
    with pytest.raises(InputError, match="is not a known table"):
        paramcount.audit("gtp3")


def test_a_figure_is_matplotlibs():
    figure = pytest.importorskip("matplotlib.figure")
    assert isinstance(paramcount.plot("share", "gpt2-small", "gpt2-xl"), figure.Figure)
    assert isinstance(paramcount.plot("audit", table="gpt2"), figure.Figure)
    with pytest.raises(InputError, match="no such figure; valid: share"):
        paramcount.plot("pie", "gpt2-small")


CALLER = """
import paramcount
from paramcount.quantity import short

model = paramcount.load("gpt3-xl", n_heads=16)
reveal_type(model)
found = paramcount.solve("1.3B", like="llama-3.1-8b", top=3)
reveal_type(found.candidates[0].total)
words: str = short(found.candidates[0].total)
reveal_type(paramcount.audit("gpt3").to_frame())
reveal_type(paramcount.compare(model, "gpt2-xl").total.difference)
reveal_type(paramcount.train(model, tokens="300B", gpu="v100", tflops=28))
paramcount.solve("1.3B", top="three")
model.flops(seq=1.5)
model.memory("training", recipe=3)
"""


def _typed(folder, code):
    """What mypy --strict says of *code*, which calls this checkout."""
    (folder / "caller.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "caller.py"],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout, [line for line in done.stdout.splitlines() if ": error:" in line]


@pytest.mark.slow
def test_types_hold_for_a_caller(tmp_path):
    pytest.importorskip("mypy")
    said, errors = _typed(tmp_path, CALLER)
    for revealed in ("LoadedModel", '"int"', "DataFrame", "Training"):
        assert revealed in said
    wrong = [('"top" to "solve"', "str"), ('"seq" to "flops" of "WithCosts"', "float"), ('"recipe"', "int")]
    assert len(errors) == len(wrong), errors
    for error, (argument, kind) in zip(errors, wrong, strict=True):
        assert f"Argument {argument}" in error
        assert f'incompatible type "{kind}"' in error


@pytest.mark.slow
def test_types_hold_for_all_that_the_page_shows(tmp_path):
    pytest.importorskip("mypy")
    page = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    lines = [line[4:] for line in page.splitlines() if line.startswith((">>> ", "... "))]
    assert len(lines) > 30
    _, errors = _typed(tmp_path, "\n".join(lines))
    wrong = ('"top" to "solve"', '"tokenz" for "train"')  # which the page shows as errors
    assert len(errors) == len(wrong), errors
    assert all(said in error for said, error in zip(wrong, errors, strict=True))
