"""Layouts: what each rank holds, against torch.distributed on a fake process group and the meta device."""

import math
from collections import Counter
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paramcount.catalog.names import names, resolve
from paramcount.costs.memory.divided import cached_numbers, checked, pieces
from paramcount.costs.memory.layout import Rank, settled
from paramcount.costs.memory.placed import laid
from paramcount.costs.memory.recipes import recipe
from paramcount.costs.memory.sharding import held, totals
from paramcount.costs.memory.weights import EXPERTS, LINEAR
from paramcount.errors import InputError

torch = pytest.importorskip("torch")
dist = torch.distributed
from torch.distributed.device_mesh import init_device_mesh  # noqa: E402
from torch.distributed.fsdp import fully_shard  # noqa: E402
from torch.distributed.tensor import Replicate, Shard, distribute_module, distribute_tensor  # noqa: E402
from torch.testing._internal.distributed.fake_pg import FakeStore  # noqa: E402

from paramcount.verification.dry_run import build  # noqa: E402
from paramcount.verification.witnesses.registry import WITNESSES  # noqa: E402

COLUMNS = {"W_Q", "W_K", "W_V", "b_Q", "b_K", "b_V", "W_1", "b_1", "W_gate", "W_up"}
ROWS = {"W_O", "W_2", "W_down"}
OF_EXPERTS = {"W_gate", "W_up", "W_down"}
SMALL = {
    **{"n_layers": 2, "d_model": 24, "n_heads": 4, "n_kv_heads": 2, "d_head": 6, "d_ff": 52, "n_vocab": 101},
    **{"n_ctx": 37, "n_segments": 2, "d_embed": 10, "n_experts": 6, "n_active_experts": 2},
}
OF_PAPERS = [spec for spec in map(resolve, names()) if spec.family.configured(spec.sizes) is None]
MODELS = {spec.family.name: spec.name for spec in OF_PAPERS if spec.family.name in WITNESSES}
DIVIDED = ("gpt", "gpt-post-norm", "llama", "opt", "bloom", "palm", "gpt-neox", "mixtral")  # by Megatron's rule
BUSY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def ranks(number, rank=0):
    """A fake process group of this many ranks, seen from one of them."""
    dist.init_process_group("fake", store=FakeStore(), rank=rank, world_size=number)
    try:
        yield
    finally:
        dist.destroy_process_group()


def small(family, **sizes):
    """A small model of *family*."""
    fields = [field for field in resolve(MODELS[family]).family.sizes if field in SMALL]
    return resolve(MODELS[family], [f"{field}={ {**SMALL, **sizes}[field] }" for field in fields])


def witness(spec):
    return build(WITNESSES[spec.family.name], dict(spec.sizes))


def elements(spec, layout, rank=Rank(), reading="paper"):  # noqa: B008
    """Elements that the rank holds: weights, gradients, and what the optimizer keeps states for."""
    model = laid(spec, reading)
    checked(model, layout)
    found = held(pieces(model, layout, rank), layout, rank)
    return tuple(sum(one.times * getattr(one, kind) for one in found) for kind in ("weights", "gradients", "optimizer"))


def stated(spec, layout, rank=Rank(), reading="paper"):  # noqa: B008
    """Each tensor's elements on the rank, as allocated and as its own rows."""
    model = laid(spec, reading)
    checked(model, layout)
    found = held(pieces(model, layout, rank), layout, rank)
    assert all(one.gradients == one.weights for one in found)
    return sum((Counter({(one.weights, one.optimizer): one.times}) for one in found), Counter())


def sharded(model, mesh=None):
    """*model* under fully_shard, layer by layer; over all ranks if no *mesh* is given."""
    for layer in model.layers:
        fully_shard(layer, mesh=mesh)
    return fully_shard(model, mesh=mesh)


def allocated(model):
    """Each tensor's elements as FSDP2 allocated them for weights, and how many of them are the rank's own."""
    states = [module._get_fsdp_state() for module in model.modules() if hasattr(module, "_get_fsdp_state")]
    found = [one for state in states for group in state._fsdp_param_groups for one in group.fsdp_params]
    return Counter((one._sharded_param_data.numel(), one.sharded_param._local_tensor.numel()) for one in found)


