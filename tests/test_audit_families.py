"""Tables of any family: with the literature's names or a config's keys, open sizes, or the wrong family."""

import pytest

from paramcount.auditing.conventions import conventions
from paramcount.auditing.table import audit, audited
from paramcount.auditing.userfile import open_table
from paramcount.catalog.families import family_named
from paramcount.catalog.type_family import TypeFamily
from paramcount.errors import InputError
from paramcount.models.index import PLACES
from paramcount.papers.tables import tables


@pytest.fixture
def held(tmp_path):
    def hold(text):
        path = tmp_path / "table.csv"
        path.write_text(text)
        return audited(*open_table(str(path)))

    return hold


# Released models with their counts as printed, to the last digit (tables/released.csv says where).
STATED = {
    "qwen2": ("tied,hidden_size,num_hidden_layers,num_attention_heads,num_key_value_heads,intermediate_size,vocab_size",
              "false,3584,28,28,4,18944,152064", "7,615,616,512"),
    "gemma": ("d_model,n_layers,n_heads,n_kv_heads,d_head,d_ff,n_vocab",
              "2048,18,8,1,256,16384,256000", "2,506,172,416"),
    "gemma2": ("d_model,n_layers,n_heads,n_kv_heads,head_dim,d_ff,n_vocab",
               "2304,26,8,4,256,9216,256000", "2,614,341,888"),
    "gemma3_text": ("d_model,n_layers,n_heads,n_kv_heads,d_head,d_ff,n_vocab",
                    "1152,26,4,1,256,6912,262144", "999,885,952"),
    "llama": ("tied,d_model,n_layers,n_heads,n_kv_heads,d_ff,n_vocab",
              "no,4096,32,32,8,14336,128256", "8,030,261,248"),
    "t5": ("d_model,n_layers,n_heads,d_head,d_ff,n_vocab", "512,6,8,64,2048,32128", "60,506,624"),
    "AlbertModel": ("d_model,n_layers,n_heads,d_embedding,d_ff,n_vocab", "768,12,12,128,3072,30000", "11,683,584"),
    "deepseek_v3": ("tie_word_embeddings,d_model,n_layers,n_heads,d_ff,n_vocab",
                    "false,7168,61,128,18432,129280", "671,026,404,352"),
    "codegen": ("tied,d_model,n_layers,n_heads,n_vocab", "false,1024,20,16,51200", "356,712,448"),
    "gptj": ("tied,d_model,n_layers,n_heads,n_vocab", "false,4096,28,16,50400", "6,050,882,784"),
    "whisper": ("d_model,n_encoder_layers,n_decoder_layers,n_encoder_heads,n_decoder_heads,d_encoder_ff,"
                "d_decoder_ff,n_vocab", "384,4,4,6,6,1536,1536,51865", "37,760,640"),
    "vit": ("d_model,n_layers,n_heads,patch_size,n_channels,n_patches,n_classes",
            "768,12,12,16,3,196,1000", "86,567,656"),
}  # fmt: skip


@pytest.mark.parametrize("family", STATED)
def test_a_row_of_each_family_counts_to_what_is_printed(held, family):
    columns, cells, printed = STATED[family]
    (row,) = held(f'# family: {family}\nmodel,n_params_printed,{columns}\none,"{printed}",{cells}\n').rows
    assert row.verdict == "agrees", row.fault


def test_of_one_row_too(held):
    """`# family of ROW` takes what `# family` takes."""
    head = "# family of a: vit\n# family of b: AlbertModel\n# family of c: codegen\n"
    columns = "model,n_params_printed,d_model,n_layers,n_heads,d_ff,d_embedding,patch_size,n_channels,"
    columns += "n_patches,n_classes,n_vocab"
    rows = [
        "a,86.6M,768,12,12,3072,,16,3,196,1000,",
        "b,11.7M,768,12,12,3072,128,,,,,30000",
        "c,357M,1024,20,16,,,,,,,51200",
    ]
    assert [row.verdict for row in held("\n".join([head + columns, *rows, ""])).rows] == ["agrees"] * 3


