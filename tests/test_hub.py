"""Hub repositories are read without their weights, and any failure is one line that says what to do."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hubserver import COMMIT, HubServer

from paramcount.errors import InputError
from paramcount.hub import fetch, looks_like_repository, transport

CONFIG = b'{"model_type": "llama", "hidden_size": 8}'
ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20


def safetensors(shapes):
    """A real file, written by the library."""
    import numpy
    from safetensors.numpy import save

    return save({name: numpy.zeros(shape, numpy.float16) for name, shape in shapes.items()})


def header(tensors, length=None):
    text = json.dumps(tensors).encode()
    return (len(text) if length is None else length).to_bytes(8, "little") + text


def sharded(shards):
    """The files of a model in *shards*, given as one dictionary of shapes each."""
    names = [f"model-{place:05}-of-{len(shards):05}.safetensors" for place in range(1, len(shards) + 1)]
    where = {tensor: name for name, shapes in zip(names, shards, strict=True) for tensor in shapes}
    files = {name: safetensors(shapes) for name, shapes in zip(names, shards, strict=True)}
    return {"config.json": CONFIG, "model.safetensors.index.json": json.dumps({"weight_map": where}).encode(), **files}


def refused(repository="owner/name"):
    """The line with which *repository* is refused."""
    with pytest.raises(InputError) as caught:
        fetch(repository)
    line = str(caught.value)
    assert "\n" not in line
    assert line.startswith(repository.partition("@")[0])
    return line


def shapes_of(model):
    return {tensor.name: tuple(tensor.shape) for tensor in model.tensors.tensors}


def python(code, **environment):
    """What *code* prints in a separate interpreter with *environment*."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    settings |= {"NO_PROXY": "*", "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=settings, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


