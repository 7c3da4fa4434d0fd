"""Code in a repository never runs, however deep a config names it and even if someone says yes."""

import io
import json
import subprocess
import sys
from contextlib import suppress

import pytest

from paramcount.errors import InputError
from paramcount.library import load

pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
from paramcount.classes.closed import OwnCodeError, closed  # noqa: E402
from paramcount.config.own_code import CODE, names_code, without_code  # noqa: E402

AUTO = ("AutoConfig", "AutoModel", "AutoModelForCausalLM", "AutoBackbone")
VISION = {
    "model_type": "clip_vision_model",
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 1,
    "num_attention_heads": 4,
}
# A type without an AutoModel, for which transformers reads auto_map.
CODED = {"model_type": "trocr"}
SMALL = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 4, "vocab_size": 9}
BERT = {"model_type": "bert", "is_decoder": True, "add_cross_attention": True, **SMALL}


def top(coded):
    return {**SMALL, "model_type": "vit", "auto_map": coded["auto_map"]}


def first(coded):
    return {"model_type": "llava", "text_config": coded, "vision_config": VISION}


def second(coded):
    both = {"encoder": first(coded), "decoder": BERT}
    return {"model_type": "vision-encoder-decoder", "architectures": ["VisionEncoderDecoderModel"], **both}


DEPTHS = {"depth 0": top, "depth 1": first, "depth 2": second}
COMMANDS = {
    "show": "show FILE",
    "no verb": "FILE",
    "formula": "formula FILE",
    "compare": "compare FILE gpt3-xl",
    "plot": "plot share FILE -o out.png",
    "solve": "solve --params 1B --like FILE",
    "verify": "verify FILE",
    "verify against transformers": "verify FILE --against transformers",
    "derive": "derive TYPE --config FILE",
}


@pytest.fixture(params=DEPTHS)
def planted(request, tmp_path, monkeypatch):
    """A config with code that leaves a mark when run, and the mark; someone says yes to everything."""
    mark, code = tmp_path / "ran", tmp_path / "modeling.py"
    code.write_text(f"open({str(mark)!r}, 'w').close()\nclass C: pass\n")
    coded = {**CODED, "auto_map": dict.fromkeys(AUTO, "modeling.C"), "trust_remote_code": True}
    coded |= {"_name_or_path": str(tmp_path), "name_or_path": str(tmp_path)}
    document = DEPTHS[request.param](coded)
    path = tmp_path / "config.json"
    path.write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.setattr(transformers.MODEL_MAPPING, "_extra_content", {})  # where a class that was run is kept
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n" * 9))
    return path, document, mark


def arguments(command, path, document):
    named = {"FILE": str(path), "TYPE": document["model_type"]}
    return [named.get(word, word) for word in command.split()]


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_runs_the_code_of_a_config(planted, run, command):
    path, document, mark = planted
    ran = run(*arguments(command, path, document))
    assert not mark.exists()
    assert sys.stdin.read(2) == "y\n"  # and nothing was asked
    assert "trust_remote_code" not in ran.stdout + ran.stderr
    assert ran.exit_code != 2 or (len(ran.stderr.splitlines()) == 1 and "Traceback" not in ran.stderr)


def test_load_runs_no_code_of_a_config(planted):
    path, document, mark = planted
    for given in (path, document):
        with suppress(InputError):
            load(given)
    assert not mark.exists()
    assert sys.stdin.read(2) == "y\n"


@pytest.mark.thorough
@pytest.mark.parametrize("planted", ["depth 1"], indirect=True)
def test_a_process_of_its_own_neither_waits_nor_runs_it(planted):
    path, _, mark = planted
    command = [sys.executable, "-m", "paramcount", "show", str(path)]
    done = subprocess.run(command, input="y\ny\n", capture_output=True, text=True, timeout=60, cwd="/")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert not mark.exists()


ALONE = """
import json, sys, transformers
config = transformers.AutoConfig.for_model(**json.load(open("config.json"))["text_config"])
transformers.AutoModel.from_config(config)
"""


@pytest.mark.parametrize("planted", ["depth 1"], indirect=True)
def test_the_code_that_is_planted_would_run_if_transformers_were_let(planted):
    """The tests above can fail: transformers by itself runs the file after a y."""
    path, _, mark = planted
    command = [sys.executable, "-c", ALONE]
    subprocess.run(command, input="y\n", capture_output=True, text=True, timeout=60, cwd=path.parent)
    assert mark.exists()


@pytest.mark.parametrize("trust", [None, True])
def test_no_class_of_a_repository_is_had_while_transformers_is_closed(planted, trust):
    path, _, mark = planted
    config = transformers.AutoConfig.for_model(**CODED, auto_map={"AutoModel": "modeling.C"}, name_or_path=".")
    with closed(), pytest.raises(OwnCodeError, match="never run"):
        transformers.AutoModel.from_config(config, trust_remote_code=trust)
    with closed(), pytest.raises(OwnCodeError):
        transformers.dynamic_module_utils.get_class_from_dynamic_module("modeling.C", str(path.parent))
    assert not mark.exists()


def test_what_was_closed_is_open_again():
    before = vars(transformers.dynamic_module_utils).copy(), sys.stdin
    with pytest.raises(ZeroDivisionError), closed():
        1 / 0  # noqa: B018
    assert (vars(transformers.dynamic_module_utils), sys.stdin) == before


@pytest.mark.parametrize("key", sorted(CODE))
def test_a_key_that_names_code_is_left_out_at_every_depth(key):
    document = {"a": {"b": [{key: 1, "c": 2}], key: 3}, key: 4}
    assert without_code(document) == {"a": {"b": [{"c": 2}]}}
    assert names_code(document) == (key == "auto_map")


def test_that_a_part_has_code_of_its_own_is_said():
    document = first({"model_type": "llama", **SMALL, "auto_map": {"AutoModel": "modeling.C"}})
    assert any("(auto_map) is never run" in note for note in load(document).notes)


def test_derive_says_that_a_class_of_your_own_runs(run):
    assert "which runs its code, so name only modules you trust" in " ".join(run("derive", "--help").stdout.split())
