"""`paramcount memory`: against torch's optimizers and modules, what llama.cpp and papers print, bad input."""

import json
import re
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paramcount
from paramcount.catalog.from_config import spec_of
from paramcount.catalog.names import names, resolve
from paramcount.config.document import of_python
from paramcount.costs.memory.asked import footprint
from paramcount.costs.memory.footprint import inference, training
from paramcount.costs.memory.formats import format_of, quantised
from paramcount.costs.memory.gguf import mixture
from paramcount.costs.memory.lora import Lora, adapters, parse
from paramcount.costs.memory.recipes import recipe, recipes
from paramcount.costs.memory.weights import own, weights_of
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.models.registry import accepted

torch = pytest.importorskip("torch")

from paramcount.verification.dry_run import build  # noqa: E402
from paramcount.verification.witnesses.registry import WITNESSES  # noqa: E402

SMALL = {"n_layers": 2, "d_model": 12, "n_heads": 3, "d_head": 4, "d_ff": 40, "n_vocab": 50, "n_ctx": 9}
SHAPES = st.fixed_dictionaries(
    {
        "n_layers": st.integers(1, 3),
        "d_model": st.integers(1, 9),
        "n_heads": st.integers(1, 3),
        "d_head": st.integers(1, 4),
        "d_ff": st.integers(1, 9),
        "n_vocab": st.integers(1, 30),
        "n_ctx": st.integers(1, 9),
    }
)


def stored(tensors):
    """The bytes of the tensors' data, each storage once."""
    return sum({id(t.untyped_storage()): t.untyped_storage().nbytes() for t in tensors}.values())


def stepped(model, optimizer):
    """*optimizer* after a step on *model* with zero gradients."""
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    return optimizer


def states(optimizer):
    """The optimizer's states, without each tensor's step counter, four bytes on the host."""
    kept = (value for state in optimizer.state.values() for name, value in state.items() if name != "step")
    return [value for value in kept if isinstance(value, torch.Tensor)]


OPTIMIZERS = {
    "fp32-adam": (torch.float32, torch.optim.AdamW, {}),
    "bf16-adam": (torch.bfloat16, torch.optim.AdamW, {}),
    "sgd": (torch.float32, torch.optim.SGD, {"lr": 0.1}),
    "sgd-momentum": (torch.float32, torch.optim.SGD, {"lr": 0.1, "momentum": 0.9}),
}


def measured(name, model):
    """Bytes of the weights, gradients and states of a real step by the recipe *name*."""
    dtype, kind, options = OPTIMIZERS[name]
    model = model.to(dtype)
    optimizer = stepped(model, kind(model.parameters(), **options))
    return stored(model.parameters()), stored(p.grad for p in model.parameters()), stored(states(optimizer))


@pytest.mark.parametrize("name", OPTIMIZERS)
@given(sizes=SHAPES, tied=st.booleans())
def test_recipes_are_what_torchs_optimizers_keep(name, sizes, tied):
    model = paramcount.load("gpt", **sizes, tied=tied)
    found = model.memory("training", recipe=name)
    assert (found.weights, found.gradients, found.optimizer) == measured(name, WITNESSES["gpt"](**sizes, tied=tied))


@pytest.mark.parametrize("name", ["gpt2-small", "bert-base", "llama-7b"])
def test_mixed_precision_keeps_a_copy_in_float32(name):
    """Rajbhandari et al. 2020, sec. 3.1: weights and gradients in 16 bits; weights and both moments in 32."""
    spec = resolve(name)
    model = build(WITNESSES[spec.family.name], dict(spec.sizes)).to(torch.bfloat16)
    master = [torch.nn.Parameter(p.detach().float()) for p in model.parameters()]
    moments = [torch.empty_like(p) for p in master for _ in range(2)]
    gradients = [torch.empty_like(p) for p in model.parameters()]
    found = training(spec, None, recipe("mixed-adam"))
    assert found.weights == stored(model.parameters())
    assert found.gradients == stored(gradients)
    assert found.optimizer == stored(master) + stored(moments)


