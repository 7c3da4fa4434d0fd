"""Every ledger agrees with its witness, and one that doesn't is caught."""

import json
import subprocess
import sys
from copy import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes import given_sizes

from paramcount.blocks.leaves import Head
from paramcount.catalog import names
from paramcount.catalog.families import FAMILIES
from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.extras import MissingLibraryError
from paramcount.ledger.model import Model, Part, Stack
from paramcount.verification import Verified, compare, dry_run, verify
from paramcount.verification.compare import held_against
from paramcount.verification.witnesses.bert import Bert
from paramcount.verification.witnesses.gpt import GPT, GPT1
from paramcount.verification.witnesses.registry import WITNESSES

SMALL = {"n_layers": 2, "d_model": 8, "n_heads": 2, "d_head": 4, "d_ff": 32, "n_vocab": 11, "n_ctx": 5}
SPEC = Spec("small", FAMILIES["gpt"], {**SMALL, "tied": True})
MORE = {"n_kv_heads": 1, "d_embed": 6, "n_experts": 4, "n_active_experts": 2, "n_segments": 2,
        "n_sparse_layers": 1, "n_buckets": 3, "patch_size": 2, "n_channels": 3, "n_patches": 4,
        "n_classes": 11}  # fmt: skip


@st.composite
def specs(draw, most_layers, most):
    """A family with a witness, and any sizes: n_heads·d_head and d_ff independent of d_model, tied or not."""
    family = FAMILIES[draw(st.sampled_from(sorted(WITNESSES)))]
    ranges = {field: (1, most_layers if field == "n_layers" else most) for field in family.sizes}
    return Spec(family.name, family, family.settle(draw(given_sizes(family, ranges))))


@given(specs(most_layers=5, most=70))
@settings(max_examples=200)
def test_the_ledger_of_any_shape_agrees_with_the_witness(spec):
    assert verify(spec).mismatches == ()


@pytest.mark.slow
@given(specs(most_layers=200, most=10**6))
@settings(max_examples=500)
def test_the_ledger_of_any_large_shape_agrees_with_the_witness(spec):
    assert verify(spec).mismatches == ()


@pytest.mark.parametrize("name", [spec.name for spec in names.of_tables()])
def test_every_model_of_the_catalog_agrees_with_its_witness(name):
    spec = names.find(name)
    found = verify(spec)
    assert found.mismatches == ()
    assert found == Verified(name, sum(entry.times for entry in spec.model().ledger()), spec.model().total())


def test_every_tensor_of_every_layer_is_compared():
    """GPT-2 small: 16 tensors in each of 12 layers, two embeddings, a norm's two, and the head that is an alias."""
    found = verify(names.find("gpt2-small"))
    assert (found.model, found.tensors, found.total, found.ok) == ("gpt2-small", 12 * 16 + 5, 124_439_808, True)


def altered(spec, change):
    """*spec*'s model with each part replaced by what *change* makes of it; None drops it."""

    def of(parts):
        for part in parts:
            if isinstance(part, Stack):
                yield part._replace(layer=tuple(of(part.layer)))
            elif (kept := change(part)) is not None:
                yield kept

    return Model(tuple(of(spec.model().parts)))


PAPER = {"witness": "the module from its paper"}


def mismatches(model=None, built=None):
    """The mismatches with *model* in place of the small model's ledger, or *built* in place of its witness."""
    model, built = model or SPEC.model(), built or dry_run.build(GPT, SPEC.sizes)
    return held_against(SPEC, model, built).mismatches


def test_a_norm_missing_in_the_ledger_is_named():
    assert mismatches(altered(SPEC, lambda part: None if part.name == "norm_2" else part)) == (
        "layers.0.norm_2.gain: the ledger has none, the witness has 8",
        "layers.0.norm_2.bias: the ledger has none, the witness has 8",
        "layers.1.norm_2.gain: the ledger has none, the witness has 8",
        "layers.1.norm_2.bias: the ledger has none, the witness has 8",
        "layer norm: the ledger counts 32, the witness 64",
        "total: the ledger counts 1,856, the witness 1,888",
    )


def test_a_transposed_matrix_is_found_although_every_sum_agrees():
    class Transposed(Head):
        def tensors(self):
            for tensor in super().tensors():
                yield tensor._replace(shape=tensor.shape[::-1])

    head = Part("output_head", "output head", Transposed(11, 8, "token_embedding.weight"))
    assert mismatches(altered(SPEC, lambda part: head if part.name == "output_head" else part)) == (
        "output_head.weight: the ledger has 8 × 11 shared with token_embedding.weight, "
        "the witness has 11 × 8 shared with token_embedding.weight",
    )


def test_an_untied_head_is_named():
    assert mismatches(built=dry_run.build(GPT, {**SPEC.sizes, "tied": False})) == (
        "output_head.weight: the ledger has 11 × 8 shared with token_embedding.weight, the witness has 11 × 8",
        "output head: the ledger counts 0, the witness 88",
        "total: the ledger counts 1,888, the witness 1,976",
    )


