"""The findings of the audit: each with a name of its own, rows that exist, and numbers that add up."""

import re
from pathlib import Path

import pytest

from paramcount.auditing.table import audit
from paramcount.catalog.families import FAMILIES
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


# What each finding by hand comes to: printed, less what the row counts to.
MORE = {
    "stablelm-alpha-3b": ("stablelm", "base-alpha-3b", 3 * (6 * 16 + 2) * 4096),
    "stablelm-alpha-7b": ("stablelm", "base-alpha-7b", (6 * 16 + 2) * 6144),
    "polyglot-ko-12.8b": ("polyglot-ko", "polyglot-ko-12.8b", 2 * (30_208 - 30_003) * 5120 + 3 * (6 * 40 + 2) * 5120),
    "gpt-j-shards": ("gpt-j", "GPT-J 6B", (7 * (3 * 28 + 2) + 8) * 4096),
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


def test_tests_read_nothing_outside_the_project():
    outside = re.compile(r"parent\.parent\.parent|ROOT\.parent|\.\./shared")
    for path in TESTS.glob("*.py"):
        if path != Path(__file__):
            assert not outside.search(path.read_text(encoding="utf-8")), path.name


def test_every_table_says_where_its_cells_stand():
    for table in tables().values():
        head = Path(folder(), Path(table.path).name).read_text(encoding="utf-8")
        assert "# source: " in head