def test_the_figures_that_zero_prints():
    """Rajbhandari et al. 2020: 16 bytes per parameter, 24 GB for 1.5B (sec. 3.1), 120 GB for 7.5B (fig. 1)."""
    by = recipe("mixed-adam")
    assert by.weights + by.gradients + sum(by.states) == 16
    assert by.printed == "2 + 2 + 4 + 4 + 4"
    assert 16 * 1_500_000_000 == 24 * 10**9
    assert sum(by.states) * 7_500_000_000 + 4 * 7_500_000_000 == 120 * 10**9


@given(elements=st.integers(1, 20_000))
def test_eight_bit_states_have_a_scale_a_block(elements):
    """As in bitsandbytes: two one-byte states with a float32 for each 2,048, or float32 states below 4,096."""
    if elements < 4096:
        kept = [torch.empty(elements) for _ in range(2)]
    else:
        blocks = len(range(0, elements, 2048))
        kept = [torch.empty(elements, dtype=torch.uint8) for _ in range(2)] + [torch.empty(blocks) for _ in range(2)]
    assert recipe("adam8bit").optimizer(elements) == stored(kept)


def test_every_recipe_says_where_it_is_from():
    assert set(recipes()) == {"fp32-adam", "mixed-adam", "bf16-adam", "adam8bit", "sgd", "sgd-momentum"}
    assert all(one.source for one in recipes().values())


SINUSOIDS = {"pegasus-large": 2 * 1024 * 1024}  # of encoder and decoder, which are not trained (Zhang et al. 2020)


@pytest.mark.parametrize("name", names())
def test_every_model_of_the_catalog_takes_what_its_parameters_do(name):
    spec = resolve(name)
    total = spec.model().total()
    frozen = sum(entry.params for entry in spec.model().ledger() if entry.tensor.frozen) or SINUSOIDS.get(name, 0)
    assert inference(spec, None).weights == 2 * total
    assert inference(spec, None, "fp32").weights == 4 * total
    assert training(spec, None, recipe("mixed-adam")).stated == 16 * (total - frozen) + 2 * frozen


TYPES = sorted(accepted())
UNBUILT = {"cohere_compass_text", "dbrx"}  # whose classes need more than a default config


def of_type(model_type):
    try:
        return spec_of(of_python({"model_type": model_type}), model_type)
    except InputError:
        pytest.skip("its defaults state no model")


def witnessed(model_type):
    """A type with its defaults: our model, and transformers' class on the meta device."""
    pytest.importorskip("transformers")
    from paramcount.classes import of_transformers

    spec = of_type(model_type)
    return spec, of_transformers.build(spec.family.configured(spec.sizes).config)


FAST = {"marian", "roformer", "laguna", "blt", "gpt2", "zamba", "mixtral", "ibert", "luke", "t5", "ctrl"}
EVERY_TYPE = pytest.mark.parametrize(
    "model_type",
    [pytest.param(one, marks=[] if one in FAST else [pytest.mark.slow]) for one in TYPES if one not in UNBUILT],
)


@EVERY_TYPE
def test_what_is_trained_is_what_torch_gives_a_gradient(model_type):
    spec, built = witnessed(model_type)
    found = training(spec, None, recipe("fp32-adam"))
    trained = sum(p.numel() for p in built.parameters() if p.requires_grad)
    assert (found.weights, found.gradients) == (4 * sum(p.numel() for p in built.parameters()), 4 * trained)
    assert found.optimizer == 8 * trained


@EVERY_TYPE
def test_what_low_bits_are_of_are_torchs_linear_maps_in_layers(model_type):
    spec, built = witnessed(model_type)
    every = own(weights_of(spec))
    ours = {(name(w.name), w.d_in, w.d_out) for w in every if quantised(w) and w.kind == "linear map"}
    others = {name(w.name) for w in every if w.component == "router" or w.kind == "experts"}
    theirs = {(name(one), *sides) for one, sides in maps(built).items() if name(one) not in others}
    assert ours == theirs


