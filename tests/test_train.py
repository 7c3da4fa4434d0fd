"""`paramcount train`: against figures in papers and cards, against its own inverse, and bad input."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paramcount
from paramcount.costs.accelerators import accelerators
from paramcount.costs.training import train
from paramcount.costs.training.published import device, runs, utilisation, utilisations
from paramcount.errors import InputError
from paramcount.papers.tables import read

GPT3 = "gpt3-175b"


def taking(hours, **options):
    """A run of this many device-hours, with FLOPs at 1 TFLOP/s."""
    return train(None, flops=hours * 3_600 * 10**12, tflops=1, **options)


def test_gpt3_under_both_conventions():
    run = paramcount.train(GPT3, tokens="300B")
    assert run.compute.six_nd == 6 * 174_604_259_328 * 300 * 10**9
    assert f"{run.compute.exact:.4e}" == "3.1857e+23"  # as in docs/costs.md
    assert round(float(run.pf_days), 1) == 3637.6
    assert (run.device_hours, run.days, run.mfu, run.energy_mwh, run.co2_t, run.cost_usd) == (None,) * 6


def test_the_exact_figure_is_three_forward_passes_over_the_tokens(run):
    forward = json.loads(run("flops", "llama-3.1-8b", "--seq", "8192", "--json").stdout)["total"]
    found = paramcount.train("llama-3.1-8b", tokens=8192 * 1000, seq=8192, exactly=True, tflops=1)
    assert found.compute.flops == found.compute.exact == 3000 * forward
    assert found.device_hours == Fraction(3000 * forward, 3_600 * 10**12)


def test_a_mixture_counts_what_a_token_meets():
    run = paramcount.train("mixtral-8x7b", tokens=1)
    assert (run.compute.six_nd, run.compute.reading) == (6 * 12_879_925_248, "active")


def test_where_operations_are_not_stated_6nd_answers_and_the_reason_is_said(run, tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "blt"}')
    ran = run("train", str(tmp_path), "--tokens", "1B")
    assert ran.exit_code == 0
    assert "no exact FLOPs: the operations of blt can't be counted exactly" in ran.stdout
    document = json.loads(run("train", str(tmp_path), "--tokens", "1B", "--json").stdout)
    assert document["flops"] == {"6nd": 6 * document["inputs"]["params"] * 10**9, "exact": None, "given": None}
    assert document["why_not_exact"].startswith("the operations of blt can't be counted exactly")
    refused = run("train", str(tmp_path), "--tokens", "1B", "--exact")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)


def test_the_length_of_the_exact_figure_is_said_and_whose_it_is(run):
    own = run("train", "gpt3-xl", "--tokens", "1B").stdout
    assert "for sequences of 2,048 tokens.\nAttention is counted as full in every layer" in own
    assert (
        "for sequences of 2,048 tokens, its type's default; --seq sets another"
        in run("train", "llama-3.1-8b", "--tokens", "1B").stdout
    )
    assert "default of its type" not in run("train", "llama-3.1-8b", "--tokens", "1B", "--seq", "8192").stdout
    assert (
        "no exact FLOPs: its context length is not known; add --seq"
        in run("train", "mixtral-8x7b", "--tokens", "1B").stdout
    )


def test_conventions_that_lie_far_apart_are_said(run):
    """At twenty times its usual context attention outweighs the weights of GPT-2 small."""
    far = run("train", "gpt2-small", "--tokens", "1B", "--seq", "20480").stdout
    assert "times 6·N·D; --exact bases time and money on them." in far
    assert "times 6·N·D" not in run("train", "gpt3-175b", "--tokens", "1B").stdout


@pytest.mark.parametrize("name", ["t5-large", "bart-base"])
def test_an_encoder_decoder_has_no_exact_figure_without_a_word_on_its_source(run, name):
    document = json.loads(run("train", name, "--tokens", "1B", "--seq", "512", "--json").stdout)
    assert document["flops"]["exact"] is None
    assert "source" in document["why_not_exact"]
    assert "--source" not in document["why_not_exact"]


def test_lambdas_estimate_of_gpt3():
    """Lambda 2020: 355 years and $4.6M on one V100, at 28 TFLOP/s and $1.50."""
    run = train(None, flops="3.14e23", gpu="v100", tflops=28, price="1.50", devices=1)
    assert round(float(run.device_years), 1) == 355.4
    assert round(run.cost_usd) == 4_672_619
    assert run.mfu == Fraction(28, 125)


def test_patterson_2021_table_4():
    """GPT-3: 3.14e23 at 24.6 TFLOP/s on 10,000 V100 of 330 W, PUE 1.10, 0.429 kg/kWh: 14.8 days, 1,287 MWh, 552.1 t."""
    run = train(None, flops="3.14e23", gpu="v100", tflops=24.6, devices=10_000, power=330, pue="1.10", carbon=0.429)
    assert (round(float(run.days), 1), round(run.energy_mwh), round(float(run.co2_t), 1)) == (14.8, 1287, 552.1)


def test_narayanan_2021_sec_5_1():
    """GPT-3 in 34 days on 1,024 A100: its 140 TFLOP/s include recomputation, 8·N·D instead of 6·N·D."""
    run = paramcount.train(GPT3, tokens="300B", gpu="a100-80gb", devices=1024, days=34)
    assert run.unknown == "mfu"
    assert float(run.achieved * 8 / 6) == pytest.approx(140e12, rel=0.01)


@pytest.mark.parametrize(
    ("hours", "watts", "mwh"),
    [(82_432, 400, 36), (135_168, 400, 59), (530_432, 400, 233), (1_022_362, 400, 450)],  # the last is printed as 449
)
def test_llama_1_table_15(hours, watts, mwh):
    assert round(taking(hours, power=watts, pue="1.1").energy_mwh) == mwh


@pytest.mark.parametrize(("hours", "tonnes"), [(1_460_000, 420), (7_000_000, 2_040), (30_840_000, 8_930)])
def test_llama_3_1s_card_is_one_intensity_of_the_grid(hours, tonnes):
    """The card prints 700 W and tonnes to two or three digits; 0.414 kg/kWh gives all three."""
    assert taking(hours, gpu="h100-sxm", carbon="0.414").co2_t == pytest.approx(tonnes, rel=0.01)


@pytest.mark.parametrize(("hours", "dollars"), [("2664000", 5_328_000), ("2788000", 5_576_000)])
def test_deepseek_v3_table_1(hours, dollars):
    assert taking(int(hours), price=2).cost_usd == dollars


def test_steps_and_a_batch_are_tokens():
    by_steps = paramcount.train("gpt2-xl", steps="100K", batch_tokens="0.5M")
    assert by_steps == paramcount.train("gpt2-xl", tokens="50B")


@given(st.integers(10**15, 10**26), st.integers(1, 10**5), st.fractions(Fraction(1, 100), 1), st.fractions(1, 1000))
def test_any_two_of_days_devices_and_mfu_give_the_third(flops, devices, mfu, limit):
    by_devices = train(None, flops=flops, gpu="a100-80gb", devices=devices, mfu=mfu)
    assert by_devices.days * devices * 86_400 * mfu * 312 * 10**12 == flops
    back = train(None, flops=flops, gpu="a100-80gb", devices=devices, days=by_devices.days)
    assert (back.mfu, back.unknown) == (mfu, "mfu")
    by_days = train(None, flops=flops, gpu="a100-80gb", days=limit, mfu=mfu)
    assert by_days.days <= limit
    assert by_days.devices == 1 or by_days.device_hours / (24 * (by_days.devices - 1)) > limit


@given(st.integers(10**15, 10**26), st.integers(1, 10**5), st.integers(1, 2**20))
def test_time_energy_and_money_are_in_proportion(flops, devices, times):
    options = {"gpu": "h100-sxm", "devices": devices, "mfu": "40%", "price": 2, "carbon": "0.4", "pue": "1.1"}
    one, many = train(None, flops=flops, **options), train(None, flops=flops * times, **options)
    for quantity in ("pf_days", "device_hours", "device_years", "days", "energy_mwh", "co2_t", "cost_usd"):
        assert getattr(many, quantity) == times * getattr(one, quantity)


def test_a_published_utilisation_is_within_the_digits_of_its_row():
    run = utilisation("llama-2-70b")
    at_peak = 1_720_320 * 3_600 * 312 * 10**12
    assert run.nominal == Fraction(6 * 70 * 10**9 * 2 * 10**12, at_peak)
    assert (run.low, run.high) == (
        Fraction(6 * 695 * 10**8 * 195 * 10**10, at_peak),
        Fraction(6 * 705 * 10**8 * 205 * 10**10, at_peak),
    )
    assert (utilisation("PaLM 540B").nominal, utilisation("palm-540b").how) == (Fraction("0.462"), "MFU as printed")


def test_a_band_is_the_answer_at_both_ends():
    run = paramcount.train("llama-2-70b", tokens="2T", gpu="h100-sxm", like="llama-2-70b", days=30)
    best, worst = run.band()
    assert best.mfu > run.mfu > worst.mfu
    assert best.devices <= run.devices <= worst.devices
    assert max(best.days, run.days, worst.days) <= 30
    at_best = paramcount.train("llama-2-70b", tokens="2T", gpu="h100-sxm", mfu=run.like.high, days=30)
    assert (at_best.devices, at_best.days) == (best.devices, best.days)


def test_a_share_of_6nd_beside_exact_flops_is_said(run):
    said = "Its utilisation is of 6·N·D but the FLOPs here are exact"
    arguments = ["train", "gpt3-xl", "--tokens", "1B", "--gpu", "v100", "--like"]
    assert said in run(*arguments, "llama-2-70b", "--exact").stdout
    assert said not in run(*arguments, "llama-2-70b").stdout
    assert said not in run(*arguments, "palm-540b", "--exact").stdout


def test_the_largest_figures_are_shown(run):
    large = ["--tflops", "1e-36", "--price", "1e36", "--power", "1e36", "--pue", "1e36", "--carbon", "1e36"]
    ran = run("train", "gpt3-xl", "--set", "d_model=1e30", "--set", "d_head=1", "--tokens", "1000", "--exact", *large)
    assert (ran.exit_code, ran.stderr) == (0, "")


def test_a_model_that_transformers_counted_has_6nd(run, tmp_path):
    pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text('{"model_type": "moonshine"}')
    document = json.loads(run("train", str(tmp_path), "--tokens", "1000", "--json").stdout)
    assert document["flops"]["6nd"] == 6000 * document["inputs"]["params"]
    assert "counted by transformers" in document["why_not_exact"]


def test_every_published_utilisation_is_a_share_of_a_known_peak():
    found = utilisations()
    assert len(found) > 60
    assert all(0 < run.low <= run.nominal <= run.high <= 1 for run in found.values())


def test_printed_names_of_devices_lead_to_the_table():
    known = accelerators()
    named = {row["printed"]: row["device"] for row in read("accelerator_names.csv")}
    assert set(named.values()) <= known.keys()
    assert not {printed.lower() for printed in named} & known.keys()
    printed = {row["accelerator"] for row in read("training_costs.csv")} - {""}
    assert {name for name in printed if device(name) is None} == {"TPU v3/v4", "TPU v3-256"}


def test_the_json_contract(run):
    ran = run("train", GPT3, "--tokens", "300B", "--gpu", "v100", "--tflops", "28", "--devices", "1024",
              "--price", "1.5", "--pue", "1.1", "--carbon", "0.4", "--json")  # fmt: skip
    document = json.loads(ran.stdout)
    assert list(document) == [
        "schema", "model", "flops", "pf_days", "device_hours", "device_years", "days", "energy_mwh", "co2_t",
        "cost_usd", "devices", "mfu", "tflops", "unknown", "band", "inputs", "formulas", "why_not_exact",
    ]  # fmt: skip
    hours = 6 * 174_604_259_328 * 300 * 10**9 / (28e12 * 3600)
    assert document["device_hours"] == pytest.approx(hours)
    assert document["device_years"] == pytest.approx(hours / 24 / 365.25)
    assert document["days"] == pytest.approx(hours / 24 / 1024)
    assert document["energy_mwh"] == pytest.approx(hours * 300 * 1.1 / 1e6)
    assert document["co2_t"] == pytest.approx(hours * 300 * 1.1 / 1e6 * 0.4)
    assert document["cost_usd"] == pytest.approx(hours * 1.5)
    assert document["inputs"]["tokens"] == 300 * 10**9
    assert document["inputs"]["power_w"] == 300


def test_models_and_devices_make_columns(run):
    ran = run(
        "train", "gpt3-xl", "gpt3-175b", "--tokens", "300B", "--gpu", "v100", "--gpu", "a100-80gb", "--mfu", "40%"
    )
    assert ran.exit_code == 0
    assert all(f"{model}, {gpu}" in ran.stdout for model in ("gpt3-xl", "gpt3-175b") for gpu in ("v100", "a100-80gb"))
    answers = json.loads(run("train", "gpt3-xl", "gpt3-175b", "--tokens", "300B", "--json").stdout)
    assert [answer["model"] for answer in answers] == ["gpt3-xl", "gpt3-175b"]
    by_device = run(
        "train", "gpt3-xl", "--tokens", "1B", "--gpu", "v100", "--gpu", "t4", "--mfu", "1", "--format", "csv"
    )
    assert by_device.stdout.splitlines()[0] == "name,value,value 1,unit,how"


def test_what_is_from_memory_is_said(run):
    for gpu in ("h200", "rtx-5090", "a10g"):
        assert "FROM MEMORY" in run("train", "gpt3-xl", "--tokens", "1B", "--gpu", gpu, "--mfu", "40%").stdout


def test_a_device_of_ones_own(run, tmp_path):
    (tmp_path / "mine.csv").write_text("device,bf16_dense,tdp_w\nmine,100T,250\n")
    ran = run("train", "gpt3-xl", "--tokens", "1B", "--gpu", "mine", "--gpu-file", str(tmp_path / "mine.csv"),
              "--mfu", "50%", "--json")  # fmt: skip
    document = json.loads(ran.stdout)
    assert (document["tflops"], document["inputs"]["power_w"]) == (50, 250)


GPU = ["--gpu", "v100"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--gpu", "v10", "--mfu", "40%"], "v10: unknown accelerator; did you mean v100"),
        ([*GPU, "--mfu", "140%"], "over 100 % of the peak"),
        ([*GPU, "--mfu", "40"], "over 100 % of the peak"),
        ([*GPU, "--mfu", "0"], "mfu = 0: zero"),
        ([*GPU, "--tflops", "126"], "101 % of v100's peak of 125 TFLOP/s in fp16"),
        ([*GPU, "--devices", "1", "--days", "1"], "% of v100's peak"),
        ([*GPU, "--mfu", "40%", "--price", "-1"], "price = -1: negative"),
        ([*GPU, "--mfu", "40%", "--price", "$1.50"], "price = $1.50: not a number"),
        ([*GPU, "--mfu", "40%", "--price", "1e99"], "above 1e36"),
        ([*GPU, "--mfu", "40%", "--pue", "0.9"], "pue = 0.9: less than 1"),
        ([*GPU, "--mfu", "40%", "--carbon", "-0.4"], "carbon = -0.4: negative"),
        ([*GPU, "--mfu", "40%", "--devices", "5", "--days", "3"], "any two of them give the third"),
        ([*GPU, "--mfu", "40%", "--tflops", "5"], "mfu and tflops: both give the utilisation"),
        ([*GPU, "--like", "llama-2-70"], "did you mean llama-2-70b"),
        ([*GPU, "--like", "gpt-2-1.5b"], "neither its MFU"),
        (GPU, "the utilisation has no default"),
        ([*GPU, "--devices", "8"], "or --days (half of"),
        ([*GPU, "--days", "8"], "or --devices (half of"),
        (["--price", "2"], "the utilisation has no default"),
        (["--mfu", "40%"], "mfu: the device is missing; add --gpu"),
        (["--like", "llama-2-70b"], "the device is missing; add --gpu"),
        (["--gpu", "tpu-v5p", "--mfu", "40%", "--pue", "1.1"], "the power of the devices is missing"),
        (["--gpu-file", "nowhere.csv"], "no device in it was chosen"),
        (["--gpu", "mine", "--gpu-file", "nowhere.csv", "--mfu", "1"], "cannot be read"),
        (["--steps", "5"], "tokens = 300B: they are also the product of steps"),
        (["--flops", "3e23"], "replaces a model"),
        ([*GPU, "--mfu", "40%", "--devices", "1.5"], "devices = 1.5: not a positive whole number"),
        ([*GPU, "--mfu", "40%", "--days", "-3", "--json"], "days = -3: negative"),
        (["--seq", "0"], "seq = 0"),
        (["--gpu", "", "--mfu", "40%"], "unknown accelerator"),
        ([*GPU, "--like", ""], "unknown training run"),
        (["--set", "d_model=1e36", "--set", "d_head=1"], "exceeds 1e72 FLOPs"),
        (["--modle", "x"], "--modle is not an option of train"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run, arguments, said):
    ran = run("train", GPT3, "--tokens", "300B", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no model"),
        ([GPT3], "no number of tokens"),
        ([GPT3, "--steps", "5"], "no number of tokens"),
        ([GPT3, "--tokens", "0"], "tokens = 0: zero"),
        (["gpt3-175", "--tokens", "1B"], "is not a known model"),
        (["--set", "n_layers=2", "--flops", "1e20"], "no model to change"),
        (["--flops", "1e20", "--seq", "5"], "replaces a model"),
        (["--flops", "-1e20"], "flops = -1e20"),
    ],
)
def test_a_question_of_nothing_is_refused(run, arguments, said):
    ran = run("train", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


def test_days_and_devices_of_published_runs():
    known = {(run.model, run.devices, run.days) for run in runs()}
    assert ("Nemotron-3 8B", 1024, 19) in known
    assert all(run.devices > 0 and run.days > 0 for run in runs())


def test_the_library_refuses_as_the_command_does():
    with pytest.raises(InputError, match="the utilisation has no default"):
        paramcount.train(GPT3, tokens="300B", gpu="v100")
    with pytest.raises(InputError, match="not a positive whole number"):
        paramcount.train(GPT3, tokens=2.5)
