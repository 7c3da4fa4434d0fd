"""Comparisons: differences that add up, and causes that share them out exactly and fairly."""

import json
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from shapes import shapes

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.names import everything, find, resolve
from paramcount.catalog.spec import Spec, override
from paramcount.comparison import causes, compare, merged, shapley, whole
from paramcount.models.design import SizeError


def spec(shape) -> Spec:
    family, sizes = shape
    return Spec(family.name, family, sizes)


# If sizes depend on each other, half-way shapes may be refused; these are tested separately.
specs = shapes().filter(lambda shape: not shape[0].limits).map(spec)


@given(specs, specs)
def test_differences_are_those_of_the_counts(before, after):
    """Each component's difference is that of the two ledgers, and they add up to the total's."""
    found = compare(before, after)
    old, new = before.model(), after.model()
    assert {line.name for line in found.components} == {*old.by_component(), *new.by_component()}
    for line in found.components:
        assert line.before == old.by_component().get(line.name)
        assert line.after == new.by_component().get(line.name)
    assert sum(line.difference for line in found.components) == found.total.difference == new.total() - old.total()
    assert found.non_embedding.difference == new.non_embedding() - old.non_embedding()


@given(specs, specs)
def test_causes_add_up_to_the_difference(before, after):
    """The contributions add up to the difference exactly, and still do after rounding."""
    found = causes(before, after)
    if before.family.fields != after.family.fields:
        assert found is None
        return
    difference = after.model().total() - before.model().total()
    assert sum(cause.exact for cause in found) == difference
    assert sum(cause.attributed for cause in found) == difference
    assert all(abs(cause.attributed - cause.exact) < 1 for cause in found)


@given(specs, specs)
def test_the_way_back_has_the_opposite_causes(before, after):
    """From B to A every hyperparameter takes away what it adds from A to B."""
    there, back = causes(before, after), causes(after, before)
    if there is not None:
        assert {c.field: c.exact for c in there} == {c.field: -c.exact for c in back}


@given(specs, st.data())
def test_a_single_change_brings_the_whole_difference(before, data):
    """If one size changed, it is the only cause, unless another is tied to it and follows."""
    field = data.draw(st.sampled_from(before.family.sizes))
    try:
        after = override(before, {field: data.draw(st.integers(1, 10_000))})
    except SizeError:  # a size that doesn't fit the others
        assume(False)
    difference = after.model().total() - before.model().total()
    found = causes(before, after)
    if after.sizes[field] == before.sizes[field]:
        assert found == []
    else:
        (cause,) = found
        assert (cause.field, cause.attributed, cause.alone) == (field, difference, difference)


def test_alone_is_a_count_of_its_own():
    """What one change does alone is what overriding that size does."""
    small, xl = find("gpt2-small"), find("gpt2-xl")
    for cause in causes(small, xl):
        changed = override(small, {cause.field: cause.after})
        assert cause.alone == changed.model().total() - small.model().total()


def test_shapley_values_are_averages_over_all_orders():
    """The definition: what each change adds in its turn, averaged over every order of the changes."""
    small, xl = find("gpt2-small"), find("gpt2-xl")
    changed = ["n_layers", "d_model", "n_heads"]
    gained = dict.fromkeys(changed, 0)
    for order in permutations(changed):
        step = small
        for field in order:
            then = override(step, {field: xl.sizes[field]})
            gained[field] += then.model().total() - step.model().total()
            step = then
    assert {c.field: c.exact for c in causes(small, xl)} == {field: Fraction(g, 6) for field, g in gained.items()}


def test_a_size_that_follows_is_no_cause():
    """d_ff = 4·d_model in both GPT-2 small and XL, so d_model is the cause; if it differs in one, d_ff is."""
    assert {cause.field for cause in causes(find("gpt2-small"), find("gpt2-xl"))} == {"n_layers", "d_model", "n_heads"}
    apart = resolve("gpt2-small", ["d_model=1024", "d_ff=2048"])
    assert {cause.field for cause in causes(find("gpt2-small"), apart)} == {"d_model", "d_ff"}


