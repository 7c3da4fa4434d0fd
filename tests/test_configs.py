"""config.json files: counted, changed, or refused with the key named, but never guessed."""

import io
import json

import pytest

import paramcount
from paramcount.errors import InputError

LLAMA = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
}
GPT2 = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}


@pytest.fixture
def config(tmp_path):
    """Write a config.json in its own folder and return its path."""

    def write(document, folder="model"):
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / "config.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return write


def total(run, *arguments):
    done = run(*map(str, arguments), "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)["total"]


def refusal(run, *arguments):
    done = run(*map(str, arguments))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_llama_3_8b_is_counted_from_its_file_its_folder_and_standard_input(run, config, monkeypatch):
    path = config(LLAMA)
    assert total(run, path) == total(run, path.parent) == 8_030_261_248
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert total(run, "-") == 8_030_261_248


def test_the_report_gives_formulas_and_the_key_of_every_size(run, config):
    text = run(str(config(LLAMA))).stdout
    assert "3·n_layers·d_model·d_ff" in text
    assert "128  hidden_size / num_attention_heads" in text
    assert "no  attention_bias (default)" in text
    assert text.startswith("model (llama, LlamaForCausalLM)\n")
    document = json.loads(run(str(config(LLAMA)), "--json").stdout)
    n_layers = {"value": 32, "key": "num_hidden_layers", "given": True, "looked_at": False}
    assert document["config"]["n_layers"] == n_layers
    assert document["config"]["d_head"]["follows"] == "hidden_size / num_attention_heads"
    assert document["active"] == document["total"]


def test_old_and_new_spellings_are_one_key(run, config):
    old = config({**GPT2, "n_embd": 1600, "n_layer": 48, "n_head": 25}, "old")
    new = config({**GPT2, "hidden_size": 1600, "num_hidden_layers": 48, "num_attention_heads": 25}, "new")
    assert total(run, old) == total(run, new) == 1_557_611_200


def test_two_spellings_that_differ_are_refused(run, config):
    said = refusal(run, config({**GPT2, "n_embd": 768, "hidden_size": 1024}))
    assert "n_embd = 768 and hidden_size = 1024 contradict each other" in said


TIED, UNTIED = ("gpt2", "gemma", "falcon", "opt"), ("llama", "mistral", "qwen2", "phi")


@pytest.mark.parametrize("model_type", [*TIED, *UNTIED])
def test_an_absent_tie_is_the_types_own_default(model_type):
    model = paramcount.load({"model_type": model_type})
    assert (model.by_component()["output head"] == 0) == (model_type in TIED)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hidden_size": "4096"}, "hidden_size = 4096; valid: a whole number from 1 up"),
        ({"hidden_size": 4096.0}, "hidden_size = 4096.0"),
        ({"hidden_size": -1}, "hidden_size = -1"),
        ({"num_hidden_layers": True}, "num_hidden_layers = True"),
        ({"hidden_size": None}, "hidden_size"),
        ({"num_attention_heads": 33}, "hidden_size = 4096 is not a multiple of num_attention_heads = 33"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings = yes; valid: true or false"),
        ({"architectures": "LlamaForCausalLM"}, "architectures = LlamaForCausalLM; valid: a list of class names"),
        ({"architectures": ["MyLlama"]}, "architectures names MyLlama, which is not counted here; counted: Llama"),
        ({"model_type": None, "architectures": ["BertModel2"]}, "no model_type; valid: one of"),
        ({"model_type": None, "architectures": None}, "no model_type; valid: one of transformers' model types"),
    ],
)
def test_what_is_wrong_with_a_config_is_said_with_the_key(run, config, changes, said):
    assert said in refusal(run, config({**LLAMA, **changes}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cut short"),
        ("[1]", "a JSON list"),
        ("[" * 100_000, "nested too deeply"),
        ('{"model_type": "llama", "model_type": "gpt2"}', "the key model_type appears twice"),
        ("", "empty"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 565\n",
            "a git-lfs pointer, not the file itself",
        ),
        (
            '{"peft_type": "LORA", "base_model_name_or_path": "gpt2"}',
            "an adapter's config, which does not describe a model; valid: its wei",
        ),
    ],
)
def test_what_is_no_config_is_refused_in_one_line(run, config, text, said):
    assert said in refusal(run, config(text))


def test_a_class_without_a_head_is_counted_without_one(run, config):
    head = 128256 * 4096
    path = config({**LLAMA, "architectures": ["LlamaModel"]})
    assert total(run, path) == 8_030_261_248 - head
    names = {"0": "a", "1": "b", "2": "c"}
    labelled = {**LLAMA, "architectures": ["LlamaForSequenceClassification"], "id2label": names}
    assert total(run, config(labelled)) == 8_030_261_248 - head + 3 * 4096


def test_a_config_without_a_class_says_which_it_is_counted_as(run, config):
    path = config({key: value for key, value in LLAMA.items() if key != "architectures"})
    assert "The config names no class; counted as LlamaForCausalLM." in run(str(path)).stdout


def test_quantisation_changes_the_bytes_and_not_the_count(run, config):
    path = config({**LLAMA, "quantization_config": {"quant_method": "gptq", "bits": 4}})
    assert total(run, path) == 8_030_261_248
    assert "Quantised (gptq, 4 bits): this changes the bytes, not the count." in run(str(path)).stdout
    mlx = config({**LLAMA, "quantization": {"group_size": 64, "bits": 4}}, "mlx")
    assert "Quantised (unnamed, 4 bits)" in run(str(mlx)).stdout


def test_a_class_spelt_with_other_capitals_or_underscores_is_transformers_own_and_a_line_says_so(run, config):
    path = config({**LLAMA, "architectures": ["LLaMA_ForCausalLM"]})
    assert total(run, path) == 8_030_261_248
    assert "LLaMA_ForCausalLM is called LlamaForCausalLM in transformers." in run(str(path)).stdout
    assert "in transformers" not in run(str(config(LLAMA))).stdout


def test_code_that_comes_with_a_config_is_said_not_to_be_run(run, config):
    path = config({**LLAMA, "auto_map": {"AutoModel": "modeling.Model"}})
    assert total(run, path) == 8_030_261_248
    said = "Its own code (auto_map) is never run; this counts transformers' LlamaForCausalLM."
    assert said in run(str(path)).stdout


def test_a_size_under_another_types_key_is_refused_where_its_own_would_be_the_default(run, config):
    foreign = {**{key: LLAMA[key] for key in LLAMA if key != "hidden_size"}, "d_model": 2048}
    said = (
        "d_model = 2048 is not a key of llama, whose hidden_size would stay at its default of 4096; valid: hidden_size"
    )
    assert said in refusal(run, config(foreign))
    assert total(run, config({**foreign, "d_model": 4096}, "same")) == 8_030_261_248
    both = config({**LLAMA, "d_model": 2048}, "both")
    assert "d_model = 2048 is not a key of llama; the type reads hidden_size = 4096" in refusal(run, both)


def test_sizes_are_set_by_key_and_by_symbol_and_what_follows_them_follows(run, config):
    path = config(LLAMA)
    by_key = total(run, path, "--set", "num_hidden_layers=16", "--set", "hidden_size=2048")
    assert by_key == total(run, path, "--set", "n_layers=16", "--set", "d_model=2048")
    small = {**LLAMA, "num_hidden_layers": 16, "hidden_size": 2048}
    assert by_key == paramcount.load(small).total()


def test_a_size_that_may_be_nothing_is_set_to_nothing(run):
    assert total(run, "deepseek-v3", "--set", "first_k_dense_replace=0") > total(run, "deepseek-v3")
    assert "hidden_size = 0; valid: a whole number from 1 up" in refusal(run, "deepseek-v3", "--set", "d_model=0")


def test_a_size_is_set_in_any_spelling_of_its_key(run, config):
    path = config(GPT2)
    assert total(run, path, "--set", "num_hidden_layers=3") == total(run, path, "--set", "n_layer=3")


def test_a_size_that_follows_is_not_set(run, config):
    said = refusal(run, config(LLAMA), "--set", "d_head=64")
    assert "d_head follows from hidden_size / num_attention_heads; set that instead" in said
    assert total(run, config(LLAMA), "--set", "head_dim=64") < 8_030_261_248


def test_a_key_that_the_type_has_not_is_refused(run, config):
    assert "n_expert: not a size of llama; valid: " in refusal(run, config(LLAMA), "--set", "n_expert=8")