def test_a_bias_missing_in_the_witness_is_named():
    built = dry_run.build(GPT, SPEC.sizes)
    built.layers[1].attention.b_Q = None
    assert mismatches(built=built) == (
        "layers.1.attention.b_Q: the ledger has 8, the witness has none",
        "attention: the ledger counts 576, the witness 568",
        "total: the ledger counts 1,888, the witness 1,880",
    )


def test_a_component_of_another_name_is_found():
    """Comparing part by part is a separate check: the tensors agree, but their grouping doesn't."""
    renamed = altered(SPEC, lambda part: part._replace(component="layer norm"))
    assert "final norm: the ledger counts 0, the witness 16" in mismatches(renamed)


def test_a_forward_pass_that_does_not_fit_is_found():
    built = dry_run.build(GPT, SPEC.sizes)
    built.layers[0].attention.n_heads = 3
    assert [line for line in mismatches(built=built) if line.startswith("forward pass: ")]


def test_an_output_too_few_or_too_many_is_found():
    """An encoder with a pooler returns two outputs, without one only one."""
    family = FAMILIES["bert"]
    pooled, bare = (Spec("small", family, {**SMALL, "n_segments": 2, "pooler": pooler}) for pooler in (True, False))
    found = held_against(pooled, pooled.model(), dry_run.build(Bert, bare.sizes)).mismatches
    assert found[-1] == "pooled: expected 1 × 8, the witness has none"
    found = held_against(bare, bare.model(), dry_run.build(Bert, pooled.sizes)).mismatches
    assert found[-1] == "an extra output: expected none, the witness has 1 × 8"


def test_post_norm_is_not_pre_norm():
    found = mismatches(built=dry_run.build(GPT1, SPEC.sizes))
    assert found[0] == "final_norm.gain: the ledger has 8, the witness has none"


@pytest.mark.parametrize("family", WITNESSES)
def test_the_meta_pass_has_the_shape_that_torch_alone_would_give_it(family):
    """The rule for pointwise operations avoids torch's compiler and changes no shape."""
    sizes = {field: {**SMALL, **MORE}[field] for field in FAMILIES[family].sizes}
    built = dry_run.build(WITNESSES[family], sizes)
    reads = built.example(3) if family == "vit" else torch.zeros(3, 4, dtype=torch.long, device="meta")
    out = built(reads)
    expected = [(3, 4, 8), (3, 8)] if isinstance(out, tuple) else [(3, 11)] if family == "vit" else [(3, 4, 11)]
    assert (
        dry_run.run(built, 3, 4) == [tensor.shape for tensor in (out if isinstance(out, tuple) else (out,))] == expected
    )


def test_every_family_has_a_witness():
    assert set(WITNESSES) == set(FAMILIES)


def test_a_family_without_a_witness_is_refused_by_name():
    new = copy(FAMILIES["gpt"])
    new.name = "new"
    with pytest.raises(InputError, match="new: the family new has no witness; valid: gpt, gpt-post-norm, "):
        verify(Spec("new", new, SPEC.sizes))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"n_layers": 10**6}, "16,000,005 tensors are too many to build; valid: up to 200,000"),
        ({"d_ff": 2**61}, r"layers.\*.feed_forward.W_1 \(8 × 2305843009213693952\) is too large for torch"),
    ],
)
def test_absurd_sizes_are_refused_at_once(change, said):
    with pytest.raises(InputError, match=said):
        verify(SPEC._replace(sizes={**SPEC.sizes, **change}))


def test_a_config_has_no_witness_from_the_papers_though_a_family_has_its_name():
    with pytest.raises(InputError, match=r"llama-3\.1-8b: a config has no witness from a paper; valid: --against"):
        verify(names.find("llama-3.1-8b"), "papers")
    with pytest.raises(InputError, match="against paper: unknown witness; valid: papers, transformers"):
        verify(names.find("gpt2"), "paper")


def test_sizes_that_are_no_numbers_are_refused():
    """A formula has no witness."""
    with pytest.raises(InputError, match="sizes n_vocab × d_model are not whole numbers; valid: ints"):
        verify(SPEC._replace(sizes={**SPEC.family.symbols(), "n_layers": 2}))


def test_missing_torch_is_said_with_the_line_that_installs_it(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingLibraryError):
        verify(SPEC)
    done = run("verify", "gpt2-small")
    assert (done.exit_code, done.stdout) == (2, "")
    said = "verify needs torch, which is not installed; run: pip install 'paramcount[verify]'"
    assert done.stderr == f"paramcount: {said}\n"


