"""Your own tables: every format, title and cell that people write is read alike, and a misspelt one refused."""

import csv
import io
import json
from contextlib import suppress

import pytest
from fuzzing import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paramcount.auditing.table import audited
from paramcount.auditing.userfile import open_table, open_tables
from paramcount.errors import InputError
from paramcount.papers.columns import columns_of
from paramcount.papers.printed_cells import bare, count_of, pair_of, size_of
from paramcount.papers.tables import read

PLAIN = """\
model,n_params_printed,n_layers,d_model,n_heads,n_vocab,n_ctx
small,124M,12,768,12,50257,1024
medium,355M,24,1024,16,50257,1024
large,774M,36,1280,20,50257,1024
"""
COUNTS = [124_439_808, 354_823_168, 774_030_080]  # from the released models' own configs
TITLES = ["Model", "Params", "# Layers", "Hidden size", "#Heads", "Vocab.", "Context"]
ROWS = [
    ["small", "~124M", "12", "768", "12", "50,257", "1,024"],
    ["medium", "355 M params", "24", "1,024", "16", "50,257", "1,024"],
    ["large", "774M", "36", "1,280", "20 x 64", "50,257", "1,024"],
]


def markdown(titles, rows):
    return "\n".join(f"| {' | '.join(row)} |" for row in (titles, ["--"] * len(titles), *rows)) + "\n"


def html(titles, rows):
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>\n" for row in rows)
    return f"<table><tr>{''.join(f'<th>{title}</th>' for title in titles)}</tr>{lines}</table>"


def latex(titles, rows):
    def cell(text):
        return text.replace("#", r"\#").replace("~", r"$\sim$").replace(",", "{,}").replace(" x ", r" $\times$ ")

    lines = "\n".join(" & ".join(map(cell, row)) + r" \\" for row in rows)
    return "\n".join([r"\begin{tabular}{lrrrrrr} \toprule", " & ".join(map(cell, titles)) + r" \\ \midrule", lines,
                      r"\bottomrule \end{tabular}"])  # fmt: skip


def separated(delimiter):
    def written(titles, rows):
        text = io.StringIO()
        csv.writer(text, delimiter=delimiter).writerows([titles, *rows])
        return text.getvalue()

    return written


FORMATS = {"md": markdown, "html": html, "tex": latex, "tsv": separated("\t"), "csv": separated(",")}


def needs(suffix):
    pytest.importorskip({"tex": "pylatexenc", "html": "lxml"}.get(suffix, "csv"))


def refused(run, path):
    done = run("audit", str(path))
    assert (done.exit_code, done.stdout) == (2, ""), done
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.fixture
def file(tmp_path):
    def write(text, name="own.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_table_is_read_as_it_stands_in_every_format(suffix, file):
    needs(suffix)
    path = file(FORMATS[suffix](TITLES, ROWS), f"own.{suffix}")
    result = audited(*open_table(str(path)))
    assert [row.published[0].counted for row in result.rows] == COUNTS
    assert [row.verdict for row in result.rows] == ["agrees"] * 3
    said = " ".join(result.table.notes)
    assert "Hidden size as d_model" in said
    assert "'~124M' as 124M" in said or "'∼124M' as 124M" in said


@pytest.mark.parametrize("suffix", FORMATS)
def test_standard_input_is_read_by_what_it_looks_like(suffix, monkeypatch):
    needs(suffix)

    class Input:
        buffer = io.BytesIO(FORMATS[suffix](TITLES, ROWS).encode())

    monkeypatch.setattr("sys.stdin", Input)
    assert [row["n_layers"] for row in open_table("-")[1]] == ["12", "24", "36"]


SIZES = st.integers(1, 99_999)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.tuples(SIZES, SIZES, SIZES), min_size=1, max_size=5),
    commas=st.booleans(),
    mark=st.sampled_from(["", "*", "†", " [1]"]),
    suffix=st.sampled_from(list(FORMATS)),
)
def test_the_cells_of_every_format_are_those_that_were_written(sizes, commas, mark, suffix, tmp_path):
    needs(suffix)
    rows = [
        [f"m{n}", *(f"{size:,}{mark}" if commas else f"{size}{mark}" for size in row)] for n, row in enumerate(sizes)
    ]
    path = tmp_path / f"any.{suffix}"
    path.write_text(FORMATS[suffix](["Model", "Layers", "Width", "Vocab"], rows), encoding="utf-8")
    found = open_table(str(path))[1]
    assert [tuple(int(row[field]) for field in ("n_layers", "d_model", "n_vocab")) for row in found] == sizes


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("|-\\&{}<>/tdrh#%:=,\n aL12M$^_*~\t;", max_size=120), suffix=st.sampled_from([*FORMATS, "none"]))
def test_any_text_is_read_or_refused_in_a_line(text, suffix, tmp_path):
    needs(suffix)
    path = tmp_path / f"any.{suffix}"
    wrapped = {"tex": rf"\begin{{tabular}}{{l}}{text}\end{{tabular}}", "html": f"<table>{text}</table>"}
    path.write_text(wrapped.get(suffix, text), encoding="utf-8")
    with suppress(InputError):  # whose message is one line, which InputError sees to
        open_tables(str(path))