def cut(model, mesh, tied):
    """*model* with a placement for each name, and ties restored, which distribute_module undoes."""

    def place(path, module, mesh):
        for name, parameter in list(module.named_parameters(recurse=False)):
            inputs = parameter.dim() - 2
            if name in COLUMNS:
                where = Shard(parameter.dim() - 1)
            elif name in ROWS:
                where = Shard(inputs)
            elif path in ("token_embedding", "output_head"):
                where = Shard(0)
            else:
                where = Replicate()
            placed = distribute_tensor(parameter.detach(), mesh, [where], src_data_rank=None)
            module.register_parameter(name, torch.nn.Parameter(placed))

    distribute_module(model, mesh, place)
    if tied:
        model.output_head.weight = model.token_embedding.weight
    return model


# ZeRO-3


@pytest.mark.parametrize("family", MODELS)
@pytest.mark.parametrize(("number", "rank"), [(5, 0), (5, 4), (64, 1), (64, 63)])
def test_fsdp_allocates_what_is_stated(family, number, rank):
    spec = small(family)
    with ranks(number, rank):
        found = allocated(sharded(witness(spec)))
    assert found == stated(spec, settled(number, 3), Rank(data=rank))


@given(data=st.data(), family=st.sampled_from(sorted(MODELS)), number=st.integers(1, 70))
@BUSY
def test_fsdp_of_any_shape_on_any_number_of_ranks(data, family, number):
    heads = data.draw(st.sampled_from([1, 2, 4]))
    d_head = data.draw(st.integers(1, 6))
    wide = {} if family == "llama" else {"d_ff": data.draw(st.integers(1, 60))}
    spec = small(family, n_heads=2 * heads, d_head=2 * d_head, d_model=4 * heads * d_head, **wide)
    rank = data.draw(st.integers(0, number - 1))
    with ranks(number, rank):
        found = allocated(sharded(witness(spec)))
    assert found == stated(spec, settled(number, 3), Rank(data=rank))


def test_gpt2_on_1024_ranks_holds_more_than_an_even_share():
    spec = resolve("gpt2-small")
    assert elements(spec, settled(1024, 3)) == (140_690, 140_690, 140_690)
    assert -(-spec.model().total() // 1024) == 121_524
    with ranks(1024):
        assert allocated(sharded(witness(spec))) == stated(spec, settled(1024, 3))


@pytest.mark.parametrize("name", ["gpt2-small", "gpt3-xl", "llama-7b", "bert-base", "bloom-560m"])
def test_fsdp_of_the_papers_models(name):
    spec = resolve(name)
    with ranks(48, 47):
        found = allocated(sharded(witness(spec)))
    assert found == stated(spec, settled(48, 3), Rank(data=47))


@pytest.mark.slow
@pytest.mark.parametrize("number", [64, 1024])
def test_fsdp_of_gpt3(number):
    spec = resolve("gpt3-175b")
    with ranks(number):
        found = allocated(sharded(witness(spec)))
    assert found == stated(spec, settled(number, 3))


def test_the_optimizer_keeps_states_of_the_ranks_own_rows():
    """Adam's states are like the sharded parameters, without their padding."""
    spec = small("gpt")
    with ranks(5, 4):
        model = sharded(witness(spec))
        optimizer = torch.optim.Adam(model.parameters(), foreach=False)
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)
        optimizer.step()
        kept = sum(state["exp_avg"].to_local().numel() for state in optimizer.state.values())
    padded, _, own = elements(spec, settled(5, 3), Rank(data=4))
    assert kept == own < padded


def test_gradients_are_allocated_with_their_padding():
    """A step on the CPU: a rank's gradients are views of what was scattered to it, including padding."""
    spec = small("gpt")
    with ranks(5, 4):
        model = WITNESSES["gpt"](**spec.sizes)
        for parameter in model.parameters():
            torch.nn.init.zeros_(parameter)
        sharded(model)(torch.zeros(1, 8, dtype=torch.long)).sum().backward()
        storages = [parameter.grad.to_local().untyped_storage() for parameter in model.parameters()]
        nbytes = sum({one.data_ptr(): one.nbytes() for one in storages}.values())
    _, gradients, own = elements(spec, settled(5, 3), Rank(data=4))
    assert nbytes == 4 * gradients > 4 * own


@pytest.mark.parametrize("name", ["gpt2", "llama", "mixtral", "qwen2", "gpt_neox", "phimoe"])
def test_fsdp_of_classes_cuts_tensors_as_they_are_stored(name, tmp_path):
    transformers = pytest.importorskip("transformers")
    from paramcount.catalog.locate import resolve as located

    config = transformers.AutoConfig.for_model(name)
    (tmp_path / "config.json").write_text(config.to_json_string(use_diff=False))
    with ranks(48, 47), torch.device("meta"):
        model = fully_shard(transformers.AutoModelForCausalLM.from_config(config))
        found = allocated(model)
    assert found == stated(located(str(tmp_path), ()), settled(48, 3), Rank(data=47), "stored")


