"""Figures show what the ledger says, and nothing in them covers anything else."""

import re
from itertools import combinations

import pytest
from boxes import check_texts, texts

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import everything, find, names, of_tables, resolve
from paramcount.cli.main import main
from paramcount.errors import InputError
from paramcount.papers.tables import tables
from paramcount.report.figures import KINDS, draw, drawing
from paramcount.report.figures.budget import Budget, Shape, levels, shapes
from paramcount.report.figures.curves import Kind, kind_of, kinds, of_defaults, off
from paramcount.report.figures.error import printed
from paramcount.report.figures.layout import arrange
from paramcount.report.figures.pieces import groups
from paramcount.report.figures.share import bars
from paramcount.report.figures.style import ink
from paramcount.report.palette import COLOURS

SERIES = [model for table in ("gpt2", "gpt3") for model in tables()[table].models.values()]
MAGIC = {"png": b"\x89PNG\r\n", "svg": b"<?xml", "pdf": b"%PDF-"}
TINY = resolve("gpt", ["n_layers=2", "d_model=64", "n_heads=4", "n_vocab=50257", "n_ctx=128"])
FIGURES = [
    ("share", [find("gpt3")]),
    ("share", [find(name) for name in SERIES]),
    ("share", everything()),
    ("error", [find("gpt3-xl")]),
    ("error", [find(name) for name in SERIES]),
    ("error", everything()),
    ("budget", [find("gpt2")]),
    ("budget", [find(name) for name in SERIES]),
    ("budget", [spec for spec in everything() if spec.family.name == "gpt"]),
    ("scale", [TINY]),
    ("scale", [find("gpt2")]),
    ("scale", [find("gpt3")]),
    ("scale", [find("mt-nlg")]),
    ("scale", [resolve("gpt3-xl", ["tied=no"])]),
    ("scale", [find("deepseek-v3")]),
    ("scale", [find("albert-base")]),
    ("memory", [find("gpt3")]),
    ("memory", [find("deepseek-v3")]),
    ("memory", [find("t5-base")]),
    ("memory", [TINY]),
    ("share", [find("deepseek-v3")]),
    ("share", [find(name) for name in ("bert-base-uncased", "mamba-130m", "t5-base", "deepseek-v3")]),
    ("budget", [find(name) for name in ("llama-3.1-8b", "mixtral-8x22b", "deepseek-v3")]),
]
IDS = [f"{kind}-{len(specs)}-{specs[0].name}" for kind, specs in FIGURES]


def run(*arguments):
    with pytest.raises(SystemExit) as exit:
        main(["plot", *arguments])
    return exit.value.code


@pytest.mark.parametrize(("kind", "specs"), FIGURES, ids=IDS)
def test_no_text_covers_another_or_leaves_the_page(kind, specs):
    figure = draw(kind, specs)
    assert len(texts(figure)) > 5
    check_texts(figure)


def test_slanted_names_have_room_between_them():
    figure = draw("share", [find(name) for name in SERIES])
    texts(figure)
    labels = figure.axes[0].get_xticklabels()
    feet = [figure.axes[0].transData.transform((place, 0))[0] for place in range(len(labels))]
    for label, one, other in zip(labels, feet, feet[1:], strict=False):
        assert label.get_rotation() == 45
        assert (other - one) * 0.7 > 1.5 * label.get_fontsize()


@pytest.mark.parametrize("name", ["gpt2", "gpt3-xl", "gpt3-2.7b"])
def test_a_name_inside_a_rectangle_is_inside_it(name):
    figure = draw("scale", [find(name)])
    axes = figure.axes[0]
    paths = [path for group in axes.collections for path in group.get_paths()]
    rectangles = [path.get_extents(axes.transData) for path in paths]
    label = next(box for text, box in texts(figure) if text.startswith("W_1"))
    assert any(
        box.x0 < label.x0 and box.y0 < label.y0 and box.x1 > label.x1 and box.y1 > label.y1 for box in rectangles
    )


@pytest.mark.thorough
@pytest.mark.parametrize("form", MAGIC)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_in_every_format_and_says_so_on_stderr(kind, form, tmp_path, capsys):
    file = tmp_path / f"figure.{form}"
    assert run(kind, "-o", str(file)) == 0
    assert file.read_bytes().startswith(MAGIC[form])
    assert file.stat().st_size > 2000
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"wrote {file}: {KINDS[kind]} (")
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("audit", "train", "scaling", "isoflop")])
def test_vector_figures_hold_text_and_are_the_same_each_time(kind):
    specs = [find("gpt3")] if kind in ("scale", "flops", "memory") else [find(name) for name in SERIES]
    for form in ("svg", "pdf"):
        page, again = (drawing(draw(kind, specs), form) for _ in range(2))
        assert page == again
    svg = drawing(draw(kind, specs), "svg").decode()
    assert svg.count("<text") > 10
    assert "gpt3-175b" in svg
    assert "<dc:date>" not in svg


