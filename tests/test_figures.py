"""Figures of any models at any width: all can be read, nothing is lost, and Python draws what the command does."""

import inspect
import random
import re
from itertools import combinations, pairwise

import pytest
from boxes import check_texts, texts
from matplotlib.text import Text

import paramcount
from paramcount.auditing.table import audit
from paramcount.catalog.from_config import of_costs
from paramcount.catalog.names import everything, find, names, resolve
from paramcount.cli.plot import command
from paramcount.costs.flops import flops
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.papers.tables import tables
from paramcount.report.figures import COSTS, KINDS, draw, drawing
from paramcount.report.figures.blocks import covered
from paramcount.report.figures.layout import arrange
from paramcount.report.figures.pieces import groups, in_checkpoints
from paramcount.report.figures.share import HEIGHT, bars
from paramcount.report.figures.style import Page, columns_of, on, text_width
from paramcount.report.figures.subject import ONLY

WIDTHS = (2.5, 3.3, 5, 7, 12)
LARGE = ("deepseek-v3", "t5-11b", "llava-1.5-7b", "jamba-v0.1", "whisper-tiny", "qwen3-vl-8b")


def stated(spec):
    try:
        flops(spec, Run(1, 128, source=0))
    except InputError:
        return False
    return True


def drawn_at_random(seed):
    """A kind, what it draws and a width."""
    chance = random.Random(seed)
    kind = chance.choice(["share", "share", "error", "scale", "memory", "flops", "budget", "audit"])
    width = chance.choice(WIDTHS)
    if kind == "audit":
        counted = [name for name, table in tables().items() if table.models and len(table.models) < 25]
        return kind, audit(tables()[chance.choice(counted)]), width
    number = {"share": chance.choice((1, 2, 5, 12, 16, 17, 60)), "error": chance.choice((1, 8)), "flops": 2}.get(
        kind, 1
    )
    specs = [find(name) for name in chance.sample(names(), number)]
    if kind in COSTS:
        specs = [of_costs(spec) for spec in specs]
    if kind == "flops":
        specs = [spec for spec in specs if stated(spec)] or [find("gpt2")]
    if kind == "budget":
        specs = [spec for spec in specs if {"n_layers", "d_model"} <= spec.sizes.keys()] or [find("gpt2")]
    return kind, specs, width


@pytest.mark.parametrize("seed", range(36))
def test_any_models_at_any_width_can_be_read(seed):
    """No text covers another, leaves the page or is below 7 points, and ticks are apart."""
    kind, subject, width = drawn_at_random(seed)
    try:
        figure = draw(kind, subject, width=width)
    except InputError:
        return  # in one line, as other tests say
    check_texts(figure)
    assert all(text.get_fontsize() >= 7 for text in figure.findobj(Text) if text.get_text().strip())
    for axes in figure.axes:
        level = [label for label in axes.get_xticklabels() if label.get_text() and not label.get_rotation()]
        boxes = sorted((label.get_window_extent() for label in level if axes.axison), key=lambda box: box.x0)
        assert all(after.x0 - before.x1 >= 2 for before, after in pairwise(boxes))


@pytest.mark.parametrize("kind", ["train", "scaling", "isoflop"])
@pytest.mark.parametrize("width", WIDTHS)
def test_so_can_what_is_drawn_of_no_models(kind, width):
    figure = paramcount.plot(kind, width=width)
    check_texts(figure)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_width_of_text_is_known_without_drawing_it(width):
    for text, box in texts(draw("share", [find("gpt2"), find("t5-base")], width=width)):
        if "$" not in text and not text.startswith("Where"):
            widths = (box.width, box.height)  # turned text is as high as it is wide
            assert min(abs(72 * text_width(text) - side) for side in widths) <= 0.03 * 72 * text_width(text) + 1


@pytest.mark.parametrize("number", [1, 3, 12, 16])
@pytest.mark.parametrize("width", [2.5, 3.3, 7])
def test_bars_keep_their_height_however_long_the_names(number, width):
    longest = sorted(names(), key=len)[-number:]
    figure = draw("share", [find(name) for name in longest], width=width)
    height = figure.axes[0].get_position().height * figure.get_figheight()
    assert height == pytest.approx(HEIGHT if number > 1 else 0.55, rel=0.01)


def test_in_a_column_a_row_still_says_where_it_was_printed_and_what_explains_it():
    said = " ".join(
        text.replace("\n", " ") for text, _ in texts(draw("audit", audit(tables()["gpt3"]), width="single"))
    )
    assert "GPT-3 XL 1.3B, Table 2.1: n_heads = 16" in said.replace("  ", " ")
    said = " ".join(text.replace("\n", " ") for text, _ in texts(draw("error", [find("gpt3-xl")], width="single")))
    assert "gpt3-xl 1,320M, Table D.1" in said.replace("  ", " ")


def test_both_sides_of_an_axis_of_differences_have_numbers():
    for width in WIDTHS:
        found = {text for text, _ in texts(draw("error", [find("gpt2"), find("gpt3-xl")], width=width))}
        assert any(text.startswith("+") for text in found)
        assert any(text.startswith("−") for text in found)


def test_a_legend_has_the_columns_that_matplotlib_fills():
    """Of five labels in four columns the first column has two, and each other one."""
    with on(Page(3.3)):
        assert columns_of(["weights", "gradients", "optimizer", "activations", "cache"], 5) == 3