# Tensor parallelism


@pytest.mark.parametrize("family", DIVIDED)
@pytest.mark.parametrize("rank", [Rank(0, 0, 0), Rank(0, 1, 2)])
@pytest.mark.parametrize("n_vocab", [101, 102])
def test_tensor_parallelism_and_fsdp_together(family, rank, n_vocab):
    kv = {"n_kv_heads": 2}
    spec = small(family, n_vocab=n_vocab, **kv)
    layout = settled(None, 3, tp=2, dp=3)
    with ranks(6, rank.number(layout)):
        mesh = init_device_mesh("cpu", (3, 2), mesh_dim_names=("dp", "tp"))
        found = allocated(sharded(cut(witness(spec), mesh["tp"], spec.sizes.get("tied")), mesh["dp"]))
    assert found == stated(spec, layout, rank)


@given(data=st.data(), family=st.sampled_from(DIVIDED), tp=st.integers(1, 4), dp=st.integers(1, 9))
@BUSY
def test_two_dimensions_of_any_shape(data, family, tp, dp):
    times, d_head, d_ff = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 5)), data.draw(st.integers(1, 9))
    kv = tp * times
    spec = small(
        family, n_heads=2 * kv, n_kv_heads=kv, d_head=2 * d_head, d_model=4 * kv * d_head, d_ff=tp * d_ff,
        n_vocab=data.draw(st.integers(1, 90)),
    )  # fmt: skip
    rank = Rank(0, data.draw(st.integers(0, tp - 1)), data.draw(st.integers(0, dp - 1)))
    layout = settled(None, 3, tp=tp, dp=dp)
    with ranks(tp * dp, rank.number(layout)):
        mesh = init_device_mesh("cpu", (dp, tp), mesh_dim_names=("dp", "tp"))
        found = allocated(sharded(cut(witness(spec), mesh["tp"], spec.sizes.get("tied")), mesh["dp"]))
    assert found == stated(spec, layout, rank)


def test_columns_and_rows_are_those_of_transformers_own_plans(tmp_path):
    """For every type that is divided here, a linear map in its class's plan is split the same way."""
    transformers = pytest.importorskip("transformers")
    from paramcount.catalog.locate import resolve as located

    compared = set()
    for name in ("llama", "mistral", "qwen2", "qwen3", "gemma2", "phi3", "olmo", "cohere", "starcoder2", "mixtral",
                 "qwen3_moe", "gpt_neox", "granite", "glm4_moe", "llama4_text"):  # fmt: skip
        (tmp_path / "config.json").write_text(f'{{"model_type": "{name}"}}')
        plan = transformers.CONFIG_MAPPING[name].base_model_tp_plan
        for one in laid(located(str(tmp_path), ())).tensors:
            path = one.name.replace("{}", "*").removesuffix(".weight")
            style = next((style for key, style in plan.items() if path.endswith(key)), "")
            if one.weight.kind in (LINEAR, EXPERTS) and ("col" in style or "row" in style):
                assert one.cut.axis == len(one.weight.shape) - (1 if "row" in style else 2), (name, path)
                compared.add(name)
    assert len(compared) > 12


def test_what_two_tensor_ranks_hold_is_the_model_and_the_whole_tensors_once_more():
    spec = resolve("gpt2-small")
    whole = sum(one.elements * one.times for one in (p.weight for p in pieces(laid(spec), settled(1))))
    both = [elements(spec, settled(2, tp=2), Rank(0, at))[0] for at in (0, 1)]
    d = 768
    replicated = 12 * (4 * d + 2 * d) + 2 * d + 1024 * d  # norms, the biases behind sums, positions
    assert sum(both) == whole + replicated


# Stages