def test_the_readers_matplotlibrc_changes_nothing():
    import matplotlib

    page = drawing(draw("share", [find("gpt2")]), "svg")
    with matplotlib.rc_context({"font.size": 20, "svg.fonttype": "path", "axes.facecolor": "red"}):
        assert drawing(draw("share", [find("gpt2")]), "svg") == page
        assert matplotlib.rcParams["font.size"] == 20


def test_shares_are_the_components_of_the_ledger_and_add_up_to_one():
    rows = bars(everything())
    assert [bar.total for bar in rows] == sorted(spec.model().total() for spec in everything())
    for bar in rows:
        parts = find(bar.model).model().by_component()
        assert sum(bar.shares.values()) == pytest.approx(1)
        assert {name: round(share * bar.total) for name, share in bar.shares.items()} == {
            name: pytest.approx(params, rel=1e-12) for name, params in parts.items() if params
        }


def test_errors_are_the_published_figures_against_the_exact_count():
    rows = printed([find("gpt3-xl")])
    assert [(row.printed, row.place, row.agrees) for row in rows] == [
        ("1.3B", "Table 2.1", False),
        ("1,320M", "Table D.1", False),
    ]
    ends = [1_517_123_584, 1_250_000_000, 1_350_000_000]
    found = [rows[0].error, rows[0].low, rows[0].high]
    assert found == pytest.approx([end / 1_300_000_000 - 1 for end in ends])


def test_the_sign_of_an_error_is_that_of_the_text():
    """+16.7 %, count over printed figure, in the text and in the figure."""
    from paramcount.report.show import single

    [first, _] = printed([find("gpt3-xl")])
    [said, _] = single(find("gpt3-xl")).documents()[0]["published"]
    assert first.error == pytest.approx(said["error"])
    assert round(100 * first.error, 1) == 16.7


@pytest.mark.parametrize("spec", everything(), ids=names())
def test_a_figure_agrees_where_its_interval_holds_the_exact_count(spec):
    rows = printed([spec])
    assert len(rows) == len(spec.published) > 0
    for row in rows:
        assert row.agrees == (row.low <= row.error < row.high)
        assert row.low <= 0 < row.high


SCALED = [
    "gpt3-175b",
    "gpt2-small",
    "llama-3.1-8b",
    "mixtral-8x22b",
    "deepseek-v3",
    "palm-540b",
    "bert-base",
    "gemma-2-9b",
]


@pytest.mark.parametrize("name", SCALED)
def test_curves_pass_through_the_model_they_are_of(name):
    """For every family, the curve through a model's count has the model's width at its depth."""
    spec = find(name)
    kind, total = kind_of(spec), spec.model().total()
    assert kind.family == spec.family.name
    assert kind.width(total, spec.sizes["n_layers"]) == pytest.approx(spec.sizes["d_model"], rel=0.002)
    assert off(kind, spec) < 0.002


@pytest.mark.parametrize("name", SCALED)
@pytest.mark.parametrize("level", [10**9, 10**11, 3 * 10**12])
def test_on_a_curve_the_count_is_its_level(name, level):
    kind = kind_of(find(name))
    for n_layers in (1, 7, 32, 200):
        width = kind.width(level, n_layers)
        assert kind.params(n_layers, width) == pytest.approx(level, rel=1e-6)


def test_a_gpts_curve_is_its_formula():
    """12·n_layers·d_model² + 13·n_layers·d_model + (n_vocab + n_ctx + 2)·d_model, by hand."""
    kind = kind_of(find("gpt3-175b"))
    for n_layers, d_model in ((1, 128), (96, 12288), (500, 65536)):
        by_hand = n_layers * (12 * d_model**2 + 13 * d_model) + (50257 + 2048 + 2) * d_model
        assert kind.params(n_layers, d_model) == by_hand


def test_every_model_stands_at_its_shape_among_its_kind():
    gpts = [spec for spec in of_tables() if spec.family.name == "gpt"]
    found = [shape for kind, members in kinds(gpts) for shape in shapes(kind, members)]
    assert sorted(name.partition(" (")[0] for shape in found for name in shape.names) == sorted(s.name for s in gpts)
    assert any(shape[:2] == (96, 12288) and "gpt3-175b" in shape.names for shape in found)


def test_deepseek_v3_stands_on_curves_of_its_own():
    """Its 671B lie between its curves of 100B and 1T; dense models have other curves."""
    [(mixture, own), (dense, theirs)] = kinds([find("deepseek-v3"), find("llama-3.1-8b")])
    assert [spec.name for spec in own] == ["deepseek-v3"]
    assert [spec.name for spec in theirs] == ["llama-3.1-8b"]
    assert mixture.width(10**11, 61) < 7168 < mixture.width(10**12, 61)
    assert dense.width(6.7e11, 61) > 2 * 7168