FETCH = """
from paramcount.errors import InputError
from paramcount.hub import fetch
try:
    print(fetch("owner/name"))
except InputError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "text", ["owner/name", "meta-llama/Llama-3.1-8B", "o/n@v1.0", "o/n@refs/pr/1", "o_o/n.n-n", "o/n@" + COMMIT]
)
def test_a_repository_is_owner_and_name_and_perhaps_a_revision(text):
    assert looks_like_repository(text)


@pytest.mark.parametrize(
    "text",
    ["gpt3-xl", "a/b/c", "/a/b", "./a/b", "../b", "a/.b", "a/b.", "-a/b", "a/b@", "a/b@/etc", "a/b@..", "a/b@v 1", "",
     "a--b/c", "a/b..c", "a/b\n", "a/bé", "a/" + "b" * 97, "a/config.json", "a/b.safetensors", "a/b.gguf", "a/b@v\x1b"],
)  # fmt: skip
def test_other_words_and_paths_are_none(text):
    assert not looks_like_repository(text)


def test_what_is_no_name_is_refused_before_anything_is_imported():
    code = f"{FETCH.replace('owner/name', 'name')}\nimport sys; print('huggingface_hub' in sys.modules)"
    said, imported = python(code).splitlines()
    assert said == "name: not a hub repository; write owner/name or owner/name@revision"
    assert imported == "False"


def test_without_huggingface_hub_the_remedy_is_named():
    line = python("import sys; sys.modules['huggingface_hub'] = None\n" + FETCH)
    missing = "huggingface_hub, which is not installed; run: pip install 'paramcount[hub]'"
    assert line == f"owner/name: reading the hub needs {missing}"


def test_asking_what_a_name_looks_like_imports_nothing_heavy():
    code = "import sys, paramcount.hub; paramcount.hub.looks_like_repository('a/b'); print(*sys.modules)"
    assert not {"huggingface_hub", "httpx", "httpx2", "requests", "numpy"} & set(python(code).split())


def test_a_small_model_is_read(hub):
    shapes = {"embed.weight": (16, 8), "norm.weight": (8,)}
    hub.add("owner/name", {"config.json": CONFIG, "README.md": b"", "model.safetensors": safetensors(shapes)})
    model = fetch("owner/name")
    assert model.repository == "owner/name"
    assert model.revision == COMMIT
    assert model.config == {"model_type": "llama", "hidden_size": 8}
    assert model.files == ("config.json", "README.md", "model.safetensors")
    assert shapes_of(model) == shapes
    assert model.note == ""
    assert not any("README" in request.path for request in hub.requests)


def test_a_sharded_model_is_all_of_its_shards_with_one_request_each(hub):
    shards = [{f"layers.{layer}.weight": (8, layer + 1)} for layer in range(20)]
    hub.add("owner/name", sharded(shards))
    assert shapes_of(fetch("owner/name")) == {name: shape for shapes in shards for name, shape in shapes.items()}
    asked = [request.path for request in hub.requests if request.path.endswith(".safetensors")]
    assert len(asked) == len(set(asked)) == 20


def test_everything_is_read_from_the_commit_that_the_revision_stands_for(hub):
    """A push in between must not mix two versions."""
    tagged = "beef" + "1" * 36
    files = {"config.json": CONFIG, "model.safetensors": safetensors({"a": (2,)})}
    hub.add("owner/name", files, revisions={"v1": tagged, tagged: tagged})
    assert fetch("owner/name@v1").revision == tagged
    assert all(f"/resolve/{tagged}/" in request.path for request in hub.requests[1:])
    assert len(hub.requests) == 3


def test_a_revision_with_a_slash_is_one_part_of_the_address(hub):
    hub.add("owner/name", {"config.json": CONFIG}, revisions={"refs/pr/1": COMMIT, COMMIT: COMMIT})
    assert fetch("owner/name@refs/pr/1").revision == COMMIT
    assert hub.requests[0].path == "/api/models/owner/name/revision/refs%2Fpr%2F1"


def test_a_header_longer_than_the_first_request_is_read_with_a_second(hub):
    shapes = {f"layers.{layer}.a.rather.long.name.of.a.tensor.weight": (1,) for layer in range(2000)}
    data = safetensors(shapes)
    assert len(data) > 100_000
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": data})
    assert shapes_of(fetch("owner/name")) == shapes
    length = int.from_bytes(data[:8], "little")
    assert [request.span for request in hub.requests if request.span] == ["bytes=0-99999", f"bytes=0-{length + 7}"]


BIG = {"a": {"dtype": "F32", "shape": [64 * MIB], "data_offsets": [0, 256 * MIB]}}


def test_of_a_large_file_only_the_beginning_is_asked_for(hub):
    files = {"config.json": CONFIG, "model.safetensors": header(BIG)}
    hub.add("owner/name", files, padding={"model.safetensors": 256 * MIB})
    assert shapes_of(fetch("owner/name")) == {"a": (64 * MIB,)}
    assert hub.sent < 110_000


def test_a_server_that_sends_everything_is_not_listened_to(hub):
    files = {"config.json": CONFIG, "model.safetensors": header(BIG)}
    hub.add("owner/name", files, padding={"model.safetensors": 256 * MIB})
    hub.manner = "no ranges"
    assert shapes_of(fetch("owner/name")) == {"a": (64 * MIB,)}
    time.sleep(0.1)
    assert hub.sent < 16 * MIB, "what the system buffers, and no more"


def test_a_server_that_does_not_say_how_large_a_file_is_is_refused(hub):
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": safetensors({"a": (2,)})})
    hub.manner = "no size"
    assert "does not say how large the file is" in refused()


@pytest.mark.parametrize("length", [2**60, 2**64 - 1, 10_000])
def test_a_header_that_claims_more_than_the_file_has_is_refused(hub, length):
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": header({}, length)})
    assert f"claims a header of {length:,} bytes in a file of 10; it is damaged" in refused()


def test_a_huge_header_of_a_huge_file_is_not_read(hub):
    files = {"config.json": CONFIG, "model.safetensors": header({}, 10**9)}
    hub.add("owner/name", files, padding={"model.safetensors": 2 * 10**9})
    assert "at most 24,999,992 are read" in refused()
    assert hub.sent < 110_000


@pytest.mark.parametrize("data", [b"", b"\x01\x00", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"])
def test_what_is_no_safetensors_file_is_refused(hub, data):
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": data})
    assert "model.safetensors" in refused()


def test_a_damaged_header_is_refused_by_the_name_of_its_file(hub):
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": header({"a": {"dtype": "F32"}})})
    assert "model.safetensors" in refused()


def test_tensors_that_lie_outside_of_the_file_are_refused(hub):
    """The size of the data comes from what the server says about the whole file."""
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": header(BIG)}, padding={"model.safetensors": MIB})
    assert "model.safetensors" in refused()


@pytest.mark.parametrize("index", [{}, {"weight_map": {}}, {"weight_map": ["a"]}, {"weight_map": {"a": 1}}])
def test_an_index_without_its_map_is_refused(hub, index):
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors.index.json": json.dumps(index).encode()})
    assert "owner/name/model.safetensors.index.json: " in refused()


@pytest.mark.parametrize("shard", ["../../other/name/a.safetensors", "https://elsewhere.invalid/a.safetensors", "a"])
def test_an_index_that_leads_elsewhere_is_refused(hub, shard):
    index = json.dumps({"weight_map": {"a": shard}}).encode()
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors.index.json": index})
    assert f"tensor a is listed under {shard}" in refused()
    assert not any(request.span for request in hub.requests)


def test_an_index_that_names_what_the_repository_does_not_have_is_refused(hub):
    index = json.dumps({"weight_map": {"a": "gone.safetensors"}}).encode()
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors.index.json": index})
    assert "names gone.safetensors, which the repository lacks" in refused()
    assert not any(request.span for request in hub.requests)


def test_an_index_of_too_many_files_is_refused(hub):
    names = [f"{place}.safetensors" for place in range(2001)]
    index = json.dumps({"weight_map": {name: name for name in names}}).encode()
    files = {"config.json": CONFIG, "model.safetensors.index.json": index}
    hub.add("owner/name", files, listed=[*files, *names])
    assert "names 2,001 files; at most 2,000 are read" in refused()


def test_one_bad_shard_refuses_the_model(hub):
    files = sharded([{"a": (2,)}, {"b": (3,)}])
    files["model-00002-of-00002.safetensors"] = header({}, 2**60)
    hub.add("owner/name", files)
    assert "model-00002-of-00002.safetensors claims a header" in refused()


def test_a_tensor_that_the_index_names_and_no_shard_has_refuses_the_model(hub):
    """A count of the rest would be too small."""
    files = sharded([{"a": (2,)}, {"b": (3,)}])
    index = json.loads(files["model.safetensors.index.json"])
    index["weight_map"]["c"] = index["weight_map"]["b"]
    hub.add("owner/name", files | {"model.safetensors.index.json": json.dumps(index).encode()})
    assert "the index says that model-00002-of-00002.safetensors holds c, but it does not" in refused()


def test_without_safetensors_the_formats_are_named(hub):
    hub.add("owner/name", {"config.json": CONFIG, "pytorch_model.bin": b"", "q4.gguf": b"", "q8.gguf": b""})
    model = fetch("owner/name")
    assert model.tensors is None
    assert model.note.endswith("its weights: PyTorch .bin (1 file), GGUF (2 files)")


def test_a_repository_of_gguf_alone_says_which_files_it_has(hub):
    hub.add("owner/name", {f"q{bits}.gguf": b"" for bits in range(2, 9)})
    has = "q2.gguf, q3.gguf, q4.gguf, q5.gguf, q6.gguf and 2 more"
    assert f"this repository has no config.json, only {has}; name a repository with one" in refused()


def test_a_gated_repository_asks_for_its_licence_to_be_accepted(hub, monkeypatch):
    hub.add("owner/name", {"config.json": CONFIG}, gated=True)
    assert (
        refused()
        == f"owner/name: this repository is gated; accept its licence at {hub.url}/owner/name and set HF_TOKEN"
    )
    monkeypatch.setenv("HF_TOKEN", hub.token)
    assert refused().endswith(f"accept its licence at {hub.url}/owner/name with the account of HF_TOKEN")


def test_a_private_repository_is_read_with_the_token_and_missing_without(hub, monkeypatch):
    hub.add("owner/name", {"config.json": CONFIG}, private=True)
    assert "has no such repository" in refused()
    monkeypatch.setenv("HF_TOKEN", hub.token)
    assert fetch("owner/name").config["model_type"] == "llama"


def test_a_missing_repository_is_said_to_be_missing_or_private(hub):
    line = refused("owner/nmae")
    assert line.endswith("or it is private; check the spelling, or set HF_TOKEN to a token that may read it")


def test_a_wrong_token_is_said_to_be_wrong_and_not_shown(hub, monkeypatch):
    hub.add("owner/name", {"config.json": CONFIG})
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    line = refused()
    assert "does not accept the token" in line
    assert "hf_wrong" not in line


def test_a_token_that_cannot_be_one_is_not_sent(hub, monkeypatch):
    hub.add("owner/name", {"config.json": CONFIG})
    monkeypatch.setenv("HF_TOKEN", "hf_schlüssel")
    assert "the token has invalid characters" in refused()
    assert not hub.requests


def test_a_token_that_cannot_be_read_is_one_line(hub, monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path))
    assert "huggingface_hub gave no token" in refused()


def test_a_missing_revision_is_named(hub):
    hub.add("owner/name", {"config.json": CONFIG})
    assert f"this repository has no revision v9; {hub.url}/owner/name/tree/main" in refused("owner/name@v9")


@pytest.mark.parametrize(
    ("manner", "headers", "said"),
    [
        ("429", {"Retry-After": "17"}, "wait 17 seconds, or set HF_TOKEN"),
        ("429", {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, "wait a few minutes"),
        ("500", {}, "failed (status 500); try again later"),
        ("503", {}, "failed (status 503)"),
        ("403", {}, "refused access to the file (status 403)"),
        ("403", {"X-Error-Message": "Access to this resource is disabled."}, "the hub has disabled access"),
        ("404", {}, "has no such repository"),
        ("418", {}, "answered with status 418; check HF_ENDPOINT"),
        ("nonsense", {}, "does not answer like the hub; check HF_ENDPOINT"),
    ],
)
def test_a_server_that_refuses_is_asked_once(hub, manner, headers, said):
    hub.manner, hub.headers = manner, headers
    assert said in refused()
    assert len(hub.requests) == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (b"{broken", "config.json is not valid JSON (line 1, column 2)"),
        (b"\xff\xfe\xfd", "config.json is not valid JSON (not UTF-8 text)"),
        (b"[" * 200_000, "config.json is not valid JSON (nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "config.json is not valid JSON (Exceeds the limit"),
        (b'{"a": 1, "a": 2}', "config.json is not valid JSON (the key a appears twice)"),
        (b"[1]", "config.json is not a JSON object"),
        (b"", "config.json is not valid JSON"),
    ],
)
def test_a_broken_config_is_refused(hub, config, said):
    hub.add("owner/name", {"config.json": config})
    assert said in refused()


def test_of_a_huge_config_no_more_than_the_bound_is_read(hub):
    hub.add("owner/name", {"config.json": CONFIG}, padding={"config.json": 256 * MIB})
    assert "config.json is larger than 10 MB" in refused()
    time.sleep(0.1)
    assert hub.sent < 32 * MIB


def test_a_redirect_to_another_host_goes_without_the_token(hub, monkeypatch):
    shapes = {"a": (2, 3)}
    cdn = HubServer()
    try:
        files = {"config.json": CONFIG, "model.safetensors": safetensors(shapes)}
        hub.add("owner/name", files, cdn=f"http://localhost:{cdn.port}", private=True)
        cdn.add("owner/name", files)
        monkeypatch.setenv("HF_TOKEN", hub.token)
        assert shapes_of(fetch("owner/name")) == shapes
    finally:
        cdn.close()
    assert {request.token for request in hub.requests} == {f"Bearer {hub.token}"}
    assert [request.token for request in cdn.requests] == [""]
    assert cdn.requests[0].span == "bytes=0-99999"


@pytest.mark.parametrize("manner", ["hang", "drip headers", "drip body"])
def test_a_server_that_never_ends_is_left(hub, monkeypatch, manner):
    monkeypatch.setattr("paramcount.hub.online.PATIENCE", 0.5)
    hub.manner = manner
    start = time.monotonic()
    assert f"{hub.url} could not be reached (it took too long); use a local config.json" in refused()
    assert time.monotonic() - start < 3


def test_the_program_ends_though_the_server_does_not_answer(hub):
    hub.manner = "hang"
    start = time.monotonic()
    assert "(it took too long)" in python(
        "import paramcount.hub.online as o; o.PATIENCE = 0.5\n" + FETCH, HF_ENDPOINT=hub.url
    )
    assert time.monotonic() - start < 10


def test_a_server_that_is_not_there_is_named_with_the_remedy(hub, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{port}")
    remedy = "use a local config.json, or set HF_ENDPOINT to a reachable server"
    assert refused() == f"owner/name: http://127.0.0.1:{port} could not be reached (Connection refused); {remedy}"


@pytest.mark.parametrize("endpoint", ["huggingface.co", "ftp://127.0.0.1", "http://[", ""])
def test_an_endpoint_that_is_no_address_is_one_line_too(hub, monkeypatch, endpoint):
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", endpoint)
    assert "could not be reached" in refused()


def test_no_more_than_eight_requests_run_at_once_and_answers_keep_their_order():
    running, most, lock = 0, 0, threading.Lock()

    def call(place):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return place

    calls = [lambda place=place: call(place) for place in range(40)]
    assert transport.gather(calls, time.monotonic() + 20) == list(range(40))
    assert most == 8


def test_after_the_first_failure_nothing_further_is_asked():
    called = []

    def fail(place):
        called.append(place)
        time.sleep(0.01)
        raise InputError("no")

    with pytest.raises(InputError):
        transport.gather([lambda place=place: fail(place) for place in range(100)], time.monotonic() + 20)
    time.sleep(0.1)
    assert len(called) < 30


def test_endpoint_and_token_come_from_the_environment(hub):
    hub.add("owner/name", {"config.json": CONFIG}, private=True)
    assert "'model_type': 'llama'" in python(FETCH, HF_ENDPOINT=hub.url, HF_TOKEN=hub.token)


def test_the_token_may_lie_in_hf_home(hub, tmp_path):
    hub.add("owner/name", {"config.json": CONFIG}, private=True)
    (tmp_path / "token").write_text(hub.token)
    assert "'model_type': 'llama'" in python(FETCH, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path))


def test_offline_with_nothing_in_the_cache_says_so(hub, tmp_path):
    line = python(FETCH, HF_ENDPOINT=hub.url, HF_HOME=str(tmp_path), HF_HUB_OFFLINE="1")
    assert line.startswith("owner/name: HF_HUB_OFFLINE is set and")
    assert "unset HF_HUB_OFFLINE, or use a local config.json" in line
    assert not hub.requests
    assert list(tmp_path.iterdir()) == []


DOWNLOAD = """
from huggingface_hub import hf_hub_download
for file in {files}:
    hf_hub_download("owner/name", file)