@pytest.mark.parametrize("family", ["gpt", "llama", "mixtral", "bloom", "opt"])
@pytest.mark.parametrize("pp", [2, 3, 6])
def test_stages_are_those_of_the_witness_cut_apart(family, pp):
    spec = small(family, n_layers=6)
    model, each = witness(spec), 6 // pp
    behind = [module for module in (getattr(model, "final_norm", None), model.output_head) if module is not None]
    before = [module for name, module in model.named_children() if "embedding" in name]
    for stage in range(pp):
        own = torch.nn.ModuleList(model.layers[stage * each : (stage + 1) * each])
        own.extend(before if stage == 0 else [])
        own.extend(behind if stage == pp - 1 else [])
        count = sum(parameter.numel() for parameter in own.parameters())
        assert elements(spec, settled(pp, pp=pp), Rank(stage))[0] == count


def test_a_tied_head_is_held_by_both_ends():
    tied, untied = resolve("gpt2-small"), resolve("gpt2-small", ["tied=false"])
    for stage in (0, 1, 2):
        assert elements(tied, settled(3, pp=3), Rank(stage)) == elements(untied, settled(3, pp=3), Rank(stage))


def test_layers_of_several_kinds_are_told_apart():
    spec = resolve("deepseek-v2")
    assert any(one.place.at for one in laid(spec).tensors)
    stages = [elements(spec, settled(60, pp=60), Rank(stage), "stored")[0] for stage in range(60)]
    assert sum(stages) == spec.model().total()
    inner = spec.model().by_component()["experts"] // 59
    assert stages[2] > inner > stages[0]  # the first layer is dense


# Experts


@given(ep=st.sampled_from([1, 2, 3, 6]), more=st.integers(1, 4), data=st.data())
@BUSY
def test_experts_are_divided_and_sharded_among_fewer_copies(ep, more, data):
    spec, dp = small("mixtral"), ep * more
    rank = data.draw(st.integers(0, dp - 1))
    with ranks(dp, rank):
        both = init_device_mesh("cpu", (more, ep), mesh_dim_names=("copies", "ep"))
        everyone = init_device_mesh("cpu", (dp,), mesh_dim_names=("dp",))
        model = witness(spec)
        for layer in model.layers:
            for name in OF_EXPERTS:
                one = getattr(layer.experts, name).detach()
                placed = distribute_tensor(one, both["ep"], [Shard(0)], src_data_rank=None)
                layer.experts.register_parameter(name, torch.nn.Parameter(placed))
            router = layer.experts.W_router
            layer.router = torch.nn.ParameterList([router])
            del layer.experts.W_router
            fully_shard(layer.experts, mesh=both["copies"])
        found = allocated(sharded(model, everyone))
    assert found == stated(spec, settled(dp, 3, ep=ep), Rank(data=rank))


# ZeRO-1 and -2


