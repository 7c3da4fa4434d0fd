"""Finding models: names as people write them, and the catalog's list, which builds no model."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from paramcount.catalog.called import squeezed
from paramcount.catalog.listing import listed
from paramcount.catalog.names import UnknownModelError, aliases_of, find, is_model, names, suggested

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    ("written", "model"),
    [
        ("gpt-3", "gpt3-175b"),
        ("GPT-3 XL", "gpt3-xl"),
        ("gpt3xl", "gpt3-xl"),
        ("qwen3 8b", "qwen3-8b"),
        ("Qwen-3 8B", "qwen3-8b"),
        ("gemma3-1b", "gemma-3-1b"),
        ("llama 3.1 8b", "llama-3.1-8b"),
        ("mistral7b", "mistral-7b"),
    ],
)
def test_names_are_understood_as_people_write_them(written, model):
    assert find(written).name == model


@pytest.mark.parametrize(
    ("written", "first"),
    [
        ("llama3", "llama-3-8b"),
        ("llama2", "llama-2-7b"),
        ("qwen", "qwen-7b"),
        ("gpt3-xxl", "gpt3-xl"),
        ("llama 70b", "llama-2-70b"),
        ("175b", "opt-175b"),
        ("gptneox", "gpt-neox"),
        ("Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("qwen2.5-7b-instruct", "qwen2.5-7b"),
        ("mistrall-7b", "mistral-7b"),
        ("lama-3-8b", "llama-3-8b"),
        ("gtp3-xl", "gpt3-xl"),
    ],
)
def test_where_several_may_be_meant_the_likeliest_is_suggested_first(written, first):
    with pytest.raises(UnknownModelError, match=f"did you mean {first}"):
        find(written)


@pytest.mark.parametrize("written", ["kimi", "nonsense", "k2", "-", "???"])
def test_what_is_like_no_name_gets_no_suggestion(written):
    with pytest.raises(UnknownModelError, match="`paramcount models` lists the models"):
        find(written)


@pytest.mark.thorough
@pytest.mark.parametrize("written", ["{}-instruct", "{} chat", "x{}", "{}-v2"])
def test_a_name_with_something_added_still_leads_to_its_model(written):
    for name in names():
        assert is_model(written.format(name)) or name in suggested(written.format(name)).split(", ")


@pytest.mark.parametrize(("family", "model"), [("bert", "bert-base"), ("mistral", "mistral-7b"), ("gptj", "gpt-j-6b")])
def test_a_family_without_sizes_names_its_models(run, family, model):
    ran = run(family)
    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
    assert f"one of its models, e.g. {model}," in ran.stderr
    assert "--set n_layers=…" in ran.stderr


@pytest.mark.parametrize("written", ["llama-38b", "qwen38b", "gpt-35", "gpt3-175", "llama-3-18b", "qwen2-57b"])
def test_another_number_is_another_model(written):
    """A sign between digits counts: llama-38b is not llama-3-8b, nor qwen2-57b qwen2.5-7b."""
    with pytest.raises(UnknownModelError):
        find(written)


def test_every_name_squeezed_means_its_own_model_alone():
    known = {name: name for name in names()} | {alias: name for name in names() for alias in aliases_of(name)}
    meanings = {}
    for name, model in known.items():
        meanings.setdefault(squeezed(name), set()).add(model)
    assert all(len(models) == 1 for models in meanings.values())
    for name, model in known.items():
        assert find(name.replace("-", " ").upper()).name == model


def test_the_listed_counts_are_those_of_the_models():
    spec = importlib.util.spec_from_file_location("model_counts", ROOT / "scripts" / "model_counts.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert (ROOT / "tables" / "model_counts.csv").read_text(encoding="utf-8") == script.written()
    assert [one.model for one in listed()] == names()


def test_listing_models_builds_none():
    """No lineage is imported, nor the module that builds models."""
    code = "import sys\nfrom paramcount.cli import main\ntry: main(['models', 'qwen'])\nexcept SystemExit: pass\n"
    done = subprocess.run(
        [sys.executable, "-c", code + "print(*sys.modules, file=sys.stderr)"], capture_output=True, text=True
    )
    assert "qwen3-8b" in done.stdout
    lineages = {path.stem for path in (ROOT / "paramcount" / "models").glob("*coders/*.py")} - {"__init__"}
    built = {
        f"paramcount.models.{folder}.{one}"
        for one in lineages
        for folder in ("decoders", "encoders", "encoder_decoders")
    }
    assert lineages
    assert not built & set(done.stderr.split())


def models(run, *arguments):
    ran = run("models", *arguments, "--json")
    return ran.exit_code, [(one["model"], one["total"]) for one in json.loads(ran.stdout)["models"]]


def test_models_takes_words_a_family_and_bounds(run):
    code, found = models(run, "qwen3")
    assert code == 0
    assert ("qwen3-8b", 8_190_735_360) in found
    assert all("qwen3" in name for name, _ in found)
    assert models(run, "gemma 3")[1] == models(run, "gemma3")[1] == models(run, "gemma", "3-")[1]
    _, between = models(run, "--min", "1B", "--max", "10B")
    assert between == [(one.model, one.total) for one in listed() if 10**9 <= one.total <= 10**10]
    _, llamas = models(run, "--family", "llama", "--max", "2b")
    assert llamas == [(one.model, one.total) for one in listed() if one.family == "llama" and one.total <= 2 * 10**9]
    assert llamas


def test_a_line_a_model_with_its_count_and_source(run):
    lines = run("models", "gpt3-6.7b").stdout.splitlines()
    assert lines[1].startswith("gpt3-6.7b  6,658,404,352  arXiv:2005.14165v4, Table 2.1")
    assert len(lines) == 2


def test_no_model_is_exit_1_and_says_what_is_near(run):
    ran = run("models", "qven3")
    assert ran.exit_code == 1
    assert "did you mean qwen3-" in ran.stderr
    assert ran.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--family", "lama"], "did you mean llama"),
        (["--min", "2B", "--max", "1B"], "valid: a --max of 2,000,000,000 or more"),
        (["--min", "x"], "--min x: not a positive whole number"),
    ],
)
def test_a_wrong_filter_is_one_line(run, arguments, said):
    ran = run("models", *arguments)
    assert ran.exit_code == 2
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        "flops llama-3.1-8b --seq 4k",
        "flops llama-3.1-8b --seq 8192 --cached 4k",
        "flops t5-large --seq 128 --source 4K",
        "flops gpt3-xl --train --tokens 4k",
        "cache llama-3.1-8b --seq 4k",
        "memory llama-3.1-8b --seq 4k",
        "train gpt3-xl --tokens 1B --seq 4k",
        "train gpt3-xl --tokens 4k",
        "scaling --tokens 4k",
        "solve --memory 80GB --seq 4k",
        "solve --params 7B --n-ctx 4k",
        "gpt3-xl --set n_ctx=4k",
        "compare gpt3-xl gpt3-xl:n_ctx=4k",
        "llama-3.1-8b --set max_position_embeddings=4k",
    ],
)
def test_4k_is_refused_with_its_two_readings_wherever_tokens_are_counted(run, arguments):
    ran = run(*arguments.split())
    assert ran.exit_code == 2
    assert "4000 or 4096" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_units_are_read_in_any_case(run):
    for small, large in (("7b", "7B"), ("100t", "100T"), ("350m", "350M")):
        asked = ("solve", "--top", "1", "--params")
        assert run(*asked, small).stdout == run(*asked, large).stdout
    assert models(run, "--min", "7b", "--max", "1t") == models(run, "--min", "7B", "--max", "1T")
    assert run("scaling", "--params", "175b").stdout == run("scaling", "--params", "175B").stdout