def test_titles_in_two_lines_and_cells_that_span_are_read(file):
    pytest.importorskip("lxml")
    text = (
        "<table><tr><th rowspan=2>Model</th><th colspan=3>Sizes</th></tr><tr><th>L</th><th>H</th><th>A</th></tr>"
        "<tr><td>a</td><td rowspan=2>12</td><td>768</td><td>12</td></tr>"
        "<tr><td>b</td><td>1024</td><td>16</td></tr></table>"
    )
    rows = open_table(str(file(text, "t.html")))[1]
    assert [(row["n_layers"], row["d_model"], row["n_heads"]) for row in rows] == [
        ("12", "768", "12"),
        ("12", "1024", "16"),
    ]


def test_latex_as_papers_write_it(file):
    pytest.importorskip("pylatexenc")
    text = r"""
\begin{table} \caption{Models. % a remark & more
}
%# assume n_ctx = 1024: the text
\begin{tabular}{l|rr}
 \hline \multirow{2}{*}{Model} & \multicolumn{2}{c}{Sizes} & & \\ \cmidrule(lr){2-3}
 & $n_{\text{layers}}$ & $d_\mathrm{model}$ & \# heads & \makecell{Vocab.\\ size} & Params \\ \hline
\rowcolor{gray} \textbf{GPT-2}$^{\dagger}$ \citep{radford} & 12 & 768 & 12 & 50{,}257
  & $1.24 \times 10^{8}$\footnote{a & b} \\
\multicolumn{6}{c}{\textit{Larger}} \\
GPT-2 XL & 48 & 1\,600 & 25 & 50,257 & $\sim$1.56B\textsuperscript{1} \\ \hline
\end{tabular} \end{table}"""
    table, rows = open_table(str(file(text, "t.tex")))
    assert [row["Model"] for row in rows] == ["GPT-2", "GPT-2 XL"]
    assert [row.verdict for row in audited(table, rows).rows] == ["agrees", "agrees"]
    assert [row["n_params_printed"] for row in rows] == ["124M", "1.56B"]
    assert "Larger" in " ".join(table.notes)


def test_a_table_whose_columns_are_models_is_turned(file):
    text = (
        "| | 8B | 70B |\n|--|--|--|\n| Layers | 32 | 80 |\n| Model Dimension | 4096 | 8192 |\n| Params | 8B | 70B |\n"
    )
    table, rows = open_table(str(file(text, "t.md")))
    assert [(row["n_layers"], row["d_model"]) for row in rows] == [("32", "4096"), ("80", "8192")]
    assert "The table was transposed: each of its columns is a model." in table.notes


def test_a_footnotes_number_is_never_part_of_a_figure(file):
    """110M<sup>1</sup> joined together would be a different figure."""
    text = "| Model | Layers | Width | Params |\n|--|--|--|--|\n| a | 12<sup>1</sup> | 768[^2] | 110M<sup>3</sup> |\n"
    row = open_table(str(file(text, "t.md")))[1][0]
    assert (row["n_layers"], row["d_model"], row["n_params_printed"]) == ("12", "768", "110M")
    pytest.importorskip("lxml")
    cells = "".join(f"<td>{cell}</td>" for cell in ("a", "12<sup>1</sup>", "768<sup>b</sup>", "1.1×10<sup>8</sup>"))
    text = f"<table><tr><th>Model<th>Layers<th>Width<th>Params</tr><tr>{cells}</tr></table>"
    row = open_table(str(file(text, "t.html")))[1][0]
    assert (row["n_layers"], row["d_model"], row["n_params_printed"]) == ("12", "768", "0.11B")