"""


@pytest.mark.parametrize("weights", [(), ("model.safetensors",)])
def test_offline_the_cache_is_read(hub, tmp_path, weights):
    hub.add("owner/name", {"config.json": CONFIG, "model.safetensors": safetensors({"a": (2, 3)})})
    home = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_TELEMETRY": "1"}
    python(DOWNLOAD.format(files=["config.json", *weights]), **home)
    hub.requests.clear()
    said = python(FETCH, **home, HF_HUB_OFFLINE="1")
    assert f"revision='{COMMIT}', config={{'model_type': 'llama', 'hidden_size': 8}}" in said
    assert ("tensors=None" in said) == (not weights)
    assert not hub.requests


def test_offline_a_part_of_the_shards_is_not_the_model(hub, tmp_path):
    files = sharded([{"a": (2,)}, {"b": (3,)}])
    hub.add("owner/name", files)
    home = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path), "HF_HUB_DISABLE_TELEMETRY": "1"}
    python(DOWNLOAD.format(files=list(files)[:-1]), **home)
    said = python(FETCH, **home, HF_HUB_OFFLINE="1")
    assert "tensors=None" in said
    assert "HF_HUB_OFFLINE is set and the cache lacks some of its safetensors" in said
    python(DOWNLOAD.format(files=list(files)), **home)
    assert "tensors=Checkpoint(" in python(FETCH, **home, HF_HUB_OFFLINE="1")
