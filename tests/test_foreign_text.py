"""Foreign text, planted in every field of every kind of input, never reaches a terminal or a file raw."""

import csv
import json
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from checkpoints import entries, write_header

from paramcount.auditing.userfile import open_table
from paramcount.errors import InputError, all_printable, printable
from paramcount.papers.cells import guarded, unguarded
from paramcount.report.foreign import markdown, tex

PLANT = "\x1b[31mred\x9b1m\u202eleft\u2028\x07\n$\\frac{é"
ONE_LINE = PLANT.replace("\n", "").replace("\u2028", "")  # for a head, whose lines are the file's
FORMATS = ("table", "json", "csv", "md", "tex")
TINY = {"model_type": "gpt2", "n_layer": 2, "n_embd": 8, "n_head": 2, "vocab_size": 16, "n_positions": 4}
HEADER = "model,n_params_printed,n_layers,d_model,n_heads,n_vocab,n_ctx"
ROW = "{label},124M,12,768,12,50257,1024\n"


def _config(change: Callable[[dict], object]) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        document = json.loads(json.dumps(TINY))
        change(document)
        (folder / "config.json").write_text(json.dumps(document))
        return [str(folder / "config.json")]

    return make


def _weights(header: dict, *beside: tuple[str, object]) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        write_header(folder / "adapter_model.safetensors", header, 64)
        for name, document in beside:
            (folder / name).write_text(json.dumps(document))
        return [str(folder), "--tensors"]

    return make


def _gguf(name: str, key: str, value: str) -> Callable[[Path], list[str]]:
    def text(said: str) -> bytes:
        return struct.pack("<Q", len(said.encode())) + said.encode()

    def make(folder: Path) -> list[str]:
        start = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text(key) + struct.pack("<I", 8) + text(value)
        start += text(name) + struct.pack("<IQIQ", 1, 4, 0, 0)
        (folder / "model.gguf").write_bytes(start + bytes(-len(start) % 32 + 16))
        return [str(folder / "model.gguf")]

    return make


def _table(
    preamble: str = "", label: str = "a", header: str = HEADER, row: str = ROW, file: str = "my.csv"
) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        quoted = '"' + label.replace('"', '""') + '"'
        text = f"{preamble}\n{header}\n{row.replace('{label}', quoted)}"
        (folder / file).write_text(text.lstrip("\n"))
        return ["audit", str(folder / file)]

    return make


def _named(name: str, make: Callable[[Path], list[str]]) -> Callable[[Path], list[str]]:
    def inside(folder: Path) -> list[str]:
        (folder / name).mkdir()
        return make(folder / name)

    return inside


def _arguments(*arguments: str) -> Callable[[Path], list[str]]:
    return lambda folder: list(arguments)