@pytest.mark.parametrize(
    ("cell", "unit", "printed"),
    [
        ("110M params", "", "110M"),
        ("1.23 B", "", "1.23B"),
        ("~125M", "", "125M"),
        ("345m", "", "345M"),
        ("1.5 billion", "", "1.5B"),
        ("1.3×10⁹", "", "1.3B"),
        ("1.24e8", "", "124M"),
        ("1.2 × 10^8", "", "0.12B"),
        ("3×10^6", "", "3M"),
        ("124.4", "M", "124.4M"),
        ("1.3B", "M", "1.3B"),
        ("124,439,808", "", "124,439,808"),
        ("125M†", "", "125M"),
        ("125M [1]", "", "125M"),
        ("—", "", ""),
        ("8x7B", "", "8x7B"),  # not a figure, and refused as such
        ("7-8B", "", "7-8B"),
        ("1.3GB", "", "1.3GB"),
    ],
)
def test_a_count_is_read_as_it_is_printed(cell, unit, printed):
    assert count_of(cell, unit) == printed


def test_sizes_pairs_and_marks():
    assert [size_of(cell) for cell in ("2,048", "768†", "12²", "50 257", "1,02")] == [
        "2048",
        "768",
        "12",
        "50 257",
        "1,02",
    ]
    assert size_of("50\N{THIN SPACE}257") == "50257"
    assert pair_of("12 x 64", "Heads") == pair_of("12×64", "Heads") == {"n_heads": "12", "d_head": "64"}
    assert pair_of("28 / 4", "Heads (Q / KV)") == {"n_heads": "28", "n_kv_heads": "4"}
    assert pair_of("28 / 4", "Heads") == {}
    assert bare("3 × 10^9") == "3 × 10^9"


@pytest.mark.parametrize("row", read("column_names.csv"), ids=lambda row: row["name"])
def test_every_alias_is_read_as_what_the_table_of_them_says(row):
    (column,) = columns_of([row["name"]], (), {})
    assert column.field == row["fields"].split()[0]
    assert columns_of([f"# {row['name']} (million)"], (), {})[0].field == column.field


@pytest.mark.parametrize(
    ("titles", "fields"),
    [
        (["L", "H", "A"], ["n_layers", "d_model", "n_heads"]),
        (["L", "d", "H"], ["n_layers", "d_model", "n_heads"]),  # heads, if another column is the width
        (["Size", "Layers"], ["n_params_printed", "n_layers"]),
        (["Size", "Layers", "Params (M)"], ["model", "n_layers", "n_params_printed"]),
        (["Encoder layers", "Vision heads", "Non-embedding params"], ["", "", "n_params_non_embedding_printed"]),
    ],
)
def test_titles_are_told_apart_by_the_others(titles, fields):
    assert [column.field for column in columns_of(titles, (), {})][: len(fields)] in (
        fields,
        ["n_encoder_layers", *fields[1:]],
    )


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("# famly: gpt", "unknown key 'famly'; did you mean family"),
        ("# years: 2019", "did you mean year"),
        ("# a remark", "remarks go in `# note: …`"),
        ("# family: gtp", "unknown family 'gtp'; did you mean"),
        ("# family of huge: gpt", "no row 'huge'"),
        ("# year: last", "year: 'last' is not a year; valid: a year such as 2019"),
        ("# reading n_params_printd: total", "not a column of counts; valid: n_params_printed"),
        ("# printed n_params_print: Table 1", "did you mean n_params_printed"),
        ("# label: modle", "did you mean model"),
        ("# assume n_vcab = 50257: why", "did you mean n_vocab"),
        ("# assume n_vocab of smal = 50257: why", "did you mean small"),
        ("# assume n_vocab = many: why", "valid: # assume FIELD = VALUE: why"),
        ("# assume n_vocab: 50257", "valid: # assume FIELD = VALUE: why"),
        ("# insignificant zeroes: 1", "valid: # insignificant zeros: 1"),
        ("# column n_layrs: n_layers", "did you mean n_layers"),
        ("# column n_layers: n_layrs", "unknown size 'n_layrs'; did you mean n_layers"),
        ("# ignore n_layrs", "did you mean n_layers"),
        ("# row larg is gpt2-large", "no row 'larg'; did you mean large"),
        ("# row large is gpt2-lage", "unknown model; did you mean gpt2-large"),
        ("# row large: gpt2-large", "valid: # row NAME is MODEL"),
        ("# family: gpt\n# family: gpt", "'family' is there twice"),
        ("# relation a: n_layers = 2 *", "not a formula"),
    ],
)
def test_every_unknown_word_of_a_head_is_refused_with_the_nearest(run, file, head, said):
    assert said.strip() in refused(run, file(f"{head}\n{PLAIN}"))