def test_the_family_is_a_cause_where_sizes_are_shared():
    """GPT-1 to GPT-2 small: a vocabulary, a context, and the family's final norm."""
    found = {cause.field: cause for cause in causes(find("gpt1"), find("gpt2-small"))}
    assert found.keys() == {"family", "n_vocab", "n_ctx"}
    assert (found["family"].before, found["family"].after) == ("gpt-post-norm", "gpt")
    assert found["family"].attributed == 2 * 768
    assert found["n_vocab"].attributed == (50257 - 40478) * 768


def test_known_differences():
    """GPT-3 XL with 16 heads: 201,400,320 fewer, all from n_heads and all in attention."""
    found = compare(find("gpt3-xl"), resolve("gpt3-xl", ["n_heads=16"]))
    assert found.total.difference == 1_315_723_264 - 1_517_123_584 == -201_400_320
    assert {line.name: line.difference for line in found.components if line.difference} == {"attention": -201_400_320}
    assert [(cause.field, cause.attributed) for cause in found.causes] == [("n_heads", -201_400_320)]


@pytest.mark.parametrize("name", [spec.name for spec in everything()])
def test_every_model_is_itself(name):
    found = compare(find(name), find(name))
    assert found.total.difference == 0
    assert found.causes == []
    assert all(line.ratio in (1, None) for line in found.components)


@given(st.dictionaries(st.text(max_size=3), st.fractions(), max_size=7), st.integers(-10, 10))
def test_rounding_keeps_the_sum(values, total):
    """Rounded parts are within 1 of the exact ones and keep the sum."""
    values["rest"] = total - sum(values.values(), Fraction(0)) + values.get("rest", 0)
    rounded = whole(values)
    assert sum(rounded.values()) == sum(values.values())
    assert all(abs(rounded[name] - value) < 1 for name, value in values.items())


def test_nobody_changes_nothing():
    assert shapley([], lambda fields: 7) == {}
    assert whole({}) == {}


def test_components_stay_in_the_models_order():
    assert merged(["a", "b", "d"], ["a", "c", "d", "e"]) == ["a", "c", "b", "d", "e"]
    assert merged(["b"], ["a", "b"]) == ["a", "b"]


# ---- the command


def test_json_holds_exact_ints(run):
    document = json.loads(run("compare", "gpt2-small", "gpt2-xl", "gpt3-xl:n_heads=16", "--json").stdout)
    assert document["models"] == ["gpt2-small", "gpt2-xl", "gpt3-xl:n_heads=16"]
    assert document["total"]["params"] == [124_439_808, 1_557_611_200, 1_315_723_264]
    assert document["total"]["difference"] == [1_433_171_392, 1_191_283_456]
    assert document["total"]["ratio"][0] == 1_557_611_200 / 124_439_808
    for place, model in enumerate(document["models"][1:]):
        difference = document["total"]["difference"][place]
        brought = [cause for cause in document["causes"] if cause["model"] == model]
        assert sum(cause["attributed"] for cause in brought) == difference
        assert sum(cause["share"] for cause in brought) == pytest.approx(1)
        assert (
            sum(part["difference"][place] for part in document["components"]) == document["total"]["difference"][place]
        )
    tied = json.loads(run("compare", "gpt2", "gpt2:tied=no", "--json").stdout)["causes"]
    assert [(cause["from"], cause["to"], cause["attributed"]) for cause in tied] == [(True, False, 50257 * 768)]


def test_a_table_names_the_causes(run):
    done = run("compare", "gpt2-xl", "gpt3-xl")
    assert done.exit_code == 0
    assert "Where gpt3-xl − gpt2-xl = " in done.stdout
    assert "Shapley" in done.stdout
    assert "work against each other" in done.stdout
    assert "work against each other" not in run("compare", "gpt2-small", "gpt2-xl").stdout
    assert "no hyperparameter differs" in run("compare", "gpt2", "gpt2-small").stdout


