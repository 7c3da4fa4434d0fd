"""Figures as papers print them: for a column or a page, readable, in black and white, and without empty space."""

from itertools import combinations

import pytest
from boxes import check_texts
from matplotlib.text import Text

from paramcount.auditing.table import audit
from paramcount.catalog.names import everything, find
from paramcount.errors import InputError
from paramcount.papers.tables import tables
from paramcount.report.figures import draw
from paramcount.report.figures.layout import COVERED, arrange, covered
from paramcount.report.figures.memory import HATCHES
from paramcount.report.figures.memory import KINDS as LYING
from paramcount.report.figures.pieces import groups, in_checkpoints
from paramcount.report.figures.scaling import SHADES
from paramcount.report.figures.share import MOST
from paramcount.report.figures.style import rounded
from paramcount.report.palette import grey, hatch, shade

SERIES = [find(model) for table in ("gpt2", "gpt3") for model in tables()[table].models.values()]
FIGURES = [
    ("share", [find("gpt3")]),
    ("share", SERIES),
    ("share", [find("deepseek-v3")]),
    ("error", [find("gpt3-xl")]),
    ("error", SERIES),
    ("budget", SERIES),
    ("budget", [find("gpt2")]),
    ("scale", [find("gpt2")]),
    ("scale", [find("t5-11b")]),
    ("scale", [find("albert-base")]),
    ("memory", [find("gpt3")]),
    ("memory", [find("t5-base")]),
    ("flops", [find("gpt3")]),
    ("flops", [find("deepseek-v3")]),
    ("scaling", "refit-2024"),
    ("isoflop", "refit-2024"),
    ("audit", audit(tables()["gpt3"])),
    ("train", []),
]
IDS = [f"{kind}-{place}" for place, (kind, _) in enumerate(FIGURES)]
LEAST_TYPE = 7  # points
APART = 25  # of 255 in grey, between what has the same hatch


@pytest.mark.thorough
@pytest.mark.parametrize("width", ["single", "double"])
@pytest.mark.parametrize(("kind", "subject"), FIGURES, ids=IDS)
def test_at_either_width_all_can_be_read(kind, subject, width):
    """Type of at least 7 points, no overlaps, nothing beyond the page."""
    figure = draw(kind, subject, width=width)
    assert figure.get_figwidth() == {"single": 3.3, "double": 7.0}[width]
    check_texts(figure)
    seen = [one for one in figure.findobj(Text) if one.get_visible() and one.get_text().strip()]
    assert min(one.get_fontsize() for one in seen) >= LEAST_TYPE


def test_a_width_is_also_given_in_inches_or_refused():
    assert draw("share", [find("gpt2")], width="4.5").get_figwidth() == 4.5
    assert draw("share", [find("gpt2")], width="4.5in").get_figwidth() == 4.5
    for wrong in ("wide", "1", "100", "nan", "-3"):
        with pytest.raises(InputError, match=r"valid: single \(3.3 in\), double \(7 in\)"):
            draw("share", [find("gpt2")], width=wrong)


def test_no_title_leaves_it_to_the_caption(run, tmp_path):
    assert draw("share", [find("gpt2")]).get_suptitle() == "Where the parameters are"
    assert draw("share", [find("gpt2")], title=False).get_suptitle() == ""
    path = tmp_path / "a.svg"
    assert run("plot", "share", "gpt2", "--no-title", "--width", "single", "-o", str(path)).exit_code == 0
    assert "Where the parameters are" not in path.read_text()
    assert 'width="237.6pt"' in path.read_text()


def test_symbols_are_mathematics():
    figure = draw("budget", [find("gpt2")])
    assert figure.axes[0].get_xlabel() == r"number of layers, $n_{\mathrm{layers}}$"
    assert r"$d_{\mathrm{model}}$" in figure.axes[0].get_ylabel()


def visible(spec):
    parts = spec.model().by_component()
    return [name for name, params in parts.items() if params / spec.model().total() >= 0.005]


def test_components_that_are_seen_together_are_told_apart_in_grey():
    """In every model of the catalog: by lightness, measured as a printer would print it, or by hatching."""
    assert [grey(colour) for colour in ("#000000", "#FFFFFF", "#D55E00")] == [0, 255, 119]
    for spec in everything():
        for one, other in combinations(visible(spec), 2):
            apart = abs(grey(shade(one)) - grey(shade(other))) >= APART or hatch(one) != hatch(other)
            assert apart, f"{spec.name}: {one}, {other}"


def test_so_are_what_lies_in_memory_and_the_laws_of_scaling():
    for one, other in combinations(LYING, 2):
        apart = abs(grey(LYING[one]) - grey(LYING[other]))
        assert apart >= APART or HATCHES.get(one) != HATCHES.get(other), f"{one}, {other}"
    for one, other in combinations(SHADES.values(), 2):
        assert abs(grey(one) - grey(other)) >= APART


@pytest.mark.parametrize("name", ["gpt2", "gpt3-xl", "gpt3", "albert-base", "bert-base", "llama-3.1-8b", "mamba-130m"])
def test_no_picture_is_mostly_white(name):
    spec = find(name)
    layout = arrange(groups(spec.model(), in_checkpoints if spec.family.keys else None))
    assert covered(layout) >= COVERED


def test_nor_is_that_of_t5_11b_whose_matrices_are_sixty_times_as_long_as_wide():
    """Four per cent where they are drawn unfolded."""
    spec = find("t5-11b")
    assert covered(arrange(groups(spec.model(), in_checkpoints))) >= 0.2


def test_more_than_sixteen_models_are_an_area_over_their_size():
    from matplotlib.collections import PolyCollection

    few, many = draw("share", SERIES).axes[0], draw("share", everything()[: MOST + 1]).axes[0]
    assert few.get_xscale() == "linear"
    areas = many.findobj(PolyCollection)
    assert areas
    assert many.get_xscale() == "log"
    totals = sorted(spec.model().total() for spec in everything()[: MOST + 1])
    assert many.get_xlim() == pytest.approx((totals[0], totals[-1]), rel=0.01)
    assert max(area.get_paths()[0].vertices[:, 1].max() for area in areas) == pytest.approx(100)


@pytest.mark.parametrize(
    ("count", "said"),
    [(10**15, "1P"), (10**9, "1B"), (1_500_000_000_000_000, "1.5P"), (10**18, "1E"), (10**12, "1T"), (10**14, "100T")],
)
def test_large_counts_have_their_units(count, said):
    assert rounded(count) == said
