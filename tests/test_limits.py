"""Work is bounded: files, pipes and devices are read up to a limit, and long messages are shortened."""

import json
import os
import threading
import time

import pytest
from fuzzing import command

from paramcount.checkpoint.files import parsed
from paramcount.config import parse
from paramcount.errors import InputError
from paramcount.hub.documents import read_object
from paramcount.inputs import once, read_within

TABLE = "model,n_layers,d_model,n_heads,d_head,d_ff,n_vocab,n_ctx,n_params_printed\n"


def refused(*arguments):
    """The line with which the command refuses."""
    ran = command(*map(str, arguments))
    assert (ran.exit_code, ran.stdout) == (2, ""), ran
    assert ran.stderr.count("\n") == 1
    assert len(ran.stderr) <= 401
    assert "valid: " in ran.stderr
    return ran.stderr


class Key(str):
    """A key that counts how often it is compared."""

    compared = 0
    __hash__ = str.__hash__

    def __eq__(self, other):
        Key.compared += 1
        return str.__eq__(self, other)


def test_keys_that_stand_twice_are_looked_for_once_each():
    pairs = [(Key(f"k{place}"), place) for place in range(2000)]
    Key.compared = 0
    with pytest.raises(ValueError, match="the key k1999 appears twice"):
        once([*pairs, (Key("k1999"), 0)])
    assert Key.compared < 4 * len(pairs)


@pytest.mark.parametrize("reader", [parse, parsed, lambda text, name: read_object(text, 10**9, name)])
def test_every_reader_of_json_refuses_a_key_twice(reader):
    with pytest.raises(InputError, match="the key b appears twice"):
        reader(b'{"a": 1, "b": 1, "b": 1}', "x")


@pytest.mark.parametrize("name", ["config.json", "table.csv", "model.safetensors", "model.gguf"])
@pytest.mark.parametrize("kind", ["device", "pipe", "sparse"])
def test_a_device_a_pipe_or_a_huge_file_is_refused_without_reading_it_whole(name, kind, tmp_path):
    path = tmp_path / name
    if kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        with path.open("wb") as file:
            file.truncate(10**12)
    refused(*(("audit",) if name.endswith("csv") else ()), path)


def test_a_pipe_that_somebody_writes_to_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writing, reading = threading.Event(), os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    def write():
        with (tmp_path / "pipe").open("wb") as pipe:
            writing.set()
            pipe.write(b"x" * 100_000)

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(10)
    assert read_within(tmp_path / "pipe", 10**6, "text") == b"x" * 100_000
    writer.join()
    os.close(reading)


def test_a_long_name_or_list_leaves_a_line_that_says_what_is_valid(tmp_path):
    assert "…" in refused("x" * 5000 + "/y/z")
    (tmp_path / "t.csv").write_text(",".join(f"a long name for a column {n}" for n in range(90)) + "\n1\n")
    assert "…" in refused("audit", tmp_path / "t.csv")
    assert "…" in refused("gpt3-xl", "--set", f"{'y' * 5000}=1")
    refused("solve", "--params", "1B", "--n-layers", ",".join(["0"] * 5000))


def table(path, rows, before="", header=TABLE):
    path.write_text(before + header + "".join(rows))
    return path


def disagreeing(number, printed="900M"):
    return [f"m{n},12,768,12,64,3072,50257,2048,{printed}\n" for n in range(number)]


def counts_of(monkeypatch, path):
    """How often a table's audit counts a model."""
    from paramcount.auditing import conventions, counting, edits, printed_figures, search, shared
    from paramcount.auditing import table as whole

    counted, calls = counting.count, []

    def count(*given):
        calls.append(1)
        return counted(*given)

    for module in (conventions, edits, printed_figures, search, shared, whole):
        if hasattr(module, "count"):
            monkeypatch.setattr(module, "count", count)
    assert command("audit", str(path)).exit_code == 0
    return len(calls)


def test_an_audit_counts_so_often_a_row_however_many_rows_there_are(monkeypatch, tmp_path):
    few = counts_of(monkeypatch, table(tmp_path / "few.csv", disagreeing(10)))
    monkeypatch.undo()
    many = counts_of(monkeypatch, table(tmp_path / "many.csv", disagreeing(40)))
    assert many < 1.3 * 4 * few


