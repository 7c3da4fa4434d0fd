"""docs/from-budget-to-model.md: its config is the one that solve emits, and transformers builds that model."""

from pathlib import Path

import pytest

import paramcount

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "examples" / "from-budget"
PARAMS, TOKENS = 14_945_244_160, 732 * 10**9


def test_the_config_is_what_solve_emits(run, tmp_path):
    budget = ["--gpu", "h100-sxm", "--devices", "64", "--days", "30", "--mfu", "40%", "--law", "chinchilla-3"]
    emit = ["--like", "llama-3.1-8b", "--emit", "hf", "-o", str(tmp_path / "config.json")]
    ran = run("solve", *budget, *emit)
    assert ran.exit_code == 0
    assert (tmp_path / "config.json").read_text() == (FOLDER / "config.json").read_text()


def test_transformers_builds_a_model_of_that_many_parameters():
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    config = transformers.AutoConfig.from_pretrained(FOLDER)
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    assert model.num_parameters() == PARAMS == paramcount.load(FOLDER).total()


def test_the_budget_is_kept():
    """64 devices for 30 days at 40 % of 989.4 TFLOP/s are enough for 6·N·D, with little to spare."""
    budget = 64 * 30 * 86_400 * 0.4 * 989.4e12
    assert 0.99 < 6 * PARAMS * TOKENS / budget <= 1
    training = paramcount.train(paramcount.load(FOLDER), tokens=TOKENS, seq=8192, gpu="h100-sxm", devices=64, mfu="40%")
    assert 29.9 < training.days <= 30
    assert 1.06 < training.compute.exact / training.compute.six_nd < 1.08