@EVERY_TYPE
def test_adapters_are_stated_where_peft_finds_linear_maps_alone(model_type):
    """With every last part of a module's name as target: exactly the linear maps of that name, or a refusal."""
    spec, built = witnessed(model_type)
    every, stated = weights_of(spec), 0
    for target in sorted({w.module.rpartition(".")[2] for w in every if w.kind in ("linear map", "table")}):
        hit = [module for one, module in built.named_modules() if f".{one}".endswith(f".{target}")]
        try:
            found = adapters(model_type, every, Lora(2, (target,)))
        except InputError:
            continue
        stated += 1
        assert sum(w.elements * w.times for w in found) == sum(2 * sum(sides_of(module)) for module in hit)
    assert stated > 1 or model_type == "ibert"


def sides_of(module):
    """Inputs and outputs of what peft adapts; torch's Identity is skipped."""
    if isinstance(module, torch.nn.Embedding):
        return module.num_embeddings, module.embedding_dim
    if isinstance(module, torch.nn.Identity):
        return 0, 0
    return (module.nx, module.nf) if type(module).__name__ == "Conv1D" else (module.in_features, module.out_features)


def name(tensor):
    """A tensor's name with {} for the numbers in it."""
    return re.sub(r"[0-9]+", "{}", tensor)


def test_a_model_that_transformers_counted_has_its_frozen_weights_too(tmp_path):
    pytest.importorskip("transformers")
    (tmp_path / "config.json").write_text('{"model_type": "speech_to_text"}')
    model = paramcount.load(str(tmp_path))
    if type(model.spec.family).__name__ != "Counted":
        pytest.skip("it is counted here by now")
    assert model.memory("training").trained <= model.total()
    with pytest.raises(InputError, match="linear maps is not known"):
        model.memory(dtype="int4")


# llama.cpp, tools/quantize/README.md: bits per weight of Llama 3.1 8B, as llama-quantize prints them.
PRINTED = {
    "Q4_K_S": "4.6672",
    "Q4_K_M": "4.8944",
    "Q5_K_S": "5.5704",
    "Q5_K_M": "5.7036",
    "Q6_K": "6.5633",
    "Q8_0": "8.5008",
    "F16": "16.0005",
}


@pytest.mark.parametrize("kind", PRINTED)
def test_gguf_takes_the_bits_a_weight_that_llama_cpp_prints(kind):
    spec = resolve("llama-3.1-8b")
    found = inference(spec, None, f"gguf:{kind}")
    assert f"{8 * found.weights / spec.model().total():.4f}" == PRINTED[kind]


@given(d_out=st.integers(1, 5), blocks=st.integers(1, 4))
@pytest.mark.parametrize("kind", ["Q4_0", "Q5_1", "Q8_0", "Q4_K", "Q6_K", "BF16", "F32"])
def test_ggmls_types_are_those_of_its_package(kind, d_out, blocks):
    gguf = pytest.importorskip("gguf")
    quant = gguf.GGMLQuantizationType[kind]
    sizes = {"n_layers": 1, "d_model": 256 * blocks, "n_heads": 1, "d_head": 256, "d_ff": 256 * d_out, "n_vocab": 3}
    spec = paramcount.load("llama", **sizes).spec
    weights = own(weights_of(spec))
    for weight in weights:
        shape = weight.shape
        theirs = 4 * prod(shape) if len(shape) < 2 else prod(gguf.quant_shape_to_byte_shape(shape, quant))
        assert mixture(spec, f"gguf:{kind}", weights).nbytes(weight) == theirs * weight.times


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_K"])
def test_a_gguf_file_stores_what_is_predicted(kind, run, tmp_path):
    """A file of its tensors written by the gguf package, read from its header."""
    gguf, numpy = pytest.importorskip("gguf"), pytest.importorskip("numpy")
    sizes = {"n_layers": 2, "d_model": 256, "n_heads": 2, "n_kv_heads": 1, "d_head": 128, "d_ff": 512, "n_vocab": 7}
    model = paramcount.load("llama", **sizes)
    writer = gguf.GGUFWriter(tmp_path / "model.gguf", "llama")
    for name, tensor in (copy for entry in model.spec.model_as("stored").ledger() for copy in entry.copies()):
        shape = tensor.sides()
        if len(shape) < 2:
            writer.add_tensor(name, numpy.zeros(shape, numpy.float32))
            continue
        quant = gguf.GGMLQuantizationType[kind]
        data = numpy.zeros(gguf.quant_shape_to_byte_shape(shape, quant), numpy.uint8)
        writer.add_tensor(name, data, raw_dtype=quant)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    answer = json.loads(run("memory", str(tmp_path / "model.gguf"), "--json").stdout)
    assert answer["weights"] == answer["checkpoint"] == model.memory(dtype=f"gguf:{kind}", seq=8).weights


