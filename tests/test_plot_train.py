"""`plot train`: lines are training runs, marks are published ones, and no text covers another."""

import pytest
from boxes import check_texts, texts

import paramcount
from paramcount.costs.training.published import runs
from paramcount.report.figures import draw, drawing

GPT3 = {"tokens": "300B", "gpu": "a100-80gb", "price": 2}
TRAININGS = [
    [],
    [paramcount.train("gpt3-175b", devices=1024, days=34, **GPT3)],
    [paramcount.train(name, mfu="40%", tokens="2T", gpu="h100-sxm") for name in ("gpt2-xl", "gpt3-xl", "gpt3-175b")],
    [paramcount.train(f"gpt3-{size}", tflops=28, tokens="1T") for size in ("small", "medium", "large", "xl", "13b")],
    [paramcount.train(flops="1e27", gpu="b200", mfu=1, price="1e6", devices=10**6)],
]


@pytest.mark.thorough
@pytest.mark.parametrize("trainings", TRAININGS, ids=len)
def test_no_text_covers_another_or_leaves_the_page(trainings):
    figure = draw("train", trainings)
    assert len(texts(figure)) > 20
    check_texts(figure)


def test_a_line_has_the_device_hours_of_its_training_everywhere():
    (training,) = TRAININGS[1]
    axes = draw("train", [training]).axes[0]
    line = next(line for line in axes.lines if line.get_label().startswith("gpt3-175b on 300B tokens"))
    hours = float(training.device_hours)
    assert all(24 * x * y == pytest.approx(hours) for x, y in line.get_xydata())
    assert [tuple(point) for mark in axes.lines if mark.get_marker() == "D" for point in mark.get_xydata()] == [
        (1024, 34)
    ]


def test_every_published_run_is_marked_and_the_lines_of_equal_money_are_named():
    figure = draw("train", TRAININGS[1])
    marks = next(line for line in figure.axes[0].lines if line.get_label() == "published runs")
    assert [tuple(point) for point in marks.get_xydata()] == [(run.devices, float(run.days)) for run in runs()]
    assert {"$1K", "$1M", "$10M", "BLOOM 176B"} <= {text for text, _ in texts(figure)}
    assert {"1K h", "1M h"} <= {text for text, _ in texts(draw("train", []))}


def test_a_figure_is_the_same_each_time():
    assert drawing(draw("train", TRAININGS[1]), "svg") == drawing(draw("train", TRAININGS[1]), "svg")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["share", "--tokens", "1B"], "--tokens 1B: plot share shows no training; valid: with plot train"),
        (["train", "--tokens", "1B"], "no model to train"),
        (["train", "gpt2"], "no number of tokens"),
        (["train", "gpt2", "--tokens", "1B"], "no utilisation given; valid: --gpu"),
        (["train", "gpt2", "--tokens", "1B", "--gpu", "v100"], "the utilisation has no default"),
        (["train", "--set", "n_layers=2"], "--set n_layers=2: plot train draws no model here; valid: with a MODEL"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing(run, tmp_path, arguments, said):
    ran = run("plot", *arguments, "-o", str(tmp_path / "a.png"))
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr
    assert not list(tmp_path.iterdir())