LORA = entries({"model.q.lora_A.weight": (2, 3), "model.q.lora_B.weight": (3, 2)}) | {}
KINDS = {
    "config: key": _config(lambda d: d.update({PLANT: 1})),
    "config: key twice": _named("x", _config(lambda d: d.update({"n_embd": 8, "hidden_size": PLANT}))),
    "config: value": _config(lambda d: d.update(n_embd=PLANT)),
    "config: list": _config(lambda d: d.update(n_embd=[PLANT])),
    "config: model_type": _config(lambda d: d.update(model_type=PLANT)),
    "config: architectures": _config(lambda d: d.update(architectures=[PLANT])),
    "config: activation": _config(lambda d: d.update(activation_function=PLANT)),
    "config: own code": _config(lambda d: d.update(auto_map={"AutoModel": PLANT})),
    "config: quantised": _config(lambda d: d.update(quantization_config={"quant_method": PLANT})),
    "config: inside": _config(lambda d: d.update(model_type="unheard", text_config={"model_type": PLANT})),
    "config: adapter": _config(
        lambda d: (d.pop("model_type"), d.update(peft_type="LORA", base_model_name_or_path=PLANT))
    ),
    "config: untyped": _config(lambda d: (d.pop("model_type"), d.update(architectures=[PLANT]))),
    "weights: tensor name": _weights({f"w{PLANT}": entries({"w": (4, 4)})["w"]}),
    "weights: metadata": _weights({"__metadata__": {PLANT: PLANT}, **entries({"w": (4, 4)})}),
    "weights: bad metadata": _weights({"__metadata__": {PLANT: 1}, **entries({"w": (4, 4)})}),
    "weights: dtype": _weights({"w": {**entries({"w": (4, 4)})["w"], "dtype": PLANT}}),
    "adapter: base": _weights(
        {**LORA, **{"pad": {"dtype": "U8", "shape": [16], "data_offsets": [48, 64]}}},
        ("adapter_config.json", {"base_model_name_or_path": PLANT, "r": 2}),
    ),
    "adapter: config key": _weights(entries({"w": (4, 4)}), ("adapter_config.json", {PLANT: PLANT})),
    "gguf: tensor name": _gguf(PLANT, "general.architecture", "llama"),
    "gguf: key": _gguf("token_embd.weight", PLANT, "llama"),
    "gguf: value": _gguf("token_embd.weight", "general.architecture", PLANT),
    "gguf: alignment": _gguf("token_embd.weight", "general.alignment", PLANT),
    "table: label": _table(label=PLANT),
    "table: title": _table(f"# title: {ONE_LINE}"),
    "table: source": _table(f"# source: {ONE_LINE}"),
    "table: name": _table(f"# table: {ONE_LINE}"),
    "table: family": _table(f"# family: {ONE_LINE}"),
    "table: family of": _table(f"# family of {ONE_LINE}: gpt"),
    "table: place": _table(f"# printed n_params_printed: {ONE_LINE}"),
    "table: reading": _table(f"# reading n_params_printed: {ONE_LINE}"),
    "table: assumption": _table(f"# assume d_head = 64: {ONE_LINE}"),
    "table: bad assumption": _table(f"# assume d_head = {ONE_LINE}: so"),
    "table: year": _table(f"# year: {ONE_LINE}"),
    "table: model": _table(f"# model {ONE_LINE}: a"),
    "table: relation": _table(f"# relation r: n_layers = {ONE_LINE}"),
    "table: relation's name": _table(f"# relation {ONE_LINE}: n_layers = 13"),
    "table: column": _table(header=HEADER.replace("n_vocab", f'"{PLANT}"')),
    "table: label's column": _table(f"# label: {ONE_LINE}"),
    "table: cell": _table(row='{label},124M,12,"' + PLANT + '",12,50257,1024\n'),
    "table: figure": _table(row='{label},"' + PLANT + '",12,768,12,50257,1024\n'),
    "file: config": _named(PLANT, _config(lambda d: None)),
    "file: weights": _named(PLANT, _weights(entries({"w": (4, 4)}))),
    "file: damaged": _named(PLANT, _weights({"w": 1})),
    "file: table": _table(file=f"{ONE_LINE}.csv".replace(chr(92), "")),
    "file: adapter": _named(PLANT, _weights(LORA)),
    "file: not there": _arguments(f"./{PLANT}.json"),
    "argument: model": _arguments(PLANT),
    "argument: repository": _arguments(f"owner/{PLANT}"),
    "argument: set": _arguments("gpt3-xl", "--set", f"{PLANT}=1"),
    "argument: set value": _arguments("gpt3-xl", "--set", f"n_heads={PLANT}"),
    "argument: option": _arguments("gpt3-xl", f"--{PLANT}"),
    "argument: table": _arguments("table", PLANT),
    "argument: output": _arguments("gpt3-xl", "-o", f"/nowhere/{PLANT}.csv"),
    "argument: params": _arguments("solve", "--params", PLANT),
    "argument: like": _arguments("solve", "--params", "1B", "--like", PLANT),
    "argument: assume": _arguments("formula", "gpt", "--assume", PLANT),
    "argument: changes": _arguments("compare", "gpt2-small", f"gpt2-small:n_layers=3,{PLANT}=1"),
}
UNSEEN = {  # never printed, so there is nothing to see
    "config: key", "config: key twice", "config: activation", "config: own code", "config: untyped", "config: inside",
    "weights: metadata", "weights: bad metadata", "adapter: config key", "gguf: value", "gguf: alignment",
    "table: name", "table: family of", "table: assumption", "table: model", "table: column",
    "table: relation's name",
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_field_of_any_input_reaches_any_format_raw(run, tmp_path, kind):
    arguments = KINDS[kind](tmp_path)
    seen = ""
    for form in FORMATS:
        done = run(*arguments, "--format", form)
        assert done.exit_code in (0, 1, 2)
        said = done.stdout + done.stderr
        seen += said
        assert all(line.isprintable() for line in said.split("\n")), f"{form}: {said!r}"
        assert done.exit_code < 2 or (done.stdout, done.stderr.count("\n")) == ("", 1)
    assert kind in UNSEEN or "x1b" in seen


def test_a_suffix_is_named_in_one_line(run):
    refused = run("gpt3-xl", "-o", f"out.{ONE_LINE}")
    assert (refused.exit_code, refused.stderr.rstrip("\n").isprintable()) == (2, True)
    assert "x1b" in refused.stderr


def test_answers_of_a_hub_are_printable_too(run, hub):
    files = {"config.json": json.dumps({**TINY, "architectures": [PLANT], PLANT: PLANT}).encode()}
    hub.add("owner/name", files, listed=["config.json", f"{PLANT}.bin"])
    for form in FORMATS:
        done = run("owner/name", "--format", form)
        assert all(line.isprintable() for line in (done.stdout + done.stderr).split("\n"))
    assert "x1b" in done.stderr
    hub.add("owner/none", {}, listed=[f"{PLANT}.bin", "model.bin"])
    said = run("owner/none").stderr
    assert said.rstrip("\n").isprintable()
    assert "model.bin" in said


def test_every_character_that_is_no_character_of_a_line_is_escaped():
    directions = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *directions, 0xD800, 0xFEFF):
        assert printable(f"a{chr(code)}b") not in (f"a{chr(code)}b", "ab")
        assert printable(f"a{chr(code)}b").isprintable()
    assert printable("é · 日本 😀") == "é · 日本 😀"
    assert all_printable({"\x1b": ["\x9b", {"a": 1}], "b": None}) == {"\\x1b": ["\\x9b", {"a": 1}], "b": None}
    assert str(InputError("a\nb")) == "a\\nb"