@pytest.mark.parametrize("name", ["gpt2-small", "deepseek-v3"])
@pytest.mark.parametrize("width", [2.5, 7])
def test_memory_is_in_units_that_people_read(name, width):
    found = [text for text, _ in texts(draw("memory", [find(name)], width=width))]
    assert not any("e+" in text or "1e" in text for text in found)
    assert {"gpt2-small": "GB (10⁹ bytes)", "deepseek-v3": "TB (10¹² bytes)"}[name] in found
    if name == "deepseek-v3":
        without = any("without activations" in text.replace("\n", " ") for text in found)
        assert without, "a sum that lacks activations says so"


def test_sizes_on_an_axis_are_round():
    found = {text for text, _ in texts(paramcount.plot("isoflop"))}
    assert {"100M", "1B", "10B"} <= found


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("width", [3.3, 7])
def test_large_models_are_no_white_page(name, width):
    """Their names would fill it: numbers stand in their place."""
    spec = find(name)
    with on(Page(width)):
        layout = arrange(groups(spec.model(), in_checkpoints if spec.family.keys else None))
        assert layout.keyed
        assert covered(layout) >= 0.17


@pytest.mark.parametrize("name", [*LARGE, "gpt3-175b"])
def test_numbered_tensors_are_to_scale_and_in_the_key(name):
    spec = find(name)
    drawn = groups(spec.model(), in_checkpoints if spec.family.keys else None)
    with on(Page(3.3)):
        layout = arrange(drawn)
    areas = sum(box.width * box.height for box in layout.page.boxes) / layout.scale**2
    assert areas == pytest.approx(sum(group.params for group in drawn))
    said = " ".join(label.text.replace("\n", "") for label in layout.page.labels)
    words = said.replace(" ", "")
    for piece in (piece for group in drawn for piece in group.pieces()):
        *_, last = piece.name.removesuffix(".weight").split(".")
        assert last.replace(" ", "") in words
        assert f"{piece.columns:,}" in words
    numbers = {label.text for label in layout.page.labels if label.text.isdigit()}
    assert numbers == {str(number) for number in range(1, len(numbers) + 1)}
    for one, other in combinations(layout.page.boxes, 2):
        apart = one.x + one.width <= other.x + 1e-6 or other.x + other.width <= one.x + 1e-6
        assert apart or one.y + one.height <= other.y + 1e-6 or other.y + other.height <= one.y + 1e-6


def test_a_size_that_no_page_holds_is_refused_at_once():
    with pytest.raises(InputError, match="sizes too unlike"):
        draw("scale", [resolve("gpt2", ["d_ff=1e30"])])


def test_the_share_of_many_models_is_their_mean_and_they_are_marked():
    figure = draw("share", everything())
    axes = figure.axes[0]
    marks = next(line for line in axes.lines if line.get_marker() == "|")
    assert list(marks.get_xdata()) == [bar.total for bar in bars(everything())]
    alike = [bar._replace(model=str(place)) for place, bar in enumerate(bars([find("gpt2")]) * 20)]
    assert len({bar.total for bar in alike}) == 1
    one = draw("share", [find(name) for name in names() if name.startswith("chinchilla")]).axes[0]
    assert "means over models of similar size" in one.get_xlabel().replace("\n", " ")


def test_python_takes_every_kind_and_every_argument_of_the_command():
    """--set is a size given to load; -o is what the figure is for."""
    options = {option.name for option in command.params}
    taken = set(inspect.signature(paramcount.plot).parameters)
    assert options - taken == {"chosen", "changes", "untitled", "output"}
    assert taken - options == {"table", "title"}
    assert set(ONLY) <= taken
    [kind] = [option for option in command.params if option.name == "kind"]
    assert list(kind.type.choices) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_python_draws_what_the_command_draws(kind, run, tmp_path):
    """By default as well, text by text."""
    path = tmp_path / "a.svg"
    assert run("plot", kind, "-o", str(path)).exit_code == 0
    pages = drawing(paramcount.plot(kind), "svg").decode(), path.read_text(encoding="utf-8")
    ours, theirs = (re.findall(r">([^<>\n]+)</text>", page) for page in pages)
    assert ours == theirs
    assert len(ours) > 5


def test_python_draws_trainings():
    figure = paramcount.plot("train", "gpt3-175b", tokens="300B", gpu="a100-80gb", mfu=0.4, price=2, title=False)
    assert any(line.get_label().startswith("gpt3-175b on 300B tokens") for line in figure.axes[0].lines)
    assert figure.get_suptitle() == ""
    marked = paramcount.plot("budget", "gpt3-175b", params=10**14)
    assert sum(line.get_marker() == "D" for line in marked.axes[0].lines) == 1
    assert paramcount.plot("error", table=["gpt2", "gpt3"], width=4).get_figwidth() == 4


@pytest.mark.parametrize(
    ("arguments", "asked", "said"),
    [
        (("pie",), {}, "no such figure; valid: share"),
        (("share",), {"tokens": "1B"}, "--tokens 1B: plot share shows no training; valid: with plot train"),
        (("train",), {"tokens": "1B"}, "no model to train"),
        (("train", "gpt2"), {"tokens": "1B"}, "no utilisation given; valid: --gpu"),
        (("scaling", "gpt2"), {}, "draws scaling laws, not models"),
        (("scaling",), {"law": "gopher"}, "--law gopher: no such law"),
        (("audit", "gpt2"), {}, "draws one published table"),
        (("share",), {"table": "gtp3"}, "did you mean"),
        (("share",), {"width": 50}, "--width 50"),
    ],
)
def test_python_refuses_what_the_command_does(arguments, asked, said):
    with pytest.raises(InputError, match=said):
        paramcount.plot(*arguments, **asked)
