"""The figure of an audit: intervals, counts as printed and explained; and the page that shows it for every table."""

import pytest
from boxes import check_texts, texts

from paramcount.auditing.once_explained import recounted
from paramcount.auditing.table import audit, audited
from paramcount.auditing.userfile import open_table
from paramcount.catalog.names import find
from paramcount.catalog.spec import override
from paramcount.errors import InputError
from paramcount.papers.tables import tables
from paramcount.report.figures import draw
from paramcount.report.figures.audit import held
from paramcount.report.literature import drawn, literature
from paramcount.report.rows import Sheet

AUDITS = {name: audit(table) for name, table in tables().items()}
DRAWN = [name for name, result in AUDITS.items() if drawn(result)]


def lines(table):
    return {(line.row, line.place): line for line in held(AUDITS[table])}


def test_a_line_is_relative_to_its_printed_figure():
    line = lines("gpt3")["GPT-3 XL", "Table D.1"]
    assert (line.printed, line.said) == ("1,320M", "n_heads = 16")
    counts = (1_315_000_000, 1_325_000_000, 1_517_123_584, 1_315_723_264)
    expected = [count / 1_320_000_000 - 1 for count in counts]
    assert [line.low, line.high, line.before, line.after] == pytest.approx(expected)


def test_a_figure_that_the_best_explanation_leaves_out_still_shows_the_count_under_it():
    line = lines("gpt3")["GPT-3 13B", "Table 2.1"]
    assert line.after == pytest.approx(12_853_386_240 / 13_000_000_000 - 1)
    assert not line.low <= line.after < line.high


def test_what_a_table_shares_moves_every_row_into_its_interval():
    moved = [line for line in held(AUDITS["gpt2"]) if line.after is not None]
    assert [line.printed for line in moved] == ["117M", "345M", "762M", "1542M"]
    assert all(line.low <= line.after < line.high and not line.low <= line.before < line.high for line in moved)


def test_agreeing_figures_are_not_moved_and_nothing_is_said_of_them():
    for name in DRAWN:
        for line in held(AUDITS[name]):
            agrees = line.verdict == "agrees"
            assert agrees == (line.before is not None and line.low <= line.before < line.high)
            assert not agrees or (line.after, line.said) == (None, "")


def test_figures_that_exclude_each_other_move_no_count():
    line = lines("gpt3")["GPT-3 175B", "Table 2.1"]
    assert (line.after, line.said) == (None, "excluded by 174,600M")


@pytest.mark.parametrize("name", DRAWN)
def test_explained_counts_are_those_of_the_command_shown(name):
    for row in AUDITS[name].rows:
        for explanation in row.explanations:
            if row.spec and row.published and explanation.command:
                counted = recounted(row.spec, explanation, row.published[0].figure)
                changed = override(find(row.spec.name), explanation.edit)
                assert counted == changed.model().read(row.published[0].figure.reading)


@pytest.mark.thorough
@pytest.mark.parametrize("name", DRAWN)
def test_no_text_covers_another_or_leaves_the_page(name):
    figure = draw("audit", AUDITS[name])
    check_texts(figure)


@pytest.mark.parametrize("name", ["gpt3-compute", "gpt3-data", "chinchilla-budgets"])
def test_a_table_without_counts_of_models_is_refused_by_name(name):
    with pytest.raises(InputError, match=f"plot audit: {name} prints no counts"):
        draw("audit", AUDITS[name])


def test_a_row_whose_sizes_state_no_model_has_an_empty_line(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text(
        "model,n_params_printed,n_layers,d_model,n_heads,n_vocab,n_ctx\n"
        "a,124M,12,768,12,50257,1024\nb,355M,24,1024,15,50257,1024\n"
    )
    result = audited(*open_table(str(file)))
    line = held(result)[1]
    assert (line.row, line.before, line.after, line.verdict) == ("b", None, None, "impossible")
    assert "impossible" in " ".join(text for text, _ in texts(draw("audit", result)))


def test_the_command_draws_one_table(run, tmp_path):
    file = tmp_path / "a.svg"
    done = run("plot", "audit", "--table", "palm", "-o", str(file))
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.endswith("(palm)\n")
    svg = file.read_text(encoding="utf-8")
    assert "PaLM 540B" in svg
    assert "<dc:date>" not in svg
    run("plot", "audit", "--table", "palm", "-o", str(tmp_path / "b.svg"))
    assert (tmp_path / "b.svg").read_bytes() == file.read_bytes()


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (["gpt3-xl"], "valid: paramcount plot audit --table NAME"),
        (["--table", "gpt3", "--set", "n_heads=16"], "--set n_heads=16: plot audit draws no model here"),
        (["--table", "gpt2", "--table", "gpt3"], "valid: paramcount plot audit --table NAME"),
    ],
)
def test_models_and_several_tables_are_refused(extra, said, run, tmp_path):
    done = run("plot", "audit", *extra, "-o", str(tmp_path / "a.svg"))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_the_page_counts_every_row_once_and_lists_all_that_do_not_agree():
    report = literature(AUDITS.values())
    verdicts, findings, broken, withdrawn, *_ = (part for part in report.parts if isinstance(part, Sheet))
    rows = [row for result in AUDITS.values() for row in result.rows]
    assert sum(line["rows"] for line in verdicts.rows) == len(rows)
    listed = {label for line in findings.rows for label in line["row"].split(", ")}
    assert listed == {row.label for row in rows if row.verdict != "agrees"}
    relations = [related for result in AUDITS.values() for related in result.relations]
    assert len(broken.rows) == sum(not related.holds and not related.withdrawn for related in relations)
    assert {line["row"] for line in withdrawn.rows} == {related.row for related in relations if related.withdrawn}


def test_the_page_has_a_section_a_table_the_oldest_first():
    headings = [part for part in literature(AUDITS.values()).parts if isinstance(part, str) and part.startswith("###")]
    years = [tables()[heading.removeprefix("### ")].year for heading in headings]
    assert len(headings) == len(AUDITS)
    assert years == sorted(years)