def test_every_type_that_is_counted_is_a_family():
    """Except two whose defaults don't describe a model even with the sizes that they leave out."""
    refused = []
    for name in PLACES:
        try:
            assert family_named(name)
        except InputError:
            refused.append(name)
    assert refused == ["reformer", "lfm2_moe"]


def test_what_a_types_defaults_leave_out_must_be_given():
    family = TypeFamily("nemotron")
    with pytest.raises(InputError, match="n_kv_heads not given"):
        family.settle({"n_layers": 2, "d_model": 64, "n_heads": 4, "d_ff": 100, "n_vocab": 50})


def test_a_class_is_a_family_of_its_type():
    head = family_named("BertForMaskedLM").build(**family_named("BertForMaskedLM").settle(BERT))
    body = family_named("BertModel").build(**family_named("BertModel").settle(BERT))
    assert body.total() == 109_482_240
    assert head.total() == 109_514_298
    assert family_named("BertForNothing") is None


BERT = {"n_layers": 12, "d_model": 768, "n_heads": 12, "d_ff": 3072, "n_vocab": 30522}


# --- sizes that a row leaves open


GPT = "# family: gpt\nmodel,n_params_printed,n_layers,d_model,n_heads,n_vocab,n_ctx\n"


def test_one_open_size_has_an_interval(held):
    (row,) = held(GPT + "one,124M,12,768,12,,1024\n").rows
    assert row.verdict == "undecided"
    assert row.fault == "n_vocab is not stated: 49,034 to 50,335 would give 124M (n_params_printed)"


@pytest.mark.parametrize(("n_vocab", "verdict"), [(49_033, 0), (49_034, 1), (50_335, 1), (50_336, 0)])
def test_the_interval_is_that_of_the_counts(held, n_vocab, verdict):
    (row,) = held(GPT + f"one,124M,12,768,12,{n_vocab},1024\n").rows
    assert row.published[0].figure.claim.admits(row.published[0].counted) == bool(verdict)


def test_several_open_sizes_leave_room_or_none(held):
    (row,) = held(GPT + "one,124M,12,768,12,,\n").rows
    assert row.verdict == "undecided"
    assert row.fault.startswith("n_vocab and n_ctx are not stated: with n_vocab = 1 and n_ctx = 1 the count is 85,0")
    (row,) = held(GPT + "one,84M,12,768,12,,\n").rows
    assert row.verdict == "unexplained"
    assert row.fault.endswith("more than 84M (n_params_printed)")


def test_heads_that_share_the_width_need_not_be_known(held):
    (row,) = held(GPT + "one,124M,12,768,,50257,1024\n").rows
    assert row.verdict == "agrees"
    assert row.spec.assumed["n_heads"] == "not given, but does not affect the count"


def test_heads_of_grouped_keys_must_be_known(held):
    head = "# family: llama\n# assume n_kv_heads = 8: given\nmodel,n_params_printed,n_layers,d_model,d_ff,n_vocab\n"
    (row,) = held(head + "one,8.03B,32,4096,14336,128256\n").rows
    assert row.verdict == "undecided"
    assert "n_heads" in row.fault


def test_a_size_that_the_reading_leaves_out_need_not_be_known(held):
    head = "# family: gpt\n# reading n_params_printed: non-embedding\nmodel,n_params_printed,n_layers,d_model,n_heads\n"
    (row,) = held(head + "one,85.1M,12,768,12\n").rows
    assert row.verdict == "agrees"


def test_impossible_is_kept_for_what_no_model_can_be(held):
    (row,) = held(GPT + "one,124M,12,768,11,50257,1024\n").rows
    assert row.verdict == "impossible"