@given(family=st.sampled_from(sorted(MODELS)), dp=st.integers(1, 50))
@BUSY
def test_flat_groups_are_padded_to_twice_the_ranks(family, dp):
    """By filling a list: one group of all numbers, padded so that each rank gets an even number of them."""
    spec = small(family)
    group = torch.cat([parameter.flatten() for parameter in witness(spec).parameters()]).numel()
    padded = group
    while padded % (2 * dp):
        padded += 1
    assert elements(spec, settled(dp, 1)) == (padded, group, padded // dp)
    assert elements(spec, settled(dp, 2)) == (padded, padded // dp, padded // dp)
    assert elements(spec, settled(dp, 0)) == (group, group, group)


def test_experts_are_a_flat_group_of_their_own():
    spec = small("mixtral")
    experts = 2 * 6 * 3 * 24 * 52
    rest = spec.model().total() - experts
    padded = -(-rest // 12) * 12 + -(-(experts // 3) // 4) * 4
    assert elements(spec, settled(6, 2, ep=3))[0] == padded


# Whatever the layout


def layouts():
    return st.builds(
        lambda zero, tp, pp, ep, more: settled(None, zero, tp, pp, ep * more, ep),
        zero=st.integers(0, 3), tp=st.sampled_from([1, 2]), pp=st.sampled_from([1, 2, 4]),
        ep=st.sampled_from([1, 2, 3]), more=st.integers(1, 5),
    )  # fmt: skip


@given(layout=layouts(), tied=st.booleans())
@BUSY
def test_all_ranks_together_hold_the_model_at_least_once(layout, tied):
    spec = small("mixtral", n_layers=4)
    spec = resolve(spec.name, [f"{k}={v}" for k, v in {**spec.sizes, "tied": str(tied).lower()}.items()])
    total, found = spec.model().total(), [0, 0, 0]
    for stage in range(layout.pp):
        for tensor in range(layout.tp):
            for data in range(layout.dp):
                own = elements(spec, layout, Rank(stage, tensor, data))
                found = [one + other for one, other in zip(found, own, strict=True)]
    assert min(found) >= total
    if layout.zero == 3 and layout.tp == 1 and (layout.pp == 1 or not tied):
        assert found[2] == total  # every row has one owner


@given(layout=layouts(), data=st.data())
@BUSY
def test_the_first_rank_of_a_stage_holds_as_much_as_any(layout, data):
    spec, stage = small("mixtral", n_layers=4), data.draw(st.integers(0, layout.pp - 1))
    other = Rank(stage, data.draw(st.integers(0, layout.tp - 1)), data.draw(st.integers(0, layout.dp - 1)))
    first = elements(spec, layout, Rank(stage))
    assert all(one >= two for one, two in zip(first, elements(spec, layout, other), strict=True))


@given(dp=st.sampled_from([1, 2, 4]), recipes=st.sampled_from(["fp32-adam", "mixed-adam", "sgd", "bf16-adam"]))
def test_what_divides_evenly_is_an_even_share(dp, recipes):
    spec, by = small("llama", n_vocab=128), recipe(recipes)
    layout = settled(dp, 3)
    bytes_of = totals(held(pieces(laid(spec), layout), layout), by)
    total = spec.model().total()
    assert [dp * kind for kind in bytes_of] == [by.weights * total, by.gradients * total, by.optimizer(total)]


def test_a_later_stage_of_zero_holds_no_more():
    spec = resolve("gpt3-xl")
    by = recipe("mixed-adam")
    sums = [sum(totals(held(pieces(laid(spec), settled(16, zero)), settled(16, zero)), by)) for zero in range(4)]
    assert sums == sorted(sums, reverse=True)
    assert sums[0] == 16 * spec.model().total()


@given(tp=st.sampled_from([1, 2]), pp=st.sampled_from([1, 2, 4]))
def test_the_caches_of_all_stages_are_the_models(tp, pp):
    model, layout = laid(small("llama", n_layers=4)), settled(None, tp=tp, pp=pp)
    stages = [cached_numbers(model, layout, stage) for stage in range(pp)]
    assert tp * sum(stages) == 2 * 4 * 2 * 6


def test_ranks_are_numbered_once_each():
    layout = settled(24, tp=2, pp=3)
    numbers = {Rank(s, t, d).number(layout) for s in range(3) for t in range(2) for d in range(4)}
    assert numbers == set(range(24))
    assert math.prod((layout.tp, layout.pp, layout.dp)) == 24


# What doesn't divide


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"devices": 60, "tp": 8, "pp": 2}, "devices = 60: not a multiple of tp · pp = 16; valid: 48, 64"),
        ({"devices": 4, "tp": 8}, "not a multiple of tp · pp = 8; valid: 8"),
        ({"devices": 64, "tp": 8, "dp": 4}, "tp · pp · dp = 32; valid: --devices 32"),
        ({"devices": 8, "ep": 3}, "ep = 3: does not divide dp = 8; valid: 2, 4"),
        ({"devices": 0}, "devices = 0"),
        ({"devices": 2, "zero": 4}, "zero = 4"),
        ({"tp": -1}, "tp = -1"),
    ],
)
def test_layouts_that_are_none_are_refused(given, said):
    with pytest.raises(InputError, match="valid") as error:
        settled(**given)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("name", "sizes", "said"),
    [
        ("gpt2-small", {"tp": 5}, "tp = 5: does not divide n_heads = 12; valid: 4, 6"),
        ("llama-3-8b", {"tp": 16}, "tp = 16: does not divide n_kv_heads = 8; valid: 8"),
        ("gpt2-small", {"pp": 5}, "pp = 5: does not divide n_layers = 12; valid: 4, 6"),
        ("mixtral-8x7b", {"ep": 3, "dp": 3}, "ep = 3: does not divide n_experts = 8; valid: 1"),
        ("gpt2-small", {"ep": 2, "dp": 2}, "no known experts"),
        ("gopher-280b", {"tp": 2}, "no rule for dividing"),
        ("mamba-130m", {"tp": 2}, "no rule for dividing"),
        ("deepseek-v3", {"tp": 2}, "no rule for dividing"),
        ("t5-large", {"pp": 2}, "its layers are not of one stack"),
    ],
)
def test_models_that_do_not_divide_are_refused(name, sizes, said):
    with pytest.raises(InputError, match="valid") as error:
        checked(laid(resolve(name)), settled(**sizes))
    assert said in str(error.value)