@pytest.mark.parametrize(
    ("was", "written", "said"),
    [
        ("n_heads", "n_haeds", "unknown column 'n_haeds'; did you mean n_heads"),
        ("d_model", "Hiden size", "did you mean hidden size"),
        ("n_params_printed", "n_param_printed", "did you mean n_params_printed"),
        ("n_heads", "Layers", "the columns 'n_layers' and 'Layers' are both read as n_layers"),
    ],
)
def test_a_misspelt_column_is_refused_with_the_nearest(run, file, was, written, said):
    assert said in refused(run, file(PLAIN.replace(was, written, 1)))


def test_a_column_that_is_none_is_said_and_can_be_left_out(run, file):
    text = PLAIN.replace("n_ctx\n", "n_ctx,licence,n_experts\n").replace("1024\n", "1024,MIT,8\n")
    out = run("audit", str(file(text)), "--strict")
    assert out.exit_code == 0
    assert "Columns left out: licence, n_experts (not a size of gpt)." in out.stdout
    text = PLAIN.replace("n_ctx\n", "n_ctx,n_haeds\n").replace("1024\n", "1024,x\n")
    assert run("audit", str(file("# ignore n_haeds\n" + text)), "--strict").exit_code == 0


def test_an_alias_is_overruled_by_the_head(file):
    text = PLAIN.replace("n_layers,d_model", "Width,Layers")
    assert open_table(str(file(text)))[1][0]["d_model"] == "12"
    turned = "# column Width: n_layers\n# column Layers: d_model\n" + text
    table, rows = open_table(str(file(turned)))
    assert (rows[0]["n_layers"], rows[0]["d_model"]) == ("12", "768")
    assert [row.verdict for row in audited(table, rows).rows] == ["agrees"] * 3
    swapped = PLAIN.replace("n_layers,d_model", "d_model,n_layers")
    rows = open_table(str(file("# column d_model: n_layers\n# column n_layers: d_model\n" + swapped)))[1]
    assert (rows[0]["n_layers"], rows[0]["d_model"]) == ("12", "768")


def test_a_line_that_begins_like_a_head_below_the_titles_is_no_remark(run, file):
    assert "line 2 begins with #" in refused(run, file(PLAIN.replace("small", "# small")))
    assert open_table(str(file(PLAIN.replace("small", '"# small"'))))[1][0]["model"] == "# small"


def test_tied_is_a_column_too(file):
    text = PLAIN.replace("n_ctx\n", "n_ctx,tied\n").replace("1024\n", "1024,no\n")
    counted = [row.published[0].counted for row in audited(*open_table(str(file(text)))).rows]
    assert counted == [count + 50257 * d_model for count, d_model in zip(COUNTS, (768, 1024, 1280), strict=True)]
    with pytest.raises(InputError, match=r"row 1, column tied: 'maybe' is not a switch; valid: true, false"):
        open_table(str(file(text.replace(",no", ",maybe", 1))))


def test_an_empty_cell_of_a_size_is_no_crash(run, file):
    done = run("audit", str(file(PLAIN.replace("24,1024", "24,"))))
    assert done.exit_code == 0
    assert "d_model" in done.stdout


def test_the_year_limits_the_vocabularies_whatever_the_file_is_called(file):
    """GPT-2's figures come from GPT-1's vocabulary, which nobody could know in 2017."""
    gpt2 = PLAIN.replace("124M", "117M").replace("355M", "345M").replace("774M", "762M")
    late = audited(*open_table(str(file(gpt2, "gpt2.csv"))))
    early = audited(*open_table(str(file("# year: 2017\n" + gpt2, "gpt2.csv"))))
    assert any(found.edit == {"n_vocab": 40478} for found in late.explanations)
    assert not any(found.edit == {"n_vocab": 40478} for found in early.explanations)
    assert late.table.name == "gpt2.csv"
    assert late.table.year == 9999