def test_a_size_of_a_type_that_is_open_is_found_too(held):
    head = "# family: gemma2\nmodel,n_params_printed,d_model,n_layers,n_heads,n_kv_heads,d_ff,n_vocab\n"
    (row,) = held(head + '9B,"9,241,705,984",3584,42,16,8,,256000\n').rows
    assert row.fault == "d_ff is not stated: 14,336 would give 9,241,705,984 (n_params_printed)"


# --- columns


def test_a_key_that_is_no_size_is_refused_by_its_column(held):
    with pytest.raises(InputError, match="row 1, column hidden_size: '7b8' is not a size"):
        held("# family: gpt\nmodel,n_params_printed,hidden_size\none,124M,7b8\n")
    with pytest.raises(InputError, match=r"row 1, column tied: 'maybe' is not a switch; valid: true, false"):
        held("# family: gpt\nmodel,n_params_printed,tied\none,124M,maybe\n")


def test_a_switch_may_differ_from_row_to_row(held):
    head = "# family: gpt\n# assume n_ctx = 1024: given\nmodel,n_params_printed,n_layers,d_model,n_heads,n_vocab,tied\n"
    rows = held(head + "one,124M,12,768,12,50257,true\ntwo,163M,12,768,12,50257,false\n").rows
    assert [row.verdict for row in rows] == ["agrees", "agrees"]


# --- the wrong family


WRONG = """\
# family: llama
model,n_params_printed,n_layers,d_model,n_heads,d_head,d_ff,n_vocab
a,"162,322,944",12,768,12,64,3072,50304
b,"405,334,016",24,1024,16,64,4096,50304
c,"1,011,781,632",16,2048,8,256,8192,50304
"""


def test_rows_that_are_all_off_alike_cast_doubt_on_their_family(held):
    said = held(WRONG).doubt
    assert said.startswith(
        "Every count is 17.4% to 26.5% above the printed figure, so the family (llama) may be wrong. "
    )
    assert "gpt-neox (3 of 3)" in said


def test_rows_of_the_right_family_cast_none(held):
    assert held(WRONG.replace("llama", "gpt-neox")).doubt == ""
    assert all(audit(tables()[name]).doubt == "" for name in ("gpt2", "gpt3", "pythia", "polyglot-ko"))


def test_two_rows_say_too_little(held):
    assert held("\n".join(WRONG.splitlines()[:-1]) + "\n").doubt == ""


def test_a_switch_that_needs_another_is_no_way_of_counting(held):
    """ELECTRA's add_cross_attention alone doesn't describe a model; an unexplained row is tried without it."""
    head = "# family: electra\nmodel,n_params_printed,n_layers,d_model,n_heads,d_ff,n_vocab,d_embedding\n"
    (row,) = held(head + "one,151M,12,768,12,3072,30522,768\n").rows
    assert row.verdict in ("explained", "unexplained")
    assert {"add_cross_attention": True} not in [way.edit for way in conventions(row.spec)]


def test_rows_that_leave_a_size_open_stand_beside_rows_that_state_it(held):
    head = "# family: falcon\nmodel,n_params_printed,n_layers,d_model,n_heads,n_vocab,d_ff\n"
    cells = ["a,6.9B,32,4544,71,65024,", "b,7.4B,32,4544,71,65024,18176", "c,5B,32,4544,71,65024,18176"]
    rows = held("\n".join([head.rstrip(), *cells, "d,6.9B,32,4554,71,65024,", ""])).rows
    assert [row.verdict for row in rows[:1]] == ["agrees"]
    assert all(row.verdict in ("explained", "unexplained") for row in rows[1:3])
    assert {"d_model": 4544} in [e.edit for e in rows[3].explanations]


def test_a_size_that_follows_is_no_size_to_shard(held):
    """Falcon's feed-forward follows from its width if it is not stated; such a row is tried for shards too."""
    head = "# family: falcon\nmodel,n_params_printed,n_layers,d_model,n_heads,n_vocab\n"
    (row,) = held(head + "wrong,5B,32,4544,71,65024\n").rows
    assert row.verdict in {"explained", "unexplained"}
