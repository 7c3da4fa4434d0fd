"""A model type as a family: a table's rows are its configs, with the literature's names for sizes."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models.special import DEFAULTS, VARY
from models.variations import documents

from paramcount.auditing.counting import count
from paramcount.auditing.table import audited
from paramcount.auditing.userfile import open_table
from paramcount.catalog.families import family_named
from paramcount.catalog.names import resolve
from paramcount.catalog.spec import Spec
from paramcount.catalog.type_family import TypeFamily
from paramcount.config import parse
from paramcount.errors import InputError
from paramcount.models.configured import Configured
from paramcount.models.design import SizeError
from paramcount.models.registry import accepted

TABLE = """\
# table: of-types
# title: models of several types
# source: their cards
# family: qwen2
# family of Gemma-2-9B: gemma2
# family of T5-Large: t5
# family of DeepSeek-V3: deepseek_v3
# assume tied = false: the card
# assume tied of Gemma-2-9B = true: the card
# assume tied of T5-Large = true: the paper
# assume n_layers of DeepSeek-V3 = 61: DeepSeek-AI 2024b, sec. 4.2
model,n_params_printed,n_layers,d_model,n_heads,n_kv_heads,d_head,d_ff,n_vocab
Qwen2.5-7B,"7,615,616,512",28,3584,28,{n_kv_heads},,18944,152064
Gemma-2-9B,9.24B,42,3584,16,8,256,14336,256000
T5-Large,"737,668,096",24,1024,16,,64,4096,32128
DeepSeek-V3,"671,026,404,352",,7168,128,,,18432,129280
"""
QWEN = {"n_layers": 28, "d_model": 3584, "n_heads": 28, "n_kv_heads": 4, "d_ff": 18944, "n_vocab": 152064}


def audit(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    return audited(*open_table(str(path)))


def test_rows_of_four_types_agree_with_what_is_printed(tmp_path):
    rows = audit(tmp_path, TABLE.format(n_kv_heads=4)).rows
    assert [row.verdict for row in rows] == ["agrees"] * 4


def test_what_a_row_leaves_to_its_type_is_said(tmp_path):
    *_, deepseek = audit(tmp_path, TABLE.format(n_kv_heads=4)).rows
    assert deepseek.spec.assumed["r_kv"] == "512, the default of deepseek_v3"
    assert deepseek.spec.assumed["n_layers"] == "DeepSeek-AI 2024b, sec. 4.2"


def test_a_misprint_is_found_where_the_family_is_a_type(tmp_path):
    first, *_ = audit(tmp_path, TABLE.format(n_kv_heads=2)).rows
    assert first.verdict == "explained"
    assert {"n_kv_heads": 4} in [explanation.edit for explanation in first.explanations]


def test_an_essential_size_is_not_left_to_the_type():
    family = TypeFamily("qwen2")
    with pytest.raises(SizeError, match="qwen2: n_kv_heads not given; add --set n_kv_heads=…"):
        family.settle({field: value for field, value in QWEN.items() if field != "n_kv_heads"})
    with pytest.raises(SizeError, match="n_expert: not a hyperparameter of qwen2; valid: "):
        family.settle({**QWEN, "n_expert": 8})


def test_a_type_is_shown_as_a_family_is():
    spec = resolve("qwen2", [f"{field}={value}" for field, value in QWEN.items()])
    assert spec.model().total() == 7_615_616_512
    assert str(spec.formula()).startswith("2·d_model·d_head·n_heads·n_layers")
    shown = {entry.name for entry in spec.model().ledger()}
    assert "layers.{}.attention.W_Q" in shown
    assert "model.layers.{}.self_attn.q_proj.weight" in {entry.name for entry in spec.model_as("stored").ledger()}


def test_a_name_that_is_no_family_is_refused():
    assert family_named("nosuch") is None


@pytest.mark.thorough
@pytest.mark.parametrize("model_type", accepted())
def test_the_count_by_formula_is_the_count_by_building(model_type):
    """At the sizes of random configs, whatever a body looks at."""
    if model_type in DEFAULTS:
        return
    family = family_named(model_type)
    if not isinstance(family, TypeFamily):
        return

    @settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def agrees(data):
        document = data.draw(documents(model_type, VARY.get(model_type)))
        try:
            values = Configured(parse(json.dumps(document), "config")).values()
            given_sizes = {name: value for name, value in values.items() if name in family.sizes}
            sizes = family.settle(given_sizes)
            built = family.build(**sizes)
        except InputError:
            return
        for reading in ("total", "active"):
            assert count(Spec("row", family, sizes), sizes, reading) == built.read(reading)

    agrees()


@pytest.mark.parametrize("reading", ["total", "non-embedding", "active"])
def test_depths_that_differ_in_no_line_of_the_ledger_share_a_compiled_count(reading):
    """deepseek_v3's body looks at n_layers, so that each depth is a structure of its own."""
    family = TypeFamily("deepseek_v3")
    counter = family.named_counter(reading, family.switches)
    for n_layers in (1, 2, 3, 4, 12, 61):
        sizes = family.loosely({"n_layers": n_layers})
        assert counter(sizes) == family.build(**sizes).read(reading)
    kinds = [totals for totals in family._totals.values() if reading in totals]
    assert len(kinds) == 2  # with experts and, of three layers at the most, without


def test_a_type_is_held_against_transformers_class():
    pytest.importorskip("transformers")
    from paramcount.verification import verify

    sizes = {"n_layers": 2, "d_model": 32, "n_heads": 4, "n_kv_heads": 2, "d_ff": 48, "n_vocab": 64}
    verified = verify(resolve("qwen2", [f"{field}={value}" for field, value in sizes.items()]))
    assert verified.ok
    assert verified.witness == "transformers' Qwen2ForCausalLM"