def test_a_row_has_the_figures_of_other_tables_only_if_its_head_says_so(run, file):
    own = PLAIN.replace("large", "gpt2-large")
    assert run("audit", str(file(own)), "--strict").exit_code == 0
    joined = run("audit", str(file("# row gpt2-large is gpt2-large\n" + own)), "--strict", "--json")
    assert joined.exit_code == 1
    row = json.loads(joined.stdout)["tables"][0]["rows"][2]
    assert [figure["printed"] for figure in row["published"]] == ["774M", "762M", "774M"]


def test_a_rounded_size_is_refused_and_can_be_stated(run, file):
    text = PLAIN.replace("50257", "50K", 1)
    assert "'50K' is rounded, and a count needs the exact size" in refused(run, file(text))
    stated = "# assume n_vocab of small = 50257: GPT-2's\n" + text
    assert run("audit", str(file(stated)), "--strict").exit_code == 0


def test_heads_and_their_width_in_one_cell_contradict_another(run, file):
    text = PLAIN.replace("n_ctx\n", "n_ctx,d_head\n").replace("1024\n", "1024,64\n").replace("768,12,", "768,12 x 32,")
    assert "another cell says d_head is 32" in refused(run, file(text))


def test_a_head_in_markdown_and_several_tables(run, file):
    head = "# Our models\n\n<!-- paramcount\n# assume n_ctx = 1024: the text\n-->\n"
    table = markdown(TITLES[:-1], [row[:-1] for row in ROWS])
    path = file(f"{head}\n| a | b |\n|--|--|\n| 1 | 2 |\n\n{table}\n{table.replace('36', '35')}", "README.md")
    names = [document["table"] for document in json.loads(run("audit", str(path), "--json").stdout)["tables"]]
    assert names == ["README:2", "README:3"]
    assert run("audit", f"{path}:2", "--strict").exit_code == 0
    assert run("audit", f"{path}:3", "--strict").exit_code == 1
    assert "3 tables in" in refused(run, f"{path}:9")
    assert "2 tables of sizes" in run("audit", str(path), "--guess").stderr


def test_a_file_without_a_table_of_sizes_is_refused(run, file):
    assert "no table found" in refused(run, file("# Only text\n", "README.md"))
    assert "it has no table of sizes" in refused(run, file("| a | b |\n|--|--|\n| 1 | 2 |\n", "README.md"))


@pytest.mark.parametrize(("package", "suffix"), [("pylatexenc", "tex"), ("lxml", "html"), ("markdown_it", "md")])
def test_a_missing_parser_is_one_line_with_the_command(run, file, monkeypatch, package, suffix):
    monkeypatch.setitem(__import__("sys").modules, package, None)
    monkeypatch.setitem(__import__("sys").modules, f"{package}.latexwalker", None)
    assert "pip install" in refused(run, file(FORMATS[suffix](TITLES, ROWS), f"own.{suffix}"))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("columns", [7, 6, 5])  # all; no context; no vocabulary either
def test_a_guess_is_read_as_it_says(run, file, suffix, columns):
    needs(suffix)
    path = file(FORMATS[suffix](TITLES[:columns], [row[:columns] for row in ROWS]), f"own.{suffix}")
    guess = run("audit", str(path), "--guess")
    assert guess.exit_code == 0, guess
    assert "3 of 3 rows agree" in guess.stdout
    for line in ("# family: gpt", "# column Hidden size: d_model", "# reading Params: total", "# assume tied = true"):
        assert line in guess.stdout
    again = run("audit", str(file(guess.stdout, "kept.csv")), "--strict", "--json")
    assert again.exit_code == 0, again
    assert [row["total"] for row in json.loads(again.stdout)["tables"][0]["rows"]] == COUNTS
    assert run("audit", str(file(guess.stdout, "kept.csv")), "--guess").stdout == guess.stdout


def test_a_guess_keeps_what_the_head_says_and_leaves_the_rest_to_be_read(run, file):
    text = "# family: bert\n# source: ours\nModel,L,H,A,Params,Note\nBERT,12,768,12,109M,=1+1\n"
    guess = run("audit", str(file(text)), "--guess").stdout
    assert guess.count("# family") == guess.count("# source") == 1
    assert "# ignore Note" in guess
    assert "'=1+1" in guess
    assert "# assume n_vocab = 30522" in guess
    assert run("audit", str(file(guess)), "--strict").exit_code == 0


