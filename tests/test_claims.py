"""docs/claims.md: each verdict recomputed in plain arithmetic, and each claim backed by something that is executed."""

import re
from pathlib import Path

import pytest

import paramcount
from paramcount.papers.claim import claim
from paramcount.papers.tables import read

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "claims.md").read_text(encoding="utf-8")
CLAIMS = re.findall(r"^\| \[(.+?)\]\(#(.+?)\) \| (.+?) \|$", PAGE, re.MULTILINE)
CONSTANT = {row["name"]: float(row["value"]) for row in read("claim_constants.csv")}
YEAR = 365.25 * 86_400


def sections():
    """The sections of the page, by the anchors of their titles."""
    found = {}
    for part in PAGE.split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        found["".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")] = text
    return found


@pytest.mark.parametrize(("words", "anchor", "verdict"), CLAIMS)
def test_every_claim_has_its_section_with_something_that_is_executed(words, anchor, verdict):
    assert re.search(r"^(\$ paramcount|>>> )", sections()[anchor], re.MULTILINE)


def test_the_list_is_whole():
    assert len(CLAIMS) == len(sections()) == 9


def test_constants_have_a_source():
    assert all(row["source"] for row in read("claim_constants.csv"))


def test_355_years_and_4_6_million_dollars():
    seconds = 3.14e23 / (CONSTANT["lambda_v100_tflops"] * 1e12)
    assert f"{seconds / YEAR:.2f}" == "355.36"
    assert round(seconds / 3600 * CONSTANT["lambda_v100_price"]) == 4_672_619
    assert "355.36" in PAGE
    assert "4,672,619" in PAGE
    palm = 6 * 174_604_259_328 * 300e9 / (0.462 * 312e12) / 3600 * 2
    assert 0.25 < palm / 4_672_619 < 0.27  # a quarter


def test_3_14e23_and_3640_pf_days():
    flops = 6 * (96 * (12 * 12288**2 + 13 * 12288) + (50257 + 2048 + 2) * 12288) * 300 * 10**9
    assert (f"{flops:.4e}", f"{flops:.2e}") == ("3.1429e+23", "3.14e+23")
    assert (f"{flops / 8.64e19:,.1f}", f"{flops / 8.64e19:.2e}") == ("3,637.6", "3.64e+03")
    exact = paramcount.train("gpt3-175b", tokens="300B").compute.exact
    assert 1.013 < exact / flops < 1.015


def years(flops):
    return flops / (CONSTANT["billion_operations"] * 1e12) / YEAR


def printed(row):
    """The most FLOPs that a row states or implies: as printed, from its PF-days, or 6·N·D."""
    sizes = [row["n_params_active_printed"] or row["n_params_printed"], row["n_tokens_printed"].rstrip("+")]
    found = [float(row["train_flops_printed"] or 0), float(row["pf_days_printed"].replace(",", "") or 0) * 8.64e19]
    try:
        params, tokens = (claim(size).nominal for size in sizes)
    except ValueError:
        return max(found)
    return max(*found, 6.0 * params * tokens)


def test_a_hundred_million_years():
    assert f"{years(3.14e23) / 1e6:.2f}" == "9.95"
    assert f"{CONSTANT['claimed_computing_years'] * YEAR * 1e9:.3e}" == "3.156e+24"
    beyond = {row["model"] for row in read("training_costs.csv") if years(printed(row)) > 1e8}
    assert beyond == {
        "Falcon-180B", "Nemotron-4 340B", "Llama 3 70B", "Llama 3.1 70B", "Llama 3.1 405B", "Llama 3.3 70B",
        "Llama 4 Scout", "DeepSeek-V3 (pre-training)", "DeepSeek-V3 (all stages)",
    }  # fmt: skip  # all but the first are of 2024 and later
    assert years(6 * 540_356_474_880 * 780e9) == pytest.approx(80.1e6, rel=1e-3)
    assert years(3.8e25) > 10 * 1e8


def test_2600_years_of_reading():
    words = 300e9 * CONSTANT["words_per_token"]
    assert round(words / CONSTANT["words_per_minute"] / (YEAR / 60)) == 1797
    assert f"{words / CONSTANT['claimed_reading_years'] / (YEAR / 60):.1f}" == "164.5"
    assert CONSTANT["words_per_minute_aloud"] == 183 > 164.5


def test_1_8_billion_a_layer():
    assert 12 * 12288**2 + 13 * 12288 == 1_812_099_072
    assert "1,812,099,072 parameters" in sections()["18b-per-layer"]


def test_100_times_gpt2():
    sizes = {name: paramcount.load(name).total() for name in ("gpt2-small", "gpt2-xl", "gpt3-175b")}
    assert round(sizes["gpt3-175b"] / sizes["gpt2-xl"]) == 112
    assert round(sizes["gpt3-175b"] / sizes["gpt2-small"]) == 1403


def test_webtext2():
    assert (CONSTANT["webtext2_gb"], CONSTANT["webtext_gb"]) == (96, 40)
    assert (CONSTANT["webtext2_documents"], CONSTANT["webtext_documents"]) == (20.3e6, 8e6)
    assert f"{96 / 40:.1f} {20.3 / 8:.1f}" == "2.4 2.5"
    assert "(2.4, 2.5)" in sections()["webtext2-ten-times-webtext"]
    assert next(row for row in read("gpt3_brown2020_table2_2.csv") if row["dataset"] == "WebText2")[
        "n_tokens_printed"
    ] == "19B"  # fmt: skip


def test_gpt3_quality_for_450_thousand_dollars():
    row = next(row for row in read("training_costs.csv") if row["model"].startswith("Mosaic GPT 30B"))
    assert [row[f"{column}_printed"] for column in ("n_params", "n_tokens", "cost_usd", "price_usd_per_hour")] == [
        "30B", "610B", "$450K", "$2",
    ]  # fmt: skip
    flops = 6 * 30e9 * 610e9
    assert f"{3.14e23 / flops:.2f}" == "2.86"
    assert round(100 * flops / (450_000 / 2 * 3600 * 312e12)) == 43


def test_attention_and_n_squared():
    """Two products of n(n + 1)/2 pairs as wide as the model, against 12·d_model² weights per layer and the head."""
    width, layers = 12288, 96
    weights = 12 * width**2 * layers + 50257 * width

    def share(n):
        pairs = 2 * width * layers * (n + 1) / 2
        return pairs / (pairs + weights), pairs + weights

    assert f"{share(2048)[0]:.1%}" == "1.4%"
    assert share(147_979)[0] == pytest.approx(0.5, abs=1e-5)
    assert f"{share(4096)[1] / share(2048)[1] - 1:.1%}" == "1.4%"