def test_models_of_another_vocabulary_stand_on_other_curves():
    from paramcount.solver.defaults import by_budget

    letters = of_defaults(by_budget(1000), "solve")
    [(first, none), (_, members)] = kinds([find("gpt3-175b"), find("gpt2-small")], [letters])
    assert first is letters
    assert none == []
    assert len(members) == 2


def test_a_model_that_its_curves_are_not_near_carries_its_count():
    [(kind, members)] = kinds([find("gpt3-xl"), find("gpt3-175b")])
    assert Shape(24, 2048, ("gpt3-xl (1.52B)",)) in shapes(kind, members)


def test_too_many_kinds_are_refused():
    named = [find(name) for name in ("gpt3-175b", "llama-3.1-8b", "palm-540b", "deepseek-v3")]
    with pytest.raises(InputError, match=r"models of 4 kinds.*valid: models of up to 3 kinds"):
        kinds(named)


def test_a_model_of_two_depths_has_no_place_in_the_plane():
    with pytest.raises(InputError, match="bart-base: has no single n_layers"):
        kinds([find("bart-base")])


def test_levels_are_powers_of_ten_and_few():
    assert levels(2e8, 3e12) == [10**9, 10**10, 10**11, 10**12]
    assert len(levels(1e3, 1e90)) <= 9


def test_candidates_are_marked_and_named_beside_the_models(tmp_path):
    candidates = [Shape(256, 180224, ()), Shape(384, 147456, ()), Shape(512, 126976, ())]
    kind: Kind = kind_of(find("gpt3"))
    figure = draw("budget", [find("gpt3")], Budget(10**14, candidates, kind))
    written = [text for text, _ in texts(figure)]
    assert {"256 × 180,224", "384 × 147,456", "512 × 126,976", "gpt3-175b", "100T"} <= set(written)
    marks = [(x, y) for line in figure.axes[0].lines if line.get_marker() == "D" for x, y in line.get_xydata()]
    assert marks == [(shape.n_layers, shape.d_model) for shape in candidates]


@pytest.mark.parametrize("spec", [*everything(), TINY], ids=[*names(), "tiny"])
def test_rectangles_are_the_tensors_to_scale(spec):
    model = spec.model()
    *layers, outside = drawn = groups(model)
    of_a_layer = [sum(piece.params for piece in group.pieces()) for group in layers]
    assert of_a_layer == [group.params for group in layers]
    assert len(layers) > 1 or of_a_layer == [sum(model.per_layer().values())]
    assert sum(group.params * group.depth for group in layers) + outside.params == model.total()
    if spec in (TINY, find("gpt2"), find("gpt3-xl")):
        layout = arrange(drawn)
        areas = sum(box.width * box.height for box in layout.page.boxes) / layout.scale**2
        assert areas == pytest.approx(sum(group.params for group in drawn))
        for piece in (piece for group in drawn for piece in group.pieces()):
            boxes = [box for box in layout.page.boxes if box.piece == piece]
            assert sum(box.rows for box in boxes) == piece.rows
            for box in boxes:
                sides = [box.width / layout.scale, box.height / layout.scale]
                assert sides == pytest.approx([piece.columns, box.rows])


def test_rectangles_do_not_cover_each_other():
    for name in ("gpt2", "gpt3", "gpt3-xl"):
        layout = arrange(groups(find(name).model()))
        for one, other in combinations(layout.page.boxes, 2):
            apart = one.x + one.width <= other.x + 1e-9 or other.x + other.width <= one.x + 1e-9
            assert apart or one.y + one.height <= other.y + 1e-9 or other.y + other.height <= one.y + 1e-9


def test_a_long_table_is_drawn_in_strips():
    def strips(name):
        boxes = arrange(groups(find(name).model())).page.boxes
        return sum(box.piece.name == "token embedding" for box in boxes)

    assert strips("gpt2") > 1


def test_components_that_are_drawn_can_be_told_apart_and_written_on():
    for family in FAMILIES.values():
        drawn = [name for name, params in family.build(**family.symbols()).by_component().items() if params != 0]
        assert set(drawn) <= COLOURS.keys()
        colours = [COLOURS[name] for name in drawn if "norm" not in name]
        assert len(set(colours)) == len(colours)
    assert ink("#FFFFFF") == "black"
    assert ink("#000000") == "white"


def test_a_config_has_its_tensors_drawn_under_the_names_of_its_checkpoint():
    written = " ".join(text.replace("\n", " ") for text, _ in texts(draw("scale", [find("t5-base")])))
    for name in ("shared", "layer.1.DenseReluDense.wi", "decoder.final_layer_norm"):
        assert name in written
    said = [text for text, _ in texts(draw("scale", [find("t5-base")])) if "drawn once" in text]
    assert len(said) == 1
    assert said[0].endswith("Tied, and drawn once: output head, token embedding.")