def test_a_guess_of_rounded_sizes_names_each(run, file):
    text = "Model;Layers;Width;Heads;Vocab;Context;Params\na;12;768;12;50K;1K;124M\n"
    guess = run("audit", str(file(text)), "--guess").stdout
    assert "# assume n_vocab of a = 50257: a guess, printed as 50K" in guess
    assert "# assume n_ctx of a = 1024: a guess, printed as 1K" in guess
    assert run("audit", str(file(guess)), "--strict").exit_code == 0


def test_a_guess_is_a_csv_of_one_file(run, file):
    path = str(file(PLAIN))
    for arguments in (["gpt2"], [path, path], [path, "--json"], [path, "--strict"], []):
        done = run("audit", *arguments, "--guess")
        assert (done.exit_code, done.stdout) == (2, ""), arguments
    assert run("audit", path, "--guess", "-o", path.replace("own", "kept")).exit_code == 0
    assert run("audit", path.replace("own", "kept"), "--strict").exit_code == 0


@pytest.mark.thorough
def test_csv_of_several_tables_holds_them_all(run, file):
    rows = list(csv.DictReader(io.StringIO(run("audit", "--all", "--format", "csv").stdout)))
    document = json.loads(run("audit", "--all", "--json").stdout)
    assert {row["table"] for row in rows} == {table["table"] for table in document["tables"]}
    figures = [
        (table["table"], row["model"], figure["printed"])
        for table in document["tables"]
        for row in table["rows"]
        for figure in row["published"]
    ]
    assert [(row["table"], row["row"], row["printed"]) for row in rows if row["printed"]] == figures
    both = list(csv.DictReader(io.StringIO(run("audit", "gpt3", "training-costs", "--format", "csv").stdout)))
    assert {row["table"] for row in both} == {"gpt3", "training-costs"}
    assert all(row["row"] or row["table"] == "training-costs" for row in both)
    assert "table" not in run("audit", "gpt3", "--format", "csv").stdout.splitlines()[0].split(",")


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["md", "tex"])
def test_other_formats_hold_every_table(run, form):
    out = run("audit", "--all", "--format", form).stdout
    assert out.count("recomputed") >= 15


def test_a_hundred_thousand_rows_are_refused_with_the_limit(run, file):
    text = PLAIN + "".join(f"m{n},124M,12,768,12,50257,1024\n" for n in range(100_000))
    assert "more than 1,000 rows; valid: up to 1,000, the rest in another file" in refused(run, file(text))


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("x" * 1_000_001, "a.tex", "1,000,001 characters of latex; valid: up to 1,000,000"),
        ("x" * 2_000_001, "a.md", "2,000,001 characters of markdown; valid: up to 2,000,000"),
        ("| a |\n|--|\n| 1 |\n\n" * 51, "a.md", "51 tables; valid: up to 50"),
        ("".join(f"# ignore a{n}\n" for n in range(10_001)) + PLAIN, "a.csv", "10,001 lines; valid: up to 10,000"),
        (markdown(["Model", *(f"c{n}" for n in range(100))], [["1"] * 101]), "a.md", "101 columns; valid: up to 100"),
        (markdown(["Model", "Layers"], [["a", "1"]] * 1_001), "a.md", "more than 1,000 rows"),
        ("-" * 100_000 + "|x", "a", "column model is missing"),
        (PLAIN.replace("n_ctx", "*" * 100_000), "a.csv", "n_ctx is not stated"),
        (PLAIN.replace("768", "*" * 100_000 + "x"), "a.csv", "is not a size"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_a_parser_is_given_is_bounded(file, text, name, said):
    ran = command("audit", str(file(text, name)))  # within some seconds
    assert said in ran.stderr + ran.stdout


def test_a_table_without_counts_is_counted(run, file):
    text = PLAIN.replace("n_params_printed,", "").replace("124M,", "").replace("355M,", "").replace("774M,", "")
    out = run("audit", str(file(text))).stdout
    assert "124,439,808" in out
    assert out.count("nothing printed") == 3


def test_plain_csv_needs_no_parser_and_says_nothing(file):
    path = file(PLAIN)
    ran = command("audit", str(path), "--json")
    assert json.loads(ran.stdout)["tables"][0]["notes"] == []