def test_the_json_contract_of_verify(run):
    done = run("verify", "gpt2-small", "opt-175b", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    names = {"gpt2-small": (197, 124_439_808), "opt-175b": (1541, 174_604_468_224)}
    models = [
        {"model": name, "tensors": tensors, "total": total, "ok": True, "mismatches": []} | PAPER
        for name, (tensors, total) in names.items()
    ]
    assert json.loads(done.stdout) == {"schema": 1, "models": models, "ok": True}


@pytest.mark.thorough
def test_all_covers_the_catalog_and_ends_with_a_summary(run):
    done = run("verify", "--all")
    assert (done.exit_code, done.stderr) == (0, "")
    assert all(name in done.stdout for name in names.names())
    count = len(names.names())
    assert done.stdout.splitlines()[-1].startswith(f"{count} of {count} models agree with their witnesses; ")


def test_all_against_transformers_leaves_out_what_has_no_default(run, monkeypatch):
    """nemotron's default config doesn't describe a model, and transformers can't build cohere_compass_text's."""
    types, models = ("llama", "nemotron", "cohere_compass_text"), map(names.find, ("llama-3.1-8b", "gpt1", "gpt2"))
    monkeypatch.setattr("paramcount.verification.against.accepted", lambda: types)
    monkeypatch.setattr("paramcount.verification.against.of_more_than_text", lambda: ("clip_vision_model", "llava"))
    monkeypatch.setattr(names, "everything", lambda: list(models))
    done = run("verify", "--against", "transformers", "--all", "--json")
    document = json.loads(done.stdout)
    assert (done.exit_code, document["ok"]) == (0, True)
    assert [model["model"] for model in document["models"]] == [
        *("llama", "clip_vision_model", "llava"),
        *("llama-3.1-8b", "gpt1", "gpt2-small"),
    ]
    assert done.stderr.startswith("left out: cohere_compass_text: transformers cannot build its")
    assert done.stderr.count("\n") == 1


def test_a_mismatch_exits_with_1_and_is_read(run, monkeypatch):
    """An untied witness for GPT-2's tied ledger."""
    monkeypatch.setitem(compare.WITNESSES, "gpt", lambda **sizes: GPT(**{**sizes, "tied": False}))
    done = run("verify", "gpt2-small", "gpt1")
    assert done.exit_code == 1
    assert (
        "gpt2-small differs from its witness:\n  output_head.weight: the ledger has 50257 × 768 shared" in done.stdout
    )
    assert done.stdout.splitlines()[-1].startswith("1 of 2 models agree with their witnesses; ")
    done = run("verify", "gpt2-small", "gpt1", "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [len(model["mismatches"]) for model in document["models"]] == [3, 0]
    assert [document["ok"], *(model["ok"] for model in document["models"])] == [False, False, True]


def test_many_mismatches_are_cut_in_the_text_and_whole_in_json(run, monkeypatch):
    monkeypatch.setitem(compare.WITNESSES, "gpt", lambda **sizes: GPT(**{**sizes, "d_ff": sizes["d_ff"] + 1}))
    assert "  … and 28 more; --json lists all\n" in run("verify", "gpt2-small").stdout
    assert len(json.loads(run("verify", "gpt2-small", "--json").stdout)["models"][0]["mismatches"]) == 38


def test_sizes_may_be_set(run):
    model = json.loads(run("verify", "gpt3-xl", "--set", "n_heads=16", "--json").stdout)["models"][0]
    assert (model["model"], model["total"], model["ok"]) == ("gpt3-xl with n_heads = 16", 1_315_723_264, True)


def test_attention_patterns_are_said_to_have_no_parameters(run):
    assert "have no parameters and make no difference here" in run("verify", "gpt3-175b").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "verify: no MODEL given; valid: paramcount verify MODEL…, or paramcount verify --all"),
        (["gpt1", "--all"], "verify --all: takes no MODEL and no --set; valid: paramcount verify --all"),
        (["--all", "--set", "n_heads=1"], "verify --all: takes no MODEL and no --set; valid: paramcount verify --all"),
        (["gpt2-smal"], "gpt2-smal is not a known model; did you mean gpt2-small"),
    ],
    ids=" ".join,
)
def test_wrong_input_is_one_line_and_2(run, arguments, said):
    done = run("verify", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"paramcount: {said}")
    assert done.stderr.count("\n") == 1


def imported_by(*arguments):
    """The exit code of a `paramcount verify`, and the modules that it imports."""
    script = f"import sys\nfrom paramcount.cli import main\ntry: main({['verify', *arguments]!r})\n"
    script += "except SystemExit as stop: print('MODULES', stop.code or 0, *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    code, *modules = done.stdout.rpartition("MODULES")[2].split()
    return int(code), set(modules)


def test_verify_leaves_the_compiler_of_torch_alone():
    """Importing it takes longer than everything else that verify does."""
    code, modules = imported_by("gpt2-small")
    assert code == 0
    assert "torch" in modules
    assert not modules & {
        "torch._dynamo",
        "torch._inductor",
        "torch.distributed.fsdp",
        "transformers",
        "matplotlib",
        "pandas",
    }


def test_no_family_needs_the_compiler_of_torch():
    script = f"""
import sys
from paramcount.catalog.spec import Spec
from paramcount.catalog.families import FAMILIES
from paramcount.verification import verify
sizes = { ({**SMALL, **MORE})!r}
for name, family in FAMILIES.items():
    assert verify(Spec(name, family, family.settle({{field: sizes[field] for field in family.sizes}}))).ok
    assert not {{"torch._dynamo", "torch._inductor"}} & set(sys.modules), name
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_typo_does_not_wait_for_torch():
    code, modules = imported_by("gpt2-smal")
    assert code == 2
    assert "torch" not in modules
