"""`paramcount verify --costs`: costs against instruments, and the path that measures on a GPU."""

import json

import pytest

torch = pytest.importorskip("torch")

from paramcount.catalog.names import resolve  # noqa: E402
from paramcount.costs.conventions import FORWARD_AND_BACKWARD  # noqa: E402
from paramcount.costs.memory.activations import activations  # noqa: E402
from paramcount.costs.run import Run  # noqa: E402
from paramcount.report.verify_costs import costs_report  # noqa: E402
from paramcount.verification import costs, device  # noqa: E402

TINY = ("n_layers=1", "d_model=12", "n_heads=2", "d_ff=20", "n_vocab=31")


def test_a_paper_s_model_is_held_against_three_instruments(run):
    pytest.importorskip("transformers")
    ran = run("verify", "gpt2-small", "--costs", "--set", "n_layers=2", "--json")
    answer = json.loads(ran.stdout)
    assert (ran.exit_code, answer["ok"]) == (0, True)
    assert [one["cost"] for one in answer["costs"]] == [
        "FLOPs",
        "FLOPs",
        "cache",
        "cache",
        "activations",
        "activations",
    ]
    assert all(one["stated"] == one["measured"] > 0 for one in answer["costs"])
    assert answer["costs"][0]["run"] == {"batch": 3, "seq": 16}


def test_a_config_is_held_against_its_class(run, tmp_path):
    pytest.importorskip("transformers")
    sizes = {"num_hidden_layers": 2, "hidden_size": 32, "num_attention_heads": 4, "num_key_value_heads": 2}
    config = {"model_type": "qwen2", "intermediate_size": 48, "vocab_size": 64, "architectures": ["Qwen2ForCausalLM"]}
    (tmp_path / "config.json").write_text(json.dumps({**config, **sizes}))
    answer = json.loads(run("verify", str(tmp_path), "--costs", "--json").stdout)
    held = [one for one in answer["costs"] if one["ok"] is not None]
    assert [one["cost"] for one in held] == ["FLOPs", "FLOPs", "cache", "cache"]
    assert answer["ok"]
    assert "the class's code" in answer["costs"][-1]["why"]


def test_what_is_not_stated_is_a_line_and_fails_nothing(run):
    ran = run("verify", "mamba-130m", "--costs")
    assert ran.exit_code == 0
    assert "mamba-130m, activations: they depend on the class's code" in ran.stdout
    assert "2 of 2 calculated costs" in ran.stdout


def test_a_wrong_statement_fails(monkeypatch):
    spec = resolve("gpt", [*TINY, "n_ctx=64"])
    right = costs.measured(spec)
    monkeypatch.setattr(costs, "activations", lambda *of: activations(*of, dropout=True))
    wrong = costs.measured(spec)
    assert costs_report(right).failed is False
    assert costs_report(wrong).failed is True
    assert [one.ok for one in wrong if one.cost == "activations"] == [False, False]


def test_without_a_gpu_one_line_says_so(run, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    ran = run("verify", "--costs", "--device", "cuda")
    assert (ran.exit_code, ran.stdout.count("\n")) == (0, 1)
    assert ran.stdout.startswith("cuda: torch")
    assert ran.stdout.rstrip().endswith("nothing was measured.")


@pytest.fixture
def cpu_for_gpu(monkeypatch):
    """torch's CPU in place of a GPU, and three models that train in no time."""
    told = {"is_available": True, "get_device_name": "a CPU", "memory_allocated": 7, "max_memory_allocated": 7_000_007}
    for name, answer in told.items():
        monkeypatch.setattr(torch.cuda, name, lambda answer=answer: answer)
    for name in ("synchronize", "reset_peak_memory_stats", "empty_cache"):
        monkeypatch.setattr(torch.cuda, name, lambda: None)
    monkeypatch.setattr(device, "DEVICE", "cpu")
    monkeypatch.setattr(device, "SIDE", 16)
    monkeypatch.setattr(device, "RUN", Run(2, 8, attention="computed"))
    sizes = {"gpt": (*TINY, "n_ctx=8"), "gpt-neox": TINY, "llama": (*TINY, "n_kv_heads=1")}
    monkeypatch.setattr(device, "MODELS", tuple(sizes.items()))


@pytest.mark.thorough
@pytest.mark.usefixtures("cpu_for_gpu")
def test_steps_are_measured_beside_what_is_stated(run):
    answer = json.loads(run("verify", "--costs", "--device", "cuda", "--json").stdout)
    assert answer["device"].startswith("a CPU, torch ")
    assert len(answer["steps"]) == 9
    for step in answer["steps"]:
        assert step["why"] == ""
        assert step["kept"] == step["activations"]  # on a CPU norms keep their statistics as they compute
        assert step["measured"] == 7_000_000
        assert step["measured_seconds"] > 0
        assert step["seconds"] > 0
        assert step["flops"] % FORWARD_AND_BACKWARD == 0


@pytest.mark.thorough
@pytest.mark.usefixtures("cpu_for_gpu")
def test_the_table_of_steps_has_peaks_side_by_side(run, monkeypatch):
    monkeypatch.setattr(device, "MODELS", device.MODELS[:1])
    printed = run("verify", "--costs", "--device", "cuda").stdout
    assert "peak, calculated" in printed
    assert "7,000,000" in printed


@pytest.mark.thorough
@pytest.mark.usefixtures("cpu_for_gpu")
def test_a_step_that_fails_there_is_a_line_of_its_own(run, monkeypatch):
    def fails(*_):
        raise RuntimeError("CUDA out of memory.\n Tried to allocate")

    monkeypatch.setattr(device, "kept_by", fails)
    ran = run("verify", "--costs", "--device", "cuda")
    assert ran.exit_code == 0
    assert ran.stdout.count("CUDA out of memory. Tried to allocate") == 9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--device", "cuda"], "valid: paramcount verify --costs --device cuda"),
        (["gpt2-small", "--costs", "--device", "cuda"], "--device cuda: takes no MODEL"),
        (["gpt2-small", "--costs", "--against", "papers"], "--against papers: doesn't apply to --costs"),
        (["--costs", "--device", "rocm"], "rocm"),
        (["gpt2-smal", "--costs"], "did you mean gpt2-small"),
        (["--costs"], "no MODEL given"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run, arguments, said):
    ran = run("verify", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr
