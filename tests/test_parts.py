"""Models with images or sound: counted whole or by one part, and every output about a part says so."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import paramcount
from paramcount.errors import InputError
from paramcount.ledger.model import part_of

LLAVA = {
    "model_type": "llava",
    "architectures": ["LlavaForConditionalGeneration"],
    "text_config": {"model_type": "llama", "vocab_size": 32064},
    "vision_config": {
        "model_type": "clip_vision_model",
        "hidden_size": 1024,
        "image_size": 336,
        "intermediate_size": 4096,
        "num_attention_heads": 16,
        "num_hidden_layers": 24,
        "patch_size": 14,
        "vocab_size": 32000,
    },
}
TEXT, VISION, PROJECTOR = 6_738_939_904, 303_507_456, 20_979_712  # llava-hf/llava-1.5-7b-hf has 7,063,427,072
WHOLE = TEXT + VISION + PROJECTOR
MARK = "text only"


@pytest.fixture
def llava(tmp_path):
    path = tmp_path / "llava.json"
    path.write_text(json.dumps(LLAVA))
    return str(path)


@pytest.fixture
def other(tmp_path):
    path = tmp_path / "other.json"
    path.write_text(json.dumps({**LLAVA, "text_config": {"model_type": "llama", "num_hidden_layers": 4}}))
    return str(path)


def said(run, *arguments: str) -> str:
    done = run(*arguments)
    assert done.exit_code == 0, done.stderr
    return done.stdout


def test_the_whole_is_counted_and_its_parts_add_up():
    model = paramcount.load(LLAVA)
    assert model.total() == WHOLE == 7_063_427_072
    parts = {part: paramcount.load(LLAVA, part=part) for part in ("vision", "projector", "text")}
    assert [one.total() for one in parts.values()] == [VISION, PROJECTOR, TEXT]
    assert sum(one.non_embedding() for one in parts.values()) == model.non_embedding()
    assert {**parts["vision"].by_component(), **parts["projector"].by_component(), **parts["text"].by_component()} == (
        model.by_component()
    )


def test_every_component_of_a_part_has_its_formula_in_that_parts_own_sizes():
    model = paramcount.load(LLAVA)
    for component in model.by_component():
        symbols = {str(symbol) for symbol in model.formula(component).free_symbols}
        ends = {symbol.endswith("_vision") for symbol in symbols}
        assert ends == {"vision": {True}, "projector": {True, False}, "text": {False}}[part_of(component)]


@given(n_layers=st.integers(1, 40), n_vision=st.integers(1, 40), heads=st.integers(1, 4), width=st.integers(1, 9))
def test_formulas_count_what_sizes_set_anew_count(n_layers, n_vision, heads, width):
    sizes = {
        "n_layers": n_layers,
        "vision_config.num_hidden_layers": n_vision,
        "n_heads_vision": heads,
        "vision_config.hidden_size": heads * width,
    }
    changed = paramcount.load(LLAVA, **sizes)
    formula = paramcount.load(LLAVA).formula()
    values = {str(symbol): changed.hyperparameters[str(symbol)] for symbol in formula.free_symbols}
    assert formula.subs({symbol: values[str(symbol)] for symbol in formula.free_symbols}) == changed.total()


@pytest.mark.parametrize("field", ["num_hidden_layers", "n_layers", "text_config.num_hidden_layers"])
def test_a_size_of_the_text_model_is_set_by_its_symbol_its_key_and_where_it_stands(field):
    layer = 4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096
    assert paramcount.load(LLAVA, **{field: 30}).total() == WHOLE - 2 * layer


@pytest.mark.parametrize("field", ["n_layers_vision", "vision_config.num_hidden_layers"])
def test_so_is_a_size_of_the_tower(field):
    layer = 4 * 1024**2 + 4 * 1024 + 2 * 1024 * 4096 + 4096 + 1024 + 4 * 1024
    assert paramcount.load(LLAVA, **{field: 12}).total() == WHOLE - 12 * layer


def test_a_key_that_no_part_has_is_refused():
    for field in ("vision_config.depth", "audio_config.hidden_size", "image_size"):
        with pytest.raises(InputError, match=f"{field}: not a size of llava; valid: "):
            paramcount.load(LLAVA, **{field: 3})


def test_a_part_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="has no such part; valid: vision, projector, text"):
        paramcount.load(LLAVA, part="audio")
    with pytest.raises(InputError, match="part = image: no such part; valid: text, vision, audio, projector"):
        paramcount.load(LLAVA, part="image")
    with pytest.raises(InputError, match="llama has only text; valid: text"):
        paramcount.load({"model_type": "llama"}, part="vision")
    with pytest.raises(InputError, match="clip_vision_model has only vision; valid: vision"):
        paramcount.load({"model_type": "clip_vision_model"}, part="text")


def test_what_is_one_part_alone_is_whole():
    assert paramcount.load({"model_type": "llama"}, part="text").spec.part is None
    assert paramcount.load({"model_type": "clip_vision_model"}, part="vision").spec.part is None


# Each kind of output: what is asked for, and where the mark has to be.
FACES = [
    ["{}", "--part", "text"],
    ["{}", "--part", "text", "--tensors"],
    ["{}", "{}", "--part", "text"],
    ["compare", "{}", "{other}", "--part", "text"],
    ["formula", "{}", "--part", "text"],
    ["formula", "{}", "--part", "text", "--leading"],
    ["flops", "{}", "--seq", "9"],
    ["flops", "{}", "--seq", "9", "--by", "layer"],
    ["flops", "{}", "{other}", "--seq", "9"],
    ["cache", "{}", "--seq", "9"],
    ["cache", "{}", "{other}", "--seq", "9"],
    ["memory", "{}", "--seq", "9"],
    ["memory", "{}", "{other}", "--seq", "9"],
    ["memory", "{}", "--seq", "9", "--for", "training"],
    ["train", "{}", "--tokens", "1B"],
    ["{}", "--tp", "2"],
]


def asked(face: list[str], llava: str, other: str) -> list[str]:
    return [word.format(llava, other=other) for word in face]


@pytest.mark.parametrize("form", ["table", "csv", "md", "tex"])
@pytest.mark.parametrize("face", FACES, ids=" ".join)
def test_a_part_is_called_so_in_every_form(face, form, llava, other, run):
    out = said(run, *asked(face, llava, other), "--format", form)
    assert MARK in out or (form == "csv" and face[0] == "train" and "all parameters of the text model" in out)
    assert f"{WHOLE:,}" not in out
    if form == "table":
        assert MARK in "\n".join(out.splitlines()[:2])


@pytest.mark.parametrize("face", FACES, ids=" ".join)
def test_a_document_has_the_part_and_what_it_is_of(face, llava, other, run):
    found = json.loads(said(run, *asked(face, llava, other), "--json"))
    documents = found if isinstance(found, list) else [found]
    of = {"name": "text", "of": "LlavaForConditionalGeneration"}
    for document in documents:
        assert document.get("part") == of or document.get("parts") == [of, of]


@pytest.mark.parametrize("face", FACES[:5], ids=" ".join)
def test_a_whole_bears_no_mark(face, llava, other, run):
    out = said(run, *[word for word in asked(face, llava, other) if word not in ("--part", "text")])
    assert "only" not in out
    assert f"{WHOLE:,}" in out or "--tensors" in face


def test_the_csv_of_several_has_the_mark_in_its_head(llava, other, run):
    rows = list(csv.reader(io.StringIO(said(run, llava, other, "--part", "text", "--format", "csv"))))
    assert rows[0] == ["name", "llava, text only", "other, text only"]
    assert str(TEXT) in next(row for row in rows if row[0].startswith("total"))


def test_groups_have_subtotals(llava, run):
    document = json.loads(said(run, llava, "--json"))
    assert {part["name"]: part["params"] for part in document["parts"]} == {
        "vision": VISION,
        "projector": PROJECTOR,
        "text": TEXT,
    }
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(said(run, llava, "--format", "csv")))}
    assert [int(rows[name]["params"]) for name in ("vision", "projector", "text")] == [VISION, PROJECTOR, TEXT]


def test_the_librarys_face_has_the_mark_and_its_costs_are_the_text_models():
    text, whole = paramcount.load(LLAVA, part="text"), paramcount.load(LLAVA)
    assert MARK in repr(text)
    assert MARK in text.name
    assert "only" not in repr(whole)
    assert whole.flops(seq=9) == text.flops(seq=9)
    assert whole.memory(seq=9) == text.memory(seq=9)
    assert paramcount.train(whole, tokens="1B").compute.part == text.spec.part


def test_shapes_like_a_whole_are_like_its_text_model(llava, run):
    out = said(run, "solve", "--params", "7B", "--like", llava)
    assert f"as in {llava}, text only" in out
    assert "--part text" in out


@pytest.mark.parametrize("kind", ["memory", "flops", "budget"])
def test_figures_of_the_text_model_say_so(kind, llava, tmp_path, run):
    pytest.importorskip("matplotlib")
    assert MARK in run("plot", kind, llava, "-o", str(tmp_path / "figure.svg")).stderr
    assert MARK in (tmp_path / "figure.svg").read_text()


def test_a_checkpoint_is_reconciled_with_the_whole(tmp_path, run):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    from paramcount.classes import of_transformers
    from paramcount.config import parse

    small = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1}
    document = {**LLAVA, "text_config": {**small, "vocab_size": 9}, "vision_config": {**small, "image_size": 28}}
    document["vision_config"] |= {"patch_size": 14, "model_type": "clip_vision_model"}
    (tmp_path / "config.json").write_text(json.dumps(document))
    built = of_transformers.build(parse(json.dumps(document), "config"))
    save_file({name: torch.zeros(one.shape) for name, one in built.named_parameters()}, tmp_path / "model.safetensors")
    found = json.loads(said(run, str(tmp_path), "--json"))
    assert found["checkpoint"]["expected"] == found["checkpoint"]["stored"] == found["total"]
    assert not found["checkpoint"]["unexplained"]


@pytest.mark.parametrize("arguments", [["gpt2-xl"], ["formula", "gpt"], ["compare", "gpt2-xl", "gpt1"]])
def test_a_model_of_text_alone_has_no_other_part(arguments, run):
    done = run(*arguments, "--part", "vision")
    assert done.exit_code == 2
    assert "a text-only model; valid: text, or no --part" in done.stderr
    assert run(*arguments, "--part", "text").exit_code == 0


def test_a_part_and_a_question_of_another_kind_are_refused(llava, run):
    done = run(llava, "--part", "text", "--tp", "2")
    assert done.exit_code == 2
    assert "--part text: can't be combined with --tp 2; valid: one of the two" in done.stderr
