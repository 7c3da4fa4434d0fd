"""The findings of the audit: unique names, rows that exist, and numbers that add up."""

import re
from pathlib import Path

import pytest

from paramcount.auditing.table import audit
from paramcount.catalog.families import FAMILIES, family_named
from paramcount.papers.tables import folder, read, tables
from paramcount.report.findings import KINDS, findings

TESTS = Path(__file__).resolve().parent
ROWS = read("findings.csv")


@pytest.fixture(scope="module")
def audits():
    return {name: audit(tables()[name]) for name in dict.fromkeys(row["table"] for row in ROWS)}


def row_of(audits, table, label):
    return next(row for row in audits[table].rows if row.label == label)


def test_names_are_their_own_and_fit_an_anchor():
    names = [row["id"] for row in ROWS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name) for name in names)


def test_kinds_and_states_are_known():
    assert {row["kind"] for row in ROWS} == set(KINDS)
    assert {row["status"] for row in ROWS} == {"stands", "by hand", "withdrawn"}
    assert all((row["kind"] == "withdrawn") == (row["status"] == "withdrawn") for row in ROWS)
    assert all(row["why"] for row in ROWS if row["status"] == "withdrawn")
    assert all(re.fullmatch(r"\d+\.\d+\.\d+, \d{4}-\d\d", row["since"]) for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_its_rows_stand_in_its_table(audits, row):
    result = audits[row["table"]]
    labels = {one.label for one in result.rows} | {related.row for related in result.relations}
    assert set(filter(None, row["row"].split("; "))) <= labels


def test_what_the_program_finds_is_given_its_bits(audits):
    text = "\n".join(str(part) for part in findings(audits.values()).parts)
    found = re.findall(r'<a id="([^"]+)"></a>.*?(?:, (-?\d+\.\d) bits)?, since', text)
    with_bits = {name for name, bits in found if bits}
    assert {"gpt2-vocabulary", "gpt3-xl-heads", "gpt3-13b-width"} <= with_bits
    assert len(found) == len(ROWS)


# What each finding by hand comes to: printed less counted.
MORE = {
    "stablelm-alpha-3b": ("stablelm", "base-alpha-3b", 3 * (6 * 16 + 2) * 4096),
    "stablelm-alpha-7b": ("stablelm", "base-alpha-7b", (6 * 16 + 2) * 6144),
    "polyglot-ko-12.8b": ("polyglot-ko", "polyglot-ko-12.8b", 2 * (30_208 - 30_003) * 5120 + 3 * (6 * 40 + 2) * 5120),
    "gpt-j-shards": ("gpt-j", "GPT-J 6B", (7 * (3 * 28 + 2) + 8) * 4096),
    "stablelm-2-12b": ("stablelm-cards", "Stable LM 2 12B", 82 * 5120),
    "stablelm-2-norms": ("stablelm-2", "Stable LM 2 1.6B", -48 * 2048),
}


@pytest.mark.parametrize("name", MORE)
def test_exact_counts_are_what_the_finding_says(audits, name):
    table, label, more = MORE[name]
    (judged,) = row_of(audits, table, label).published
    assert judged.figure.claim.nominal - judged.counted == more


def test_coarse_counts_are_what_the_finding_says(audits):
    (t5,) = row_of(audits, "transformers-t5", "t5-large").published
    assert t5.counted == 737_668_096
    assert 770_000_000 <= t5.counted + 32_128 * 1024 == 770_567_168 < 771_000_000
    counted = {row.label: row.published[0].counted for row in audits["transformers-bert"].rows}
    finding = next(row for row in ROWS if row["id"] == "transformers-bert-110m")
    millions = sorted(round(counted[label] / 1e6) for label in finding["row"].split("; "))
    assert (millions[0], millions[-1]) == (89, 178)
    glam = row_of(audits, "glam", "1.7B/32E").published[0]
    assert round(glam.counted / 1e9, 1) == 14.4
    assert round((glam.counted - (256_000 - 32_000) * 2048) / 1e9, 1) == 14.0
    (base,) = [row for row in audits["transformers-roberta"].rows if row.label == "xlm-roberta-base"]
    assert round(base.published[0].counted / 1e6) == 278
    roberta = FAMILIES["roberta"]
    large = {"n_layers": 24, "d_model": 1024, "n_heads": 16, "n_vocab": 250_002, "n_ctx": 512, "n_segments": 1}
    assert round(roberta.build(**roberta.settle(large)).total() / 1e6) == 560


# A shared table counted three times, 50,000 sinusoids: with these the count matches the figure.
BESIDES = {
    ("paddlenlp-bart", "bart-base"): 2 * 50_265 * 768,
    ("paddlenlp-bart", "mbart-large-50-one-to-many-mmt"): 2 * 250_054 * 1024,
    ("paddlenlp-bart", "mbart-large-50-many-to-one-mmt"): 2 * 250_054 * 1024,
    ("paddlenlp-bart", "mbart-large-50-many-to-many-mmt"): 2 * 250_054 * 1024,
    ("paddlenlp-t5", "t5-small"): 2 * 32_128 * 512,
    ("paddlenlp-t5", "t5-base"): 2 * 32_128 * 768,
    ("paddlenlp-t5", "t5-large"): 2 * 32_128 * 1024,
    ("v-moe", "ViT-S/32"): 0,
    ("v-moe", "ViT-H/14"): 0,
}


@pytest.mark.parametrize(("table", "label"), BESIDES)
def test_with_what_was_counted_besides_the_figure_is_met(audits, table, label):
    (judged,) = row_of(audits, table, label).published
    assert judged.figure.claim.admits(judged.counted + BESIDES[table, label])


def test_sinusoids_are_in_the_count_of_ctrl(audits):
    (judged,) = row_of(audits, "paddlenlp-others", "ctrl").published
    assert judged.counted == 1_637_964_550
    assert judged.figure.claim.nominal == (judged.counted + 50_000 * 1280) // 10**6 * 10**6


def test_all_of_v_moe_needs_the_hidden_layer_of_its_head(audits):
    for row in audits["v-moe"].rows:
        (judged,) = row.published
        width = row.spec.sizes["d_model"]
        assert row.spec.sizes["n_classes"] == 18_291 + width
        assert judged.figure.claim.admits(judged.counted)
        assert not judged.figure.claim.admits(judged.counted - width * (width + 1))


def test_one_vocabulary_meets_eight_of_the_transformers_figures(audits):
    spans = {}
    for row in audits["transformer"].rows:
        (judged,) = row.published
        claim, width = judged.figure.claim, row.spec.sizes["d_model"]
        spans[row.label] = [37_000 + (edge - judged.counted) / width for edge in (claim.low, claim.high)]
    big = spans.pop("big")
    assert (int(big[0]) + 1, int(big[1])) == (35_294, 36_270)
    assert (int(max(low for low, _ in spans.values())) + 1, int(min(high for _, high in spans.values()))) == (
        40_930,
        41_158,
    )


@pytest.mark.parametrize(
    ("family", "sizes", "printed"),
    [
        ("ElectraModel", {"n_layers": 12, "d_model": 256, "n_heads": 4, "d_ff": 1024, "n_vocab": 30_522}, 14),
        ("ElectraModel", {"n_layers": 12, "d_model": 256, "n_heads": 4, "d_ff": 1024, "n_vocab": 21_128}, 12),
        ("ConvBertModel", {"n_layers": 12, "d_model": 256, "n_heads": 4, "d_ff": 1024, "n_vocab": 30_522}, 13),
    ],
)
def test_the_width_of_small_models_is_256(family, sizes, printed):
    design = family_named(family)
    full = {**sizes, "d_embedding": 128, "n_ctx": 512, "n_segments": 2}
    assert abs(design.build(**design.settle(full)).total() / 1e6 - printed) < 0.6


def test_half_of_gemmas_feed_forward_meets_every_digit(audits):
    for name in ("gemma", "gemma-2"):
        for row in audits[name].rows:
            half = row.spec.sizes["d_ff"] // 2
            best = row.explanations[0]
            assert best.edit == {"d_ff": half}
            assert best.bits > 10


def test_qwen2_5_32b_is_printed_with_another_feed_forward():
    design = family_named("qwen2")
    sizes = {"n_layers": 64, "d_model": 5120, "n_heads": 40, "n_kv_heads": 8, "n_vocab": 152_064}
    for d_ff, total, body in ((27_392, 32.5, 31.0), (27_648, 32.8, 31.2)):
        count = design.build(**design.settle({**sizes, "d_ff": d_ff})).total()
        assert (round(count / 1e9, 1), round((count - 2 * 152_064 * 5120) / 1e9, 1)) == (total, body)


def test_tests_read_nothing_outside_the_project():
    outside = re.compile(r"parent\.parent\.parent|ROOT\.parent|\.\./shared")
    for path in TESTS.glob("*.py"):
        if path != Path(__file__):
            assert not outside.search(path.read_text(encoding="utf-8")), path.name


def test_every_table_says_where_its_cells_stand():
    for table in tables().values():
        head = Path(folder(), Path(table.path).name).read_text(encoding="utf-8")
        assert "# source: " in head