FORMULAS = ("=cmd|'/C calc'!A0", "+1+cmd", "-2+3+cmd", "@SUM(1)", "\t=1", "'=1", "''=1", "＝1+1")
PLAIN = ("gpt", "'quoted'", "-5", "+16.7%", "1.3B", "a=b", "", "'", "−3·d")


@pytest.mark.parametrize("text", [*FORMULAS, *PLAIN])
def test_a_cell_is_read_as_it_was_written(text):
    assert unguarded(guarded(text)) == text
    assert guarded(text) == (f"'{text}" if text in FORMULAS else text)


def test_a_table_that_a_spreadsheet_would_run_comes_back_equal(run, tmp_path):
    labels = [text for text in (*FORMULAS, *PLAIN) if text.strip() == text and text]
    lines = [HEADER, *(ROW.strip().format(label=f'"{guarded(label)}"') for label in labels)]
    mine, written = tmp_path / "my.csv", tmp_path / "x.csv"
    mine.write_text("\n".join(lines))
    assert run("audit", str(mine), "-o", str(written)).exit_code == 0
    with written.open(newline="") as stream:
        cells = [row["row"] for row in csv.DictReader(stream)]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r" and cell not in PLAIN]
    written.write_text(
        "# label: row\n# printed printed: again\n# relation same: counted = counted\n" + written.read_text()
    )
    _, rows = open_table(str(written))
    assert [row["row"] for row in rows] == labels
    assert {row["printed"] for row in rows} == {"124M"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](javascript:alert(1))", r"\[x\](javascript:alert(1))"),
        ("![x](y)", r"!\[x\](y)"),
        (r"\[x](y)", r"\\\[x\](y)"),
        ("<img src=x onerror=alert(1)>", r"\<img src=x onerror=alert(1)\>"),
        ("a|b", r"a\|b"),
        ("`a`", r"\`a\`"),
        ("see https://x.y/z now", "see `https://x.y/z` now"),
        ("www.x.y", "`www.x.y`"),
        ("me@x.y", "`me@x.y`"),
        ("`www.x.y``", "``` `www.x.y`` ```"),
        ("# title", r"\# title"),
        ("a\n- b", "a\n\\- b"),
        ("8·d_model² + 5", r"8·d\_model² + 5"),
    ],
)
def test_markdown_makes_nothing_of_foreign_text(text, said):
    assert markdown(text) == said


def test_latex_runs_nothing_of_foreign_text():
    assert tex(r"\input{x}") == r"\textbackslash{}input\{x\}"
    assert tex("50% & $x$ #1 a_b ~ ^") == r"50\% \& \$x\$ \#1 a\_b \textasciitilde{} \textasciicircum{}"
    assert tex("[2cm]") == "{}[2cm]"
    assert tex("*") == "{}*"


def test_a_formula_in_a_table_is_neutral_in_every_document(run, tmp_path):
    path = _table(label="[x](javascript:alert(1))<b>", row=ROW + "=1+1" + ROW.format(label=""))(tmp_path)[1]
    assert "\n'=1+1," in run("audit", path, "--format", "csv").stdout
    assert r"| \[x\](javascript:alert(1))\<b\> |" in run("audit", path, "--format", "md").stdout
    assert "\n{}[x](" in run("audit", path, "--format", "tex").stdout


def test_a_name_with_dollars_is_drawn_as_it_is(run, tmp_path):
    """matplotlib would set the text between two of them as a formula, or fail."""
    arguments = _named(r"a$\frac$", _config(lambda d: None))(tmp_path)
    for kind in ("share", "scale", "budget"):
        figure = tmp_path / f"{kind}.svg"
        assert run("plot", kind, *arguments, "-o", str(figure)).exit_code == 0
        assert r"a$\frac$" in figure.read_text(encoding="utf-8")