def test_families_of_other_sizes_are_compared_by_component(run):
    other = "attention-only:n_layers=2,d_model=768,n_heads=12,n_vocab=50257"
    done = run("compare", "gpt2", other)
    assert done.exit_code == 0
    assert "gpt and attention-only have different hyperparameters" in done.stdout
    assert json.loads(run("compare", other, "gpt2", "--json").stdout)["causes"] == []


def test_set_is_for_all_models_and_gives_way(run):
    document = json.loads(
        run("compare", "gpt2", "gpt3-small", "gpt2:n_vocab=7", "--set", "n_vocab=50304", "--json").stdout
    )
    assert document["set"] == ["n_vocab=50304"]
    assert document["components"][0]["params"] == [50304 * 768, 50304 * 768, 7 * 768]
    assert "All models with n_vocab=50304." in run("compare", "gpt2", "gpt3-small", "--set", "n_vocab=50304").stdout


@pytest.mark.parametrize("form", ["csv", "md", "tex"])
def test_exports_hold_every_component(run, form):
    done = run("compare", "gpt1", "gpt2-xl", "--format", form)
    assert done.exit_code == 0
    for name in FAMILIES["gpt"].build(**find("gpt2").sizes).by_component():
        assert name in done.stdout
    if form == "csv":
        assert "total,116534784,1557611200,1441076416," in done.stdout
    if form == "tex":
        assert all(line.isascii() for line in done.stdout.splitlines() if not line.startswith("%"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gpt2"], "two or more"),
        (["gpt2", "gpt9-xl"], "is not a known model"),
        (["gpt2", "gpt2:n_heads"], "valid: MODEL:FIELD=VALUE"),
        (["gpt2", "gpt2:"], "valid: MODEL:FIELD=VALUE"),
        (["gpt2", "gpt2:width=3"], "valid: n_layers"),
        (["gpt2", "gpt2:n_heads=0"], "zero"),
        (["gpt2", "gpt2:n_layers=1e400"], "larger than 1e36"),
        (["gpt2", "gpt2:n_vocab=50,257"], "is not a change"),
    ],
)
def test_bad_input_is_one_line(run, arguments, said):
    done = run("compare", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_no_causes_are_given_where_a_half_way_shape_is_none():
    """12 heads can't share 8 keys, so there is no model between 16 heads with 8 keys and 12 with 4."""
    sizes = {"n_layers": 2, "d_model": 64, "d_head": 4, "d_ff": 100, "n_vocab": 50}
    llama = FAMILIES["llama"]
    wide = Spec("wide", llama, llama.settle({**sizes, "n_heads": 16, "n_kv_heads": 8}))
    narrow = Spec("narrow", llama, llama.settle({**sizes, "n_heads": 12, "n_kv_heads": 4}))
    assert causes(wide, narrow) is None


def test_a_config_and_a_paper_of_one_name_are_told_apart(run):
    said = run("compare", "mixtral-8x22b", "mixtral-8x7b").stdout
    assert "mixtral-8x7b − mixtral-8x22b = −93,927,278,592: " in said
    assert "mixtral-8x22b takes its sizes from a config and mixtral-8x7b from a paper" in said
    said = run("compare", "deepseek-v2", "mixtral-8x22b").stdout
    assert "deepseek_v2 and mixtral have different hyperparameters" in said


def test_active_parameters_are_compared_where_there_are_experts(run):
    assert "active per token  12,879,925,248   39,161,468,928" in run("compare", "mixtral-8x7b", "mixtral-8x22b").stdout
    assert "active" not in run("compare", "gpt2", "gpt3").stdout
    document = json.loads(run("compare", "gpt2", "mixtral-8x7b", "--json").stdout)
    assert document["active"]["params"] == [124_439_808, 12_879_925_248]


def test_more_changes_than_can_be_weighed_are_said_to_be(run, monkeypatch):
    monkeypatch.setattr("paramcount.comparison.MOST", 1)
    monkeypatch.setattr("paramcount.report.compare.MOST", 1)
    done = run("compare", "gpt2-small", "gpt2-xl")
    assert done.exit_code == 0
    assert "3 sizes differ, too many to attribute, so the difference is shown by component only." in done.stdout