@pytest.mark.parametrize(
    ("rows", "before", "header", "said"),
    [
        (1001, "", TABLE, "more than 1,000 rows"),
        (101, "".join(f"# relation r{n}: d_ff = 4 * d_model\n" for n in range(100)), TABLE, "make 10,100 checks"),
        (1, "", TABLE.strip() + ",x" * 100 + "\n", "109 columns"),
        (1, f"# relation r: d_ff = {'(' * 300}4{')' * 300}\n", TABLE, "characters, more than 500"),
        (1, "# relation r: d_ff = ((d_model ^ 100) ^ 100) ^ 100\n", TABLE, "a power is too large"),
        (1, "# relation r: d_ff = d_model ^ 100 * 10 ^ 100\n", TABLE, "larger than 10^300"),
        (1, "# relation r: d_ff = 1e999\n", TABLE, "may only have columns"),
        (1, f'# relation r: d_ff = {"+".join("d" * 3)}\n"{"x" * 200_000}",', TABLE, "field larger than field limit"),
    ],
)
def test_a_table_beyond_a_limit_is_refused_in_a_line(rows, before, header, said, tmp_path):
    assert said in refused("audit", table(tmp_path / "t.csv", disagreeing(rows), before, header))


def test_a_cell_of_thousands_of_digits_is_refused_in_a_line(tmp_path):
    path = table(tmp_path / "t.csv", [f"m,{'9' * 5000}\n"], "# relation r: a = a\n", "model,a\n")
    assert "is not a number" in refused("audit", path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--n-vocab", "1:1e9", "--n-layers", "1:1e6", "--d-model", "64:1e9"], "too many shapes"),
        (["--d-ff-ratio", ",".join(f"{n}/1000" for n in range(1000, 4000))], "3,000 ratios; valid: at most 100"),
        (["--d-head", ",".join(map(str, range(1, 6000)))], "5,999 values; valid: at most 4,096"),
        (["--top", "1000000"], "not a whole number from 1 to 10,000"),
    ],
)
def test_a_request_beyond_a_limit_is_refused_in_a_line(asked, said):
    assert said in refused("solve", "--params", "1B", *asked)


def test_shapes_are_no_more_than_can_be_kept(monkeypatch):
    monkeypatch.setattr("paramcount.solver.search.MOST_POINTS", 100)
    assert "more than 100 shapes within the tolerance" in refused("solve", "--params", "1B")


def test_all_shapes_are_no_more_than_can_be_counted_again(monkeypatch):
    monkeypatch.setattr("paramcount.solver.answer.MOST", 5)
    assert "8 shapes are found; valid: --top, up to 5, " in refused("solve", "--params", "1B", "--powers-of-two")


def test_a_thousand_shapes_that_differ_are_chosen_without_comparing_each_with_each(monkeypatch):
    from paramcount.solver import rank
    from paramcount.solver.grid import Point

    near, compared = rank._alike, []
    monkeypatch.setattr(rank, "_alike", lambda a, b: compared.append(1) or near(a, b))
    points = [Point(layers, width, 64, (), 0) for layers in range(1, 200) for width in range(64, 64 * 200, 64)]
    kept = rank._varied(points, 2000)
    assert len(compared) < 60 * len(points)
    slow = []  # as the docstring says it, each with each
    for point in points[:3000]:
        if not any(near(point, other) for other in slow):
            slow.append(point)
    few = rank._varied(points[:3000], 3000)
    assert few == slow + [point for point in points[:3000] if point not in slow]
    assert len(kept) == 2000


def test_a_sheet_of_tensors_ends_and_says_what_the_rest_add_up_to():
    from paramcount.checkpoint import Checkpoint, StoredTensor
    from paramcount.report import checkpoint

    stored = tuple(StoredTensor(f"t{n}x", (2,), "F32", 4, "x.safetensors") for n in range(1500))
    report = checkpoint.alone(Checkpoint("safetensors", stored, {}, "x.safetensors"), "x")
    rows = report.parts[1].rows
    assert len(rows) == 1002
    assert rows[-2] == {"name": "500 more, listed by --json", "params": 1000}
    assert rows[-1]["params"] == 3000 == sum(row["params"] for row in rows[:-1])
    assert len(report.documents()[0]["tensors"]) == 1500


def test_files_that_take_too_long_are_given_up_together_and_said_how_many_were_read():
    from paramcount.hub.transport import UnreachableError, gather

    never = threading.Event()
    calls = [lambda: 1] * 3 + [lambda: never.wait(30)] * 20
    with pytest.raises(UnreachableError, match="it took too long; 3 of 23 files were read"):
        gather(calls, time.monotonic() + 0.5)
    never.set()


def test_however_many_shards_there_are_the_wait_for_them_has_an_end(monkeypatch):
    from paramcount.hub import weights
    from paramcount.hub.repository import Hub
    from paramcount.hub.transport import Answer, UnreachableError

    names = [f"model-{n:05}.safetensors" for n in range(weights.MOST_SHARDS)]
    index = json.dumps({"weight_map": {name: name for name in names}}).encode()
    waits = []

    def gathered(calls, until):
        waits.append(until)
        if len(calls) > 1:
            raise UnreachableError("")
        return [Answer(200, {}, index)]

    monkeypatch.setattr(weights, "gather", gathered)
    with pytest.raises(UnreachableError):
        weights.read(Hub("a/b", "main", "", {}, 0.0), [weights.INDEX, *names])
    assert max(waits) == weights.MOST_SECONDS
