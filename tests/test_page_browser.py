"""The page in a real browser: every number that it computes is compared with the library's."""

import json
import random
import shutil
from pathlib import Path

import pytest

import paramcount
from paramcount.errors import InputError
from paramcount.report.page import page
from paramcount.solver import solve

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium: apt-get install chromium")

MODELS = ("gpt3-xl", "llama-3.1-8b", "mixtral-8x7b", "deepseek-v3", "gemma-3-1b", "t5-small", "mamba-130m", "qwen3-30b-a3b")
SETTINGS = 25  # of each model, and 200 in the slow test

# Sets fields and switches as a person would, and reads what is then on the page.
SET = """([place, values]) => {
  const panel = document.getElementById("model" + place);
  panel.querySelector("[data-reset]").click();
  const fire = (element, event) => element.dispatchEvent(new Event(event, { bubbles: true }));
  for (const [name, value] of Object.entries(values)) {
    const field = panel.querySelector(`[data-field="${name}"]`), box = panel.querySelector(`[data-switch="${name}"]`);
    if (field) { field.value = value; fire(field, "input"); }
    if (box && box.checked !== (value === "true")) { box.checked = value === "true"; fire(box, "change"); }
  }
  return READ(panel);
}"""
READ = """(panel) => ({
  faults: panel.querySelector("[data-faults]").textContent,
  total: panel.querySelector(".total [data-n]").textContent,
  rows: [...panel.querySelectorAll(".components tbody tr")].filter((row) => !row.hidden)
    .map((row) => [row.cells[0].textContent, row.cells[1].textContent]),
  verdicts: [...panel.querySelectorAll("[data-verdict]")].map((one) => one.textContent),
  costs: [...panel.querySelectorAll(".costs tr")].map((row) => [row.cells[0].textContent, row.cells[1].textContent]),
  sizes: Object.fromEntries([...panel.querySelectorAll("[data-field]")].map((one) => [one.dataset.field, one.value])),
  tensors: [...panel.querySelectorAll("[data-tensor]")].map((one) => one.getAttribute("aria-label")),
})"""


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Opens a page of models; nothing may be asked of any server, and no error may be thrown."""
    faults = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})

    def open_page(*names, hash=""):
        file = tmp_path / "page.html"
        file.write_text(page([paramcount.load(name).spec for name in names]), encoding="utf-8")
        tab = context.new_page()
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("console", lambda message: message.type == "error" and faults.append(message.text))
        tab.on("request", lambda request: request.url.startswith("http") and faults.append(request.url))
        tab.goto(f"{file.as_uri()}{hash}")
        return tab

    yield open_page
    context.close()
    assert faults == []


def whole(text):
    return int(text.replace(",", "").removesuffix(" bytes"))


def some_settings(model, rng):
    """Sizes and switches to type in, some of which state no model."""
    values = {}
    for name, value in model.hyperparameters.items():
        if rng.random() < 0.5:
            continue
        if isinstance(value, bool):
            values[name] = rng.choice(["true", "false"])
        else:
            values[name] = str(rng.choice([value, 2 * value, 3 * value, max(1, value // 2), rng.randint(1, 8192)]))
    return values


def held_against_the_library(tab, place, name, rng):
    """Type in one random setting; whether it states a model, of which everything shown is then as the library has it."""
    model = paramcount.load(name)
    typed = some_settings(model, rng)
    read = tab.evaluate(SET.replace("READ", f"({READ})"), [place, typed])
    taken = {field: value for field, value in typed.items() if field in read["sizes"] or value in ("true", "false")}
    taken = {field: value for field, value in taken.items() if read["sizes"].get(field, value) == value}
    changes = {field: value == "true" if value in ("true", "false") else int(value) for field, value in taken.items()}
    try:
        counted = paramcount.load(name, **changes)
        total = counted.total()
    except InputError:
        assert read["faults"], (name, changes)
        return False
    assert not read["faults"], (name, changes)
    rows = {row: whole(count) for row, count in read["rows"]}
    active = rows.pop("active: without the inactive experts", rows["total"])
    non_embedding = rows.pop("without embeddings and output head")
    assert (whole(read["total"]), rows.pop("total")) == (total, total), (name, changes)
    assert (active, non_embedding) == (counted.active(), counted.non_embedding()), (name, changes)
    assert rows == counted.by_component(), (name, changes)
    model_now = counted.spec.model()
    for figure, verdict in zip(counted.published, read["verdicts"], strict=True):
        assert verdict.startswith("✓" if figure.agrees(model_now) else "✗"), (name, changes, verdict)
    held_against_costs(counted, dict(read["costs"]))
    return True


def held_against_costs(counted, costs):
    assert whole(costs["weights in bf16"]) == 2 * counted.total()
    if "FLOPs and cache" in costs:
        return
    token = whole(costs["FLOPs of a token, forward, without attention's pairs"])
    pair = whole(costs["FLOPs of each pair of a query and a key"])
    seq = 7
    assert token * seq + pair * seq * (seq + 1) // 2 == counted.flops(seq=seq).total
    if "cache of a token in bf16" in costs:
        assert whole(costs["cache of a token in bf16"]) == counted.cache(seq=seq).bytes_per_token


@pytest.mark.parametrize("name", MODELS)
def test_what_is_typed_counts_as_the_library_does(opened, name):
    rng = random.Random(name)
    tab = opened(name)
    assert sum(held_against_the_library(tab, 0, name, rng) for _ in range(SETTINGS)) >= 3


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_two_hundred_settings_count_as_the_library_does(opened, name):
    rng = random.Random(f"{name} again")
    tab = opened(name)
    assert sum(held_against_the_library(tab, 0, name, rng) for _ in range(200)) >= 20