def test_experts_are_folded_and_kinds_of_layers_stand_under_one_another_where_they_must():
    layout = arrange(groups(find("deepseek-v3").model()))
    assert sum(box.piece.name == "gate_up_proj" for box in layout.page.boxes) > 1
    areas = sum(box.width * box.height for box in layout.page.boxes) / layout.scale**2
    assert areas == pytest.approx(sum(group.params for group in groups(find("deepseek-v3").model())))


def test_the_legend_of_one_model_says_its_shares_and_of_several_their_bounds():
    one = {text for text, _ in texts(draw("share", [find("deepseek-v3")]))}
    assert "router (0.016 %)" in one
    both = {text for text, _ in texts(draw("share", [find("deepseek-v3"), find("mixtral-8x22b")]))}
    assert "router (at most 0.016 %)" in both


def test_tables_and_names_may_be_mixed_and_count_once(tmp_path, capsys):
    assert run("share", "gpt3", "gpt3-175b", "--table", "gpt3", "-o", str(tmp_path / "a.svg")) == 0
    assert "(8 models)" in capsys.readouterr().err


def test_what_was_set_is_in_the_title(tmp_path):
    file = tmp_path / "a.svg"
    assert run("error", "gpt3-xl", "--set", "n_heads=16", "-o", str(file)) == 0
    svg = file.read_text(encoding="utf-8")
    assert "with " in svg
    assert "which does not" not in svg
    title = draw("error", [resolve("gpt3-xl", ["n_heads=16"])]).get_suptitle()
    assert title == r"Printed figures against exact counts, with $n_{\mathrm{heads}}$ = 16"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["share", "-o", "a.jpeg"], r"a\.jpeg: unknown suffix '\.jpeg'; valid: \.png, \.svg, \.pdf"),
        (["share", "-o", "a"], "no suffix to tell the format"),
        (["share"], "-o"),
        (
            ["pie", "-o", "a.png"],
            "KIND pie: unknown value; valid: share, error, budget, scale, memory, audit, flops, train, scaling",
        ),
        (["share", "gpt3-xxl", "-o", "a.png"], "did you mean .*gpt3-xl"),
        (["share", "--table", "gtp3", "-o", "a.png"], "did you mean .*gpt3"),
        (["share", "gpt3", "--set", "n_heads=0", "-o", "a.png"], "n_heads = 0: zero"),
        (["share", "gpt3", "--set", "n_layers=1e400", "-o", "a.png"], "larger than 1e36"),
        (["scale", "gpt2", "gpt3", "-o", "a.png"], "one model at a time"),
        (["memory", "gpt2", "gpt3", "-o", "a.png"], "one model at a time"),
        (["scale", "gpt2", "--set", "d_ff=1e30", "-o", "a.png"], "too unlike in size|sizes too unlike"),
        (["error", "gpt", "--set", "n_layers=1", "-o", "a.png"], "not given"),
        (["share", "--params", "1B", "-o", "a.png"], "plot share has no budget; valid: with plot budget"),
        (["budget", "--params", "nan", "-o", "a.png"], "--params nan: not a positive whole number"),
        (["share", "gpt2", "-o", "no/such/folder/a.png"], "-o no/such/folder/a.png"),
    ],
)
def test_bad_input_is_one_line_and_leaves_files_alone(arguments, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "a.jpeg", "a"):
        (tmp_path / name).write_text("kept")
    assert run(*arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert re.search(said, err)
    assert err.count("\n") == 1
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(
        ("a.png", "a.jpeg", "a"), "kept"
    )


def test_a_model_of_which_nothing_is_published_has_no_errors(tmp_path, capsys):
    sizes = [
        part for field in ("n_layers=1", "d_model=8", "n_heads=1", "n_vocab=9", "n_ctx=9") for part in ("--set", field)
    ]
    assert run("error", "gpt", *sizes, "-o", str(tmp_path / "a.png")) == 2
    assert "nothing is published of gpt" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["share", "error", "budget"])
def test_absurd_sizes_are_drawn(kind, tmp_path):
    file = tmp_path / "a.png"
    assert (
        run(kind, "gpt2", "--set", "n_layers=1e36", "--set", "d_model=1e36", "--set", "d_head=1", "-o", str(file)) == 0
    )
    assert file.stat().st_size > 2000


def test_the_solvers_candidates_are_marked_on_its_own_conventions(tmp_path, capsys):
    file = tmp_path / "a.svg"
    assert run("budget", "--params", "1K", "-o", str(file)) == 0
    svg = file.read_text(encoding="utf-8")
    assert "candidates of solve for 1K" in svg
    assert " = 27" in svg