def test_rows_that_are_no_whole_blocks_are_refused_alone_and_stored_otherwise_in_a_mixture():
    """Qwen2.5 0.5B is 896 wide: llama-quantize uses Q5_0 and Q8_0 where Q4_K and Q6_K don't fit."""
    spec = resolve("qwen2.5-0.5b")
    with pytest.raises(InputError, match="rows of 896 are not whole blocks of 256"):
        inference(spec, None, "gguf:Q4_K")
    by = mixture(spec, "gguf:Q4_K_M", own(weights_of(spec)))
    assert by._in("Q4_K", next(w for w in weights_of(spec) if w.name.endswith("q_proj.weight"))) == 896 * 896 // 32 * 22
    assert by.tied
    table = next(w for w in weights_of(spec) if w.component == "token embedding")
    assert by.nbytes(table) == table.elements // 32 * 34


def test_the_layers_that_a_mixture_gives_more_bits():
    """llama.cpp's use_more_bits: the first and last eighth, and every third between them; these of 22 layers."""
    spec = resolve("llama-3.1-8b", ["n_layers=22"])
    every = own(weights_of(spec))
    by, down = mixture(spec, "gguf:Q4_K_M", every), next(w for w in every if w.name.endswith("down_proj.weight"))
    more = [number for number in range(22) if by._type(down, number) == "Q6_K"]
    assert more == [0, 1, 4, 7, 10, 13, 16, 19, 20, 21]


def test_gguf_of_a_type_that_is_not_stated_is_refused():
    for name in ("gpt3-175b", "deepseek-v3"):
        with pytest.raises(InputError, match=r"how llama.cpp stores .* is not known"):
            inference(resolve(name), None, "gguf:Q4_K_M")


