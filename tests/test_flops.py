"""`paramcount flops` and `cache`: against torch's counter on the witnesses, published figures, bad input."""

import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from paramcount.catalog.names import names, resolve
from paramcount.costs.conventions import conventions
from paramcount.costs.latent import absorbed
from paramcount.costs.run import Run, checked
from paramcount.costs.stated import costed
from paramcount.errors import InputError
from paramcount.library import load

torch = pytest.importorskip("torch")
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from paramcount.verification.dry_run import build  # noqa: E402
from paramcount.verification.witnesses.registry import WITNESSES  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent


def flops(name, run):
    cost = costed(resolve(name), run)
    return sum(line.flops(run, cost.causal) for line in cost.work)


def witnessed():
    """The catalog's models of papers' families. Mixtures are below, since their witnesses multiply every expert."""
    specs = [resolve(name) for name in names()]
    return [s.name for s in specs if s.family.name in WITNESSES and s.family.configured(s.sizes) is None]


def counted(spec, b, t):
    """The FLOPs of the witness by torch's counter."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        build(WITNESSES[spec.family.name], dict(spec.sizes))(torch.empty(b, t, dtype=torch.long, device="meta"))
    return counter.get_total_flops()


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in witnessed() if resolve(name).family.name != "mixtral"])
def test_papers_models_multiply_what_torch_counts(name):
    for b, t in ((1, 5), (3, 8)):
        assert flops(name, Run(b, t, attention="computed")) == counted(resolve(name), b, t)


def test_a_mixture_multiplies_the_experts_that_a_token_is_sent_to():
    every = resolve("mixtral-8x7b", ["n_active_experts=8"])
    run = Run(2, 6, attention="computed")
    cost = costed(every, run)
    assert sum(line.flops(run, cost.causal) for line in cost.work) == counted(every, 2, 6)
    experts = {
        active: next(line for line in costed(spec, run).work if line.component == "experts").macs
        for active in (2, 8)
        for spec in [resolve("mixtral-8x7b", [f"n_active_experts={active}"])]
    }
    assert 4 * int(experts[2]) == int(experts[8])


def test_gpt3_at_its_context():
    assert flops("gpt3-175b", Run(1, 2048, attention="computed")) == 734_804_261_732_352


@pytest.mark.parametrize("name", ["gpt3-small", "gpt2-small"])
def test_training_is_three_forward_passes(name, run):
    spec = resolve(name)
    model = build(WITNESSES[spec.family.name], {**spec.sizes, "n_layers": 2})
    with FlopCounterMode(display=False) as counter:
        model(torch.empty(2, 16, dtype=torch.long, device="meta")).sum().backward()
    arguments = ["flops", name, "--set", "n_layers=2", "--batch", "2", "--seq", "16", "--attention", "computed"]
    assert json.loads(run(*arguments, "--train", "--json").stdout)["total"] == counter.get_total_flops()


@given(b=st.integers(1, 3), t=st.integers(1, 30), data=st.data())
def test_pairs_are_those_of_the_mask(b, t, data):
    cached = data.draw(st.integers(0, t - 1))
    mask = [[key <= query for key in range(t)] for query in range(cached, t)]
    assert Run(b, t, cached).pairs(causal=True) == b * sum(map(sum, mask))
    assert Run(b, t, cached, "computed").pairs(causal=True) == b * sum(map(len, mask))
    assert Run(b, t, cached).pairs(causal=False) == b * sum(map(len, mask))


@given(t=st.integers(2, 64), data=st.data())
def test_a_prefill_and_what_follows_multiply_what_one_pass_does(t, data):
    cached = data.draw(st.integers(1, t - 1))
    parts = flops("gpt2-small", Run(1, cached)) + flops("gpt2-small", Run(1, t, cached))
    assert parts == flops("gpt2-small", Run(1, t))


def test_the_conventions_of_gpt3():
    spec, run = resolve("gpt3-175b"), Run(1, 2048)
    found = conventions(spec, costed(spec, run), run, 300 * 10**9)
    expected = ["3.143e+23", "3.131e+23", "3.142e+23", "3.186e+23", "3.229e+23", "3.230e+23", "3.241e+23"]
    assert [f"{way.flops:.3e}" for way in found] == expected


@pytest.mark.parametrize(
    ("name", "even", "causal"), [("gpt3-175b", "73,990", "147,979"), ("llama-3-8b", "28,628", "57,255")]
)
def test_the_length_from_which_attention_outweighs_the_weights(run, name, even, causal):
    printed = run("flops", name, "--seq", "2048").stdout
    assert f"from {causal} tokens on ({even} if masked pairs count too)." in printed


def test_an_encoder_sees_both_ways(run):
    assert "pairs = 262,144 (needed)" in run("flops", "bert-base").stdout


def test_the_json_contracts(run):
    answer = json.loads(run("flops", "gpt3-xl", "--seq", "64", "--tokens", "1B", "--conventions", "--json").stdout)
    assert list(answer) == [
        "schema",
        *["model", "run", "attention", "train", "total", "per_token", "components", "conventions"],
    ]
    assert answer["run"] == {"batch": 1, "seq": 64, "cached": 0, "source": None}
    assert list(answer["components"][0]) == ["name", "formula", "flops", "share"]
    assert sum(line["flops"] for line in answer["components"]) == answer["total"]
    assert {"name", "flops", "share_of_exact"} <= set(answer["conventions"][0])
    kept = json.loads(run("cache", "llama-3.1-8b", "--seq", "8192", "--json").stdout)
    assert list(kept) == ["schema", "model", "dtype", "run", "total_bytes", "bytes_per_token", "kinds"]
    assert (kept["bytes_per_token"], kept["total_bytes"]) == (131_072, 2**30)


def test_figures_are_whole_at_any_size(run):
    sizes = ["--set", "d_model=1000000000000", "--set", "n_heads=1000000", "--set", "d_head=1000000"]
    total = json.loads(run("flops", "gpt3-175b", *sizes, "--seq", "2048", "--json").stdout)["total"]
    assert total > 10**30


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["flops", "t5-large", "--seq", "64"], "needs a source; add --source"),
        (["flops", "gpt3-xl", "--seq", "64", "--source", "8"], "it reads no source"),
        (["flops", "gpt3-xl", "--recompute", "full"], "valid: with --train"),
        (["flops", "gpt3-xl", "--tokens", "300B"], "valid: with --train"),
        (["flops", "gpt3-xl", "--train", "--cached", "3"], "training computes every token"),
        (["flops", "bert-base", "--cached", "3"], "an encoder has no cache"),
        (["flops", "gemma-2-9b", "--set", "sliding_window=0"], "sliding_window = 0"),
        (["flops", "gpt3-xl", "--seq", "64", "--cached", "64"], "valid: from 0 to seq − 1 = 63"),
        (["flops", "gpt3-xl", "--seq", "0"], "--seq 0: zero"),
        (["flops", "gpt3-xl", "--seq", "many"], "many"),
        (["flops", "gpt3-xl", "--batch", "0"], "batch"),
        (["flops", "gpt3-xl", "--attention", "half"], "half"),
        (["flops", "llama-7b"], "add --seq"),
        (["cache", "bert-base"], "keeps no cache"),
        (["cache", "gpt3-xl", "--dtype", "fp12"], "fp12"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run, arguments, said):
    ran = run(*arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


def test_a_type_that_is_not_stated_says_why():
    with pytest.raises(InputError, match=r"the operations of llama4_text can't be counted exactly: it .* every expert"):
        load({"model_type": "llama4_text"}).flops(8)


def test_a_model_that_transformers_counted_is_refused(run, tmp_path):
    pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text('{"model_type": "moonshine"}')
    for verb in ("flops", "cache"):
        ran = run(verb, str(tmp_path), "--seq", "8")
        assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)
        assert "its operations are not known" in ran.stderr


@pytest.mark.parametrize("bad", [Run(0, 1), Run(1, 0), Run(1, 4, 4), Run(1, 4, -1), Run(1, 4, 0, "half")])
def test_a_run_that_is_none_is_refused(bad):
    with pytest.raises(InputError, match="valid"):
        checked(bad)


def test_model_and_hardware_flops_are_what_their_conventions_say(run):
    def asked(*options):
        return json.loads(run("flops", "gpt3-xl", "--seq", "64", "--train", *options, "--json").stdout)

    forward = json.loads(run("flops", "gpt3-xl", "--seq", "64", "--json").stdout)
    pairs = sum(line["flops"] for line in forward["components"] if "pairs" in line["name"])
    assert asked()["total"] == asked()["hardware"]["flops"] == 3 * forward["total"]
    assert asked("--recompute", "selective")["hardware"]["flops"] == 3 * forward["total"] + pairs
    assert asked("--recompute", "full")["hardware"]["flops"] == 4 * forward["total"]
    assert f"{3 * forward['total'] + pairs // 2:,}" in run("flops", "gpt3-xl", "--seq", "64", "--train").stdout
    assert asked("--tokens", "6400")["training"]["model_flops"] == 300 * forward["total"]


def test_training_with_a_source_counts_what_reads_it(run):
    asked = ["t5-large", "--seq", "128", "--source", "512"]
    forward = json.loads(run("flops", *asked, "--json").stdout)["total"]
    found = json.loads(run("flops", *asked, "--conventions", "--tokens", "12800", "--json").stdout)["conventions"]
    exact = {one["name"]: one["flops"] for one in found}["exact, pairs that the mask lets through"]
    assert exact == 3 * forward * 100


def test_layers_and_tokens_add_up_to_the_run(run):
    for name in ("gemma-2-9b", "deepseek-v3", "mamba-130m"):
        answer = json.loads(run("flops", name, "--seq", "9", "--by", "layer", "--json").stdout)
        assert sum(line["flops"] for line in answer["layers"]) == answer["total"]
    answer = json.loads(run("flops", "gpt2-xl", "--seq", "8", "--by", "token", "--json").stdout)
    assert [line["name"] for line in answer["tokens"]] == ["token 1", "token 2", "token 4", "token 8"]
    each = [load("gpt2-xl").flops(at, cached=at - 1).total for at in range(1, 9)]
    assert [line["flops"] for line in answer["tokens"]] == [each[0], each[1], each[3], each[7]]
    assert sum(each) == answer["total"]


def test_several_models_are_columns_and_a_list(run):
    answers = json.loads(run("flops", "gpt3-xl", "gpt2-xl", "--seq", "64", "--json").stdout)
    assert [one["model"] for one in answers] == ["gpt3-xl", "gpt2-xl"]
    printed = run("flops", "gpt3-xl", "gpt2-xl", "--seq", "64").stdout
    assert all(f"{one['total']:,}" in printed for one in answers)
    kept = json.loads(run("cache", "gpt3-xl", "gpt2-xl", "--seq", "64", "--json").stdout)
    assert [one["model"] for one in kept] == ["gpt3-xl", "gpt2-xl"]


def test_the_library_has_the_same_answers(run):
    model = load("llama-3.1-8b")
    answer = json.loads(run("flops", "llama-3.1-8b", "--seq", "64", "--batch", "2", "--json").stdout)
    found = model.flops(64, 2)
    assert (found.total, found.per_token) == (answer["total"], answer["per_token"])
    assert found.components == {line["name"]: line["flops"] for line in answer["components"]}
    assert model.cache(8192).total_bytes == 2**30


@given(
    n_layers=st.integers(1, 4),
    n_heads=st.integers(1, 4),
    widths=st.tuples(*[st.integers(1, 9)] * 4),
    t=st.integers(1, 9),
    c=st.integers(0, 8),
)
def test_absorbed_latent_attention_is_what_one_multiplies_by_hand(n_layers, n_heads, widths, t, c):
    assume(c < t)
    r_kv, d_nope, d_rope, d_v = widths
    d_rope *= 2
    sizes = {"n_layers": n_layers, "n_heads": n_heads, "r_kv": r_kv, "d_nope": d_nope, "d_rope": d_rope, "d_v": d_v}
    model = load("deepseek-v2-lite", **sizes)
    run = Run(2, t, c, "computed")
    cost = costed(model.spec, run)
    new, pairs = 2 * (t - c), 2 * (t - c) * t
    expanded = n_heads * (2 * t * r_kv * (d_nope + d_v) + pairs * (d_nope + d_rope + d_v))
    served = n_heads * (new * r_kv * (d_nope + d_v) + pairs * (2 * r_kv + d_rope))
    assert absorbed(model.spec, cost, run) == cost.flops(run) + 2 * n_layers * (served - expanded)