def test_configs_are_compared_with_models_of_the_catalog(run, config):
    done = run("compare", str(config(LLAMA)), "mistral-7b", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["total"]["difference"] == [7_241_732_096 - 8_030_261_248]


def test_two_configs_of_a_type_differ_by_their_sizes(run, config):
    one, other = config(LLAMA, "one"), config({**LLAMA, "num_hidden_layers": 80, "hidden_size": 8192}, "other")
    causes = json.loads(run("compare", str(one), str(other), "--json").stdout)["causes"]
    assert {cause["field"] for cause in causes} == {"n_layers", "d_model"}


def test_the_formula_of_a_config_is_stated(run, config):
    text = run("formula", str(config(LLAMA)), "--format", "csv").stdout
    assert "3·d_model·d_ff·n_layers" in text


@pytest.mark.parametrize("kind", ["share", "scale"])
def test_a_config_is_drawn(run, config, tmp_path, kind):
    done = run("plot", kind, str(config(LLAMA)), "-o", str(tmp_path / "figure.svg"))
    assert done.exit_code == 0
    assert (tmp_path / "figure.svg").stat().st_size > 1000


def test_a_config_beside_models_of_the_catalog_is_a_column(run, config):
    document = json.loads(run(str(config(LLAMA)), "gpt3-xl", "--json").stdout)
    assert [model["total"] for model in document] == [8_030_261_248, 1_517_123_584]


@pytest.mark.parametrize("name", ["gpt2", "gpt3-xl", "llama"])
def test_a_folder_with_a_model_goes_before_the_catalog_and_says_so(run, config, monkeypatch, name):
    path = config(LLAMA, name)
    monkeypatch.chdir(path.parent.parent)
    assert total(run, name) == total(run, f"./{name}") == paramcount.load(name).total() == 8_030_261_248
    said = f"The catalog has a {name} too; this is the folder of that name."
    assert said in run(name).stdout
    assert said not in run(f"./{name}").stdout


def test_a_file_goes_before_the_catalog_and_says_so(run, config, monkeypatch):
    monkeypatch.chdir(config(LLAMA).rename(config(LLAMA).parent / "gpt2-xl").parent)
    assert total(run, "gpt2-xl") == 8_030_261_248
    assert "The catalog has a gpt2-xl too; this is the file of that name." in run("gpt2-xl").stdout


def test_a_folder_without_a_model_leaves_the_catalog_its_name_and_is_said(run, tmp_path, monkeypatch):
    (tmp_path / "gpt2").mkdir()
    monkeypatch.chdir(tmp_path)
    assert total(run, "gpt2") == 124_439_808
    assert "There is also a folder gpt2 here, without a model; this is the catalog's." in run("gpt2").stdout


def test_a_folder_is_found_by_a_plain_name_that_the_catalog_lacks(run, config, monkeypatch):
    monkeypatch.chdir(config(LLAMA, "mine").parent.parent)
    assert total(run, "mine") == 8_030_261_248


def test_a_path_to_nothing_says_what_would_be_valid(run, tmp_path):
    assert "cannot be read (No such file or directory); valid: a config.json" in refusal(run, tmp_path / "config.json")
    assert "neither config.json nor weights" in refusal(run, tmp_path)


def test_a_dict_is_loaded_and_its_formula_agrees_with_its_count():
    model = paramcount.load(LLAMA)
    formula = model.formula()
    assert int(formula.subs({s: model.hyperparameters[s.name] for s in formula.free_symbols})) == model.total()
    assert model.active() == model.total() == 8_030_261_248


def test_a_dict_that_states_no_model_is_refused():
    with pytest.raises(InputError, match="no model_type"):
        paramcount.load({"hidden_size": 4})


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"nlayer": 2}, "nlayer: not a size of gpt2; valid: "),
        ({"d_head": 64}, "d_head follows from hidden_size / num_attention_heads; set that instead"),
        ({"n_layers": range(3)}, r"n_layers = range\(0, 3\): a config takes numbers; arrays and symbols work only"),
        ({"n_layers": 2.5}, "num_hidden_layers = 2.5; valid: a whole number"),
        ({"tie_word_embeddings": 1}, "tie_word_embeddings = 1: not a switch"),
    ],
)
def test_a_dicts_sizes_are_no_less_checked_than_those_of_the_command_line(sizes, said):
    with pytest.raises(InputError, match=said):
        paramcount.load(GPT2, **sizes)


def test_standard_input_is_read_once(run, config, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(LLAMA).encode())))
    assert "stdin: empty; valid: one config.json" in refusal(run, "-", "-")


def test_formulas_name_the_class_and_the_sizes_in_their_order(run, config):
    head = run("formula", str(config(LLAMA))).stdout.splitlines()[:2]
    assert head[0] == "model (llama, LlamaForCausalLM)"
    assert head[1].startswith("  n_layers=32 · d_model=4096 · n_heads=32 · n_kv_heads=8 · d_head=128 · d_ff=14336")


@pytest.mark.parametrize("model_type", ["qwen2", "gemma2", "llama", "bert", "deepseek_v4"])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_a_list_of_layers_of_another_length_is_refused_where_transformers_refuses_it(model_type, more):
    transformers = pytest.importorskip("transformers")
    kind = "heavily_compressed_attention" if model_type == "deepseek_v4" else "full_attention"
    n_layers = transformers.AutoConfig.for_model(model_type).num_hidden_layers
    document = {"model_type": model_type, "layer_types": [kind] * (n_layers + more)}

    def accepts(read) -> bool:
        try:
            read()
        except Exception:  # theirs has no particular kind
            return False
        return True

    theirs = accepts(lambda: transformers.AutoConfig.for_model(**document))
    assert accepts(lambda: paramcount.load(document)) == theirs
    assert theirs == (more == 0 or (more > 0 and model_type == "deepseek_v4"))


def test_a_depth_beyond_what_is_listed_one_by_one_is_refused_at_once(run):
    done = run("granite-4.0-1b", "--set", "n_layers=1000000000")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "n_layers = 1000000000: layers are listed one by one; valid: up to 100,000" in done.stderr


def test_a_depth_set_over_a_list_of_layers_is_counted():
    document = {"model_type": "qwen2", "num_hidden_layers": 4, "layer_types": ["full_attention"] * 4}
    assert paramcount.load(document, num_hidden_layers=6).hyperparameters["n_layers"] == 6