def packed(matrix, d_in, d_out):
    """Bytes as GPTQ and AWQ pack a matrix (a scale and a zero for each 128 inputs), and as bitsandbytes does."""
    assert matrix.numel() == d_in * d_out
    n_groups = len(range(0, d_in, 128))
    words = torch.empty((d_in // 8, d_out), dtype=torch.int32)
    zeros = torch.empty((n_groups, d_out // 8), dtype=torch.int32)
    scales = torch.empty((n_groups, d_out), dtype=torch.float16)
    rows = torch.empty((d_out, d_in), dtype=torch.int8)
    return stored([words, zeros, scales]), stored([rows, torch.empty(d_out)])


def maps(built):
    """The linear maps and experts of a class's layers, by the name of their matrix: inputs and outputs."""
    found = {}
    for name, module in built.named_modules():
        if type(module).__name__ == "Conv1D":
            found[f"{name}.weight"] = (module.nx, module.nf)
        elif isinstance(module, torch.nn.Linear):
            found[f"{name}.weight"] = (module.in_features, module.out_features)
    for name, parameter in built.named_parameters():
        if ".experts." in name and parameter.dim() == 3:  # each expert is outputs × inputs, the order in its name
            found[name] = (parameter.shape[2], parameter.shape[0] * parameter.shape[1])
    return {name: sides for name, sides in found.items() if any(part.isdigit() for part in name.split("."))}


@pytest.mark.parametrize("model_type", ["llama", "gpt2", "qwen2", "mixtral", "bert", "t5"])
def test_low_bits_are_those_of_packed_tensors(model_type):
    spec, built = witnessed(model_type)
    inside = maps(built)
    four = eight = plain = 0
    with torch.device("meta"):
        for name, parameter in built.named_parameters():
            if name in inside and not name.endswith("mlp.gate.weight"):
                by_four, by_eight = packed(parameter, *inside[name])
                four, eight = four + by_four, eight + by_eight
            else:
                plain += 2 * parameter.numel()
    assert inference(spec, None, "int4").weights == plain + four
    assert inference(spec, None, "int8").weights == plain + eight


def test_what_stays_in_sixteen_bits():
    stays = {w.component for w in weights_of(resolve("mixtral-8x7b")) if not quantised(w)}
    assert stays == {"token embedding", "router", "norm", "final norm", "output head"}
    assert format_of("fp8").nbytes(weights_of(resolve("llama-3.1-8b"))[1]) == 4096 * 4096 + 4


class Adapted(torch.nn.Module):
    """A frozen linear map with a trained low-rank map beside it (Hu et al. 2022, sec. 4.1)."""

    def __init__(self, base, r):
        super().__init__()
        self.base = base.requires_grad_(False)
        if isinstance(base, torch.nn.Embedding):
            d_in, d_out = base.num_embeddings, base.embedding_dim
        else:
            d_in, d_out = getattr(base, "in_features", None), getattr(base, "out_features", None)
            d_in, d_out = (d_in, d_out) if d_in else tuple(base.weight.shape)  # transformers' Conv1D
        self.lora_A, self.lora_B = torch.nn.Linear(d_in, r, bias=False), torch.nn.Linear(r, d_out, bias=False)


def adapted(model, lora):
    """The parameters that are trained once the modules that peft would find are replaced."""
    model.requires_grad_(False)
    with torch.device("meta"):
        for name, module in list(model.named_modules()):
            if any(f".{name}".endswith(f".{target}") for target in lora.targets):
                model.set_submodule(name, Adapted(module, lora.r))
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


LORAS = [
    ("llama", ("q_proj", "v_proj")),
    ("llama", ("gate_proj", "up_proj", "down_proj", "lm_head", "embed_tokens")),
    ("gpt2", ("c_attn", "c_proj")),
    ("qwen2", ("self_attn.o_proj",)),
    ("bert", ("query", "dense")),
    ("t5", ("q", "wo")),
    ("mixtral", ("q_proj",)),
    ("gpt_neox", ("query_key_value",)),
]


@pytest.mark.parametrize(("model_type", "targets"), LORAS)
@pytest.mark.parametrize("r", [1, 16])
def test_adapters_are_those_of_modules_written_by_hand(model_type, targets, r):
    spec, built = witnessed(model_type)
    weights = sum(p.numel() for p in built.parameters())
    trained = sum(p.numel() for p in adapted(built, Lora(r, targets)))
    found = training(spec, None, recipe("fp32-adam"), Lora(r, targets), "bf16")
    assert found.trained == trained
    assert (found.weights, found.gradients, found.optimizer) == (2 * weights + 4 * trained, 4 * trained, 8 * trained)


def test_the_adapters_that_peft_prints():
    """Alpaca-LoRA's LLaMA-7B, r = 8 on queries and values: 4,194,304 trainable parameters."""
    found = paramcount.load("llama-7b").memory("training", lora="r=8,targets=q_proj,v_proj")
    assert found.trained == 4_194_304


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("r=0,targets=q_proj", "lora r = 0: zero"),
        ("16,q_proj", "not a rank and targets"),
        ("r=16", "not a rank and targets"),
        ("r=16,targets=", "not a rank and targets"),
        ("r=x,targets=q_proj", "not a positive whole number"),
    ],
)
def test_a_lora_that_is_none_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        parse(text)


def test_a_block_that_is_there_more_than_once_has_no_adapters():
    with pytest.raises(InputError, match="shared by several layers"):
        training(of_type("zamba"), None, recipe("fp32-adam"), Lora(4, ("q_proj",)))


@given(batch=st.integers(1, 9), seq=st.integers(1, 500))
def test_the_cache_is_what_paramcount_cache_says(batch, seq):
    found = paramcount.load("llama-7b").memory(batch=batch, seq=seq, cache_dtype="fp8")
    assert found.cache == 2 * 32 * 4096 * batch * seq
    assert found.total == found.weights + found.cache


def test_an_encoder_has_no_cache_and_an_unknown_one_is_null():
    assert paramcount.load("bert-base").memory().cache == 0
    unknown = paramcount.load({"model_type": "deepseek_v4"}).memory(seq=8)
    assert (unknown.cache, unknown.total) == (None, None)
    assert "counted exactly" in unknown.reasons["cache"]


@pytest.mark.parametrize("name", ["gemma-2-9b", "mamba-130m", "t5-base", "deepseek-v3", "gpt3-xl"])
def test_the_cache_is_that_of_the_cache_of_the_model(name):
    model = paramcount.load(name)
    source = 7 if name == "t5-base" else 0
    found = model.memory(seq=5000, batch=3, source=source, cache_dtype="int8")
    assert found.cache == model.cache(seq=5000, batch=3, source=source, dtype="int8").total_bytes > 0


def test_the_json_contract(run):
    answer = json.loads(run("memory", "gpt2-small", "--for", "training", "--gpu", "rtx-4090", "--json").stdout)
    kinds = ["weights", "gradients", "optimizer", "activations"]
    assert {"model", *kinds, "cache", "total", "per_device"} <= answer.keys()
    assert all(type(answer[kind]) is int for kind in [*kinds, "cache", "total"])
    assert answer["total"] == sum(answer[kind] for kind in kinds)
    moments = {moment["name"]: moment["bytes"] for moment in answer["peak"]["moments"]}
    assert answer["peak"]["bytes"] == max(moments.values()) == moments[answer["peak"]["moment"]]
    assert all(sum(moment["parts"].values()) == moment["bytes"] for moment in answer["peak"]["moments"])
    assert answer["per_device"]["memory"] - answer["peak"]["bytes"] == answer["per_device"]["left"]
    llama = json.loads(run("memory", "llama-3.1-8b", "--for", "training", "--seq", "8", "--json").stdout)
    assert (llama["activations"], llama["total"]) == (None, None)
    assert llama["stated"] == 16 * 8_030_261_248


def test_gradients_are_there_at_the_loss_where_they_are_summed_over_batches(run):
    arguments = ["memory", "gpt2-small", "--for", "training", "--json"]
    once, summed = (json.loads(run(*arguments, *more).stdout) for more in ([], ["--accumulate", "4"]))
    assert summed["peak"]["moments"][0]["bytes"] - once["peak"]["moments"][0]["bytes"] == once["gradients"]


def test_several_models_are_columns_and_a_list(run):
    answers = json.loads(run("memory", "gpt2-small", "gpt2-xl", "--json").stdout)
    assert [answer["model"] for answer in answers] == ["gpt2-small", "gpt2-xl"]
    assert "gpt2-xl" in run("memory", "gpt2-small", "gpt2-xl").stdout.partition("\n\n")[2].partition("\n")[0]


def test_a_checkpoint_says_what_it_stores(run):
    out = run("memory", "docs/examples/tiny-mixtral", "--seq", "8").stdout
    assert "The checkpoint stores 24,480 bytes" in out


def test_a_checkpoint_alone_takes_what_it_stores(run, tmp_path):
    from checkpoints import entries, write_header

    write_header(tmp_path / "model.safetensors", entries({"a.weight": (2, 3)}))
    answer = json.loads(run("memory", str(tmp_path), "--json").stdout)
    assert answer["weights"] == answer["checkpoint"] > 0
    assert answer["cache"] is None
    refused = run("memory", str(tmp_path), "--for", "training")
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)


def test_figures_are_whole_at_any_size(run):
    sizes = ["--set", f"d_model={10**15}", "--set", "n_heads=1000000", "--set", "d_head=1000000"]
    answer = json.loads(run("memory", "gpt3-175b", *sizes, "--for", "training", "--json").stdout)
    model = paramcount.load("gpt3-175b", d_model=10**15, n_heads=10**6, d_head=10**6)
    assert answer["stated"] - answer["activations"] == 16 * model.total() > 10**30


def test_both_units_are_exact_beyond_floats(run):
    out = run("memory", "gpt2-small", "--seq", "1" + "0" * 30).stdout
    assert "GB (10^9)" in out
    assert "36,864,000,000,000,000,000,000,000.249" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dtype", "int3"], "dtype = int3: unknown format for weights; valid: fp32"),
        (["--dtype", "gguf:Q4_Q"], "unknown GGUF type; valid: gguf:Q4_K_S"),
        (["--cache-dtype", "int3"], "--cache-dtype int3: unknown value; valid: fp32, bf16, "),
        (["--batch", "0"], "--batch 0: too small"),
        (["--seq", "0"], "--seq 0: zero"),
        (["--recipe", "sgd"], "recipe = sgd: not for inference"),
        (["--for", "training", "--recipe", "adamw"], "recipe = adamw: unknown recipe; valid: fp32-adam"),
        (["--for", "training", "--cache-dtype", "fp8"], "cache_dtype = fp8: not for training"),
        (["--for", "training", "--dtype", "int4"], "in training the recipe sets it"),
        (
            ["--for", "training", "--lora", "r=8,targets=q_prj"],
            "q_prj: no linear map (other than routers) has it; valid",
        ),
        (["--for", "training", "--recompute", "some"], "--recompute some: unknown value"),
        (["--source", "8"], "source = 8: it reads no source"),
        (["--for", "playing"], "--for playing: unknown value; valid: inference, training"),
        (["--gpu", "h1000"], "h1000: unknown accelerator"),
        (["--gpu-file", "none.csv"], "--gpu-file none.csv: no device chosen from it"),
        (["--gpu-file", "none.csv", "--gpu", "mine"], "none.csv"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(run, arguments, said):
    ran = run("memory", "gpt2-small", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert said in ran.stderr


def test_the_library_refuses_what_the_command_does():
    with pytest.raises(InputError, match="purpose = play"):
        paramcount.load("gpt2-small").memory("play")
    with pytest.raises(InputError, match="batch = 0"):
        paramcount.load("gpt2-small").memory(batch=0)
    with pytest.raises(InputError, match="kernal = fused"):
        paramcount.load("gpt2-small").memory("training", kernal="fused")
    with pytest.raises(InputError, match="unknown for activations"):
        footprint(resolve("gpt2-small"), Run(1, 8), "training", {"kernel": "flash"})


def test_a_device_of_ones_own(run, tmp_path):
    (tmp_path / "mine.csv").write_text("device,memory_bytes_decimal\nmine,1000000000\n")
    arguments = ["memory", "gpt2-small", "--gpu", "mine", "--gpu-file", str(tmp_path / "mine.csv")]
    assert "mine of 1.000 GB (0.931 GiB): fits" in run(*arguments).stdout
    assert "too much" in run(*arguments, "--for", "training").stdout


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (-1, False)])
def test_the_last_byte_decides(spare, fits, run, tmp_path):
    total = paramcount.load("gpt2-small").memory().total
    (tmp_path / "mine.csv").write_text(f"device,memory_bytes_decimal\nmine,{total + spare}\n")
    arguments = ["memory", "gpt2-small", "--gpu", "mine", "--gpu-file", str(tmp_path / "mine.csv"), "--json"]
    found = json.loads(run(*arguments).stdout)["per_device"]
    assert (found["fits"], found["left"]) == (fits, spare)
