"""The page in a real browser: every number that it computes is compared with the library's."""

import json
import random
import shutil
import threading
from itertools import product
from pathlib import Path

import pytest

import paramcount
from paramcount.errors import InputError
from paramcount.report.page import page
from paramcount.report.page.served import PageServer
from paramcount.solver import solve

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no chromium: apt-get install chromium"),
]

MODELS = (
    "gpt3-xl",
    "llama-3.1-8b",
    "mixtral-8x7b",
    "deepseek-v3",
    "gemma-3-1b",
    "t5-small",
    "mamba-130m",
    "qwen3-30b-a3b",
)
SETTINGS = 200  # of each model

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
  switches: [...panel.querySelectorAll("[data-switch]")].map((one) => one.dataset.switch),
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
    """Open a page of models; it may not contact any server or raise an error."""
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
    """Sizes and switches to type in, some of which don't describe a model."""
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
    """Type in a random setting and compare the page with the library; return whether it describes a model."""
    model = paramcount.load(name)
    typed = some_settings(model, rng)
    read = tab.evaluate(SET.replace("READ", f"({READ})"), [place, typed])
    taken = {field: value for field, value in typed.items() if field in read["sizes"] or field in read["switches"]}
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
    active = rows.pop("active, without inactive experts", rows["total"])
    non_embedding = rows.pop("non-embedding, without embeddings and output head")
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
    token = whole(costs["forward FLOPs per token, without query-key pairs"])
    pair = whole(costs["forward FLOPs per query-key pair"])
    seq = 7
    assert token * seq + pair * seq * (seq + 1) // 2 == counted.flops(seq=seq).total
    if "cache per token in bf16" in costs:
        assert whole(costs["cache per token in bf16"]) == counted.cache(seq=seq).bytes_per_token


@pytest.mark.parametrize("name", MODELS)
def test_what_is_typed_counts_as_the_library_does(opened, name):
    rng = random.Random(name)
    tab = opened(name)
    assert sum(held_against_the_library(tab, 0, name, rng) for _ in range(SETTINGS)) >= 20


HOLD = """([target, name]) => {
  const one = (part) => document.querySelector(`[data-${part}]`);
  const fire = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));
  one("follower").value = name;
  one("target").value = target;
  one("hold").checked = true;
  fire(one("hold"));
  const field = document.querySelector(`[data-field="${name}"]`);
  return [document.querySelector(".total [data-n]").textContent, field.value];
}"""


@pytest.mark.parametrize("target", ["125M", "1.3B", "175B", "100T"])
def test_the_held_total_is_where_solve_puts_it(opened, target):
    """No neighbouring multiple of 64 comes nearer, and the count grows with the width."""
    tab = opened("gpt3-xl")
    total, d_model = tab.evaluate(HOLD, [target, "d_model"])
    budget = paramcount.quantity.parse_quantity(target)
    nearest = int(d_model)
    assert nearest % 64 == 0
    assert whole(total) == paramcount.load("gpt3-xl", d_model=nearest).total()
    step = [paramcount.load("gpt3-xl", d_model=nearest + by).total() for by in (-64, 64) if nearest + by > 0]
    assert all(abs(one - budget) >= abs(whole(total) - budget) for one in step)


def test_the_hold_agrees_with_solve(opened):
    """The page's shape is one of those that solve finds with 24 layers, with the same width and heads."""
    found = solve("1.3B", n_layers="24").candidates[0]
    tab = opened("gpt3-xl")
    read = SET.replace("READ", "((panel) => 0)")
    tab.evaluate(
        read,
        [
            0,
            {
                "n_layers": str(found.sizes["n_layers"]),
                "n_heads": str(found.sizes["n_heads"]),
                "d_head": str(found.sizes["d_head"]),
            },
        ],
    )
    total, d_model = tab.evaluate(HOLD, [str(found.total), "d_model"])
    assert (whole(total), int(d_model)) == (found.total, found.sizes["d_model"])


def test_another_size_moves_and_the_total_holds(opened):
    tab = opened("llama-3.1-8b")
    total, _ = tab.evaluate(HOLD, ["8030261248", "d_ff"])
    assert whole(total) == 8030261248
    tab.fill('[data-field="n_layers"]', "40")
    held = whole(tab.inner_text(".total [data-n]"))
    assert abs(held - 8030261248) <= 40 * 3 * 4096 * 64 // 2
    assert int(tab.input_value('[data-field="d_ff"]')) % 64 == 0
    assert (
        held == paramcount.load("llama-3.1-8b", n_layers=40, d_ff=int(tab.input_value('[data-field="d_ff"]'))).total()
    )


def test_an_address_shows_what_was_set_again(opened):
    tab = opened("gpt3-xl", "llama-3.1-8b")
    tab.click("#tab1")
    tab.fill("#model1 [data-field=n_layers]", "2^4")
    tab.check("#model1 [data-switch=tie_word_embeddings]")
    address = tab.evaluate("location.hash")
    before = tab.inner_text("#model1 .total")
    again = opened("gpt3-xl", "llama-3.1-8b", hash=address)
    assert again.inner_text("#model1 .total") == before
    assert not again.is_visible("#model0")
    assert again.input_value("#model1 [data-field=n_layers]") == "16"


HASHES = ["#n_layers=-1", "#n_layers=1e99", "#n_layers=<b>", "#__proto__=1", "#constructor=2", "#model=99",
          "#hold=1:toString", "#n_layers=" + "9" * 400, "#&&==&%00=%ff"]  # fmt: skip


@pytest.mark.parametrize("hash", HASHES)
def test_an_address_sets_nothing_but_sizes_of_the_page(opened, hash):
    tab = opened("gpt3-xl", hash=hash)
    assert whole(tab.inner_text(".total [data-n]")) == 1517123584


def test_one_click_moves_the_count_into_both_intervals(opened):
    tab = opened("gpt3-xl")
    assert [text[0] for text in tab.locator("[data-verdict]").all_inner_texts()] == ["✗", "✗"]
    tab.click("[data-try]")
    assert [text[0] for text in tab.locator("[data-verdict]").all_inner_texts()] == ["✓", "✓"]
    for figure in tab.locator("[data-figure]").all():
        claim, mark = figure.locator("[data-interval]"), figure.locator("[data-mark]")
        start, width, at = (float(of.get_attribute(name)) for of, name in ((claim, "x"), (claim, "width"), (mark, "x")))
        assert start <= at + 2 <= start + width


def test_a_size_that_is_let_go_stays_where_it_is(opened):
    tab = opened("gpt3-xl")
    tab.fill("[data-field=d_model]", "4096")
    assert tab.input_value("[data-field=d_ff]") == "16384"
    tab.uncheck("[data-tie=d_ff]")
    tab.fill("[data-field=d_model]", "2048")
    assert tab.input_value("[data-field=d_ff]") == "16384"
    assert whole(tab.inner_text(".total [data-n]")) == paramcount.load("gpt3-xl", d_ff=16384).total()


NUMBERS = [
    "768",
    "1.3B",
    "2^17",
    "1,024",
    "50_257",
    "1e6",
    "1.5K",
    "100T",
    "0",
    "",
    "-1",
    "1.23",
    "x",
    "2**10",
    "1e400",
    "1.",
    ".5K",
    "9" * 50,
]


def test_numbers_are_read_as_the_command_line_reads_them(opened):
    tab = opened("gpt3-xl")
    for text in NUMBERS:
        try:
            meant = paramcount.quantity.parse_quantity(text)
        except InputError:
            meant = None
        tab.fill("[data-field=n_vocab]", "50257")
        tab.fill("[data-field=n_vocab]", text)
        refused = tab.get_attribute("[data-field=n_vocab]", "aria-invalid") == "true"
        assert refused == (meant is None), text
        counted = paramcount.load("gpt3-xl", n_vocab=meant or 50257).total()
        assert whole(tab.inner_text(".total [data-n]")) == counted, text


@pytest.mark.parametrize("form", ["command", "CSV", "Markdown", "LaTeX", "JSON"])
def test_what_is_copied_says_what_is_shown(opened, form):
    tab = opened("gpt3-xl")
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.click("[data-try]")
    tab.click(f"[data-copy={form}]")
    copied = tab.evaluate("navigator.clipboard.readText()")
    if form == "command":
        assert copied == "paramcount gpt3-xl --set n_heads=16"
    elif form == "JSON":
        assert json.loads(copied)["total"] == 1315723264
    else:
        assert "1315723264" in copied.replace(",", "")
        assert "attention" in copied


def test_pictures_are_saved(opened, tmp_path):
    tab = opened("gpt3-xl")
    for form, begins in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with tab.expect_download() as download:
            tab.click(f"[data-save={form}]")
        assert Path(download.value.path()).read_bytes().startswith(begins)


def test_a_tensor_is_chosen_with_the_keyboard(opened):
    tab = opened("gpt3-xl")
    tab.focus('[data-tensor="layers.{}.attention.W_Q"]')
    tab.keyboard.press("Enter")
    assert "layers.{}.attention.W_Q" in tab.inner_text("[data-chosen]")
    assert "150,994,944" in tab.inner_text("[data-chosen]")


def test_areas_are_shares(opened):
    """The rectangles fill the drawing, and each is as large as its share, as on the static page."""
    from paramcount.report.page.drawing import squarified

    tab = opened("deepseek-v3")
    drawn = tab.evaluate("""() => [...document.querySelectorAll("[data-tensor]")].map((one) => {
      const rect = one.querySelector("rect"), side = (name) => Number(rect.getAttribute(name));
      return [one.dataset.tensor, side("x"), side("y"), side("width"), side("height")];
    })""")
    model = paramcount.load("deepseek-v3").spec.model()
    entries = [entry for entry in model.ledger() if not entry.tensor.shares]
    areas = sorted((name, round(width * height / 420_000, 4)) for name, _, _, width, height in drawn)
    assert areas == sorted((entry.name, round(entry.params / model.total(), 4)) for entry in entries)
    boxes = squarified([entry.params / model.total() for entry in entries], 1000, 420)
    assert [(entries[box.at].name, box.x, box.y) for box in boxes[:9]] == [
        (name, pytest.approx(x, abs=0.2), pytest.approx(y, abs=0.2)) for name, x, y, _, _ in drawn[:9]
    ]


def test_a_hostile_name_stays_text(opened, tmp_path, browser):
    name = "<img src=x onerror=alert(1)>"
    spec = paramcount.load("gpt2-small").spec._replace(name=name)
    file = tmp_path / "hostile.html"
    file.write_text(page([spec]), encoding="utf-8")
    tab = browser.new_page()
    dialogs = []
    tab.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    tab.goto(file.as_uri())
    assert tab.inner_text("h2").startswith(name)
    assert tab.locator("img").count() == 0
    assert dialogs == []
    tab.close()


STATES = list(product((1280, 390), ("light", "dark"), ("fresh", "tried", "held")))


@pytest.mark.parametrize(("width", "scheme", "state"), STATES)
def test_axe_finds_no_fault(browser, tmp_path, width, scheme, state):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe is not installed: pip install axe-playwright-python"
    )
    file = tmp_path / "page.html"
    file.write_text(page([paramcount.load(name).spec for name in ("gpt3-xl", "deepseek-v3")]), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(file.as_uri())
    if state == "tried":
        tab.click("[data-try]")
        tab.click('[data-tensor="layers.{}.feed_forward.W_1"]')
    if state == "held":
        tab.click("#tab1")
        tab.check("#model1 [data-hold]")
        tab.fill("#model1 [data-field=n_layers]", "x")
    found = axe.Axe().run(tab).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_formulas_are_written_as_the_library_writes_them(opened):
    """The page rewrites a formula when a switch changes it, and restores it when the switch is set back."""
    tab = opened("llama-3.1-8b")
    written = "() => [...document.querySelectorAll('[data-formula]')].map((one) => one.innerHTML)"
    before = tab.evaluate(written)
    tab.check("[data-switch=mlp_bias]")
    assert tab.evaluate(written) != before
    tab.uncheck("[data-switch=mlp_bias]")
    assert tab.evaluate(written) == before


def test_the_largest_and_the_smallest_sizes_do_not_hang(opened):
    tab = opened("llama-3.1-8b")
    for size in ("n_layers", "d_model", "d_ff", "n_vocab"):
        tab.fill(f"[data-field={size}]", "1" + "0" * 36)
    assert tab.inner_text("[data-faults]") == ""
    counted = paramcount.load("llama-3.1-8b", n_layers=10**36, d_model=10**36, d_ff=10**36, n_vocab=10**36)
    assert whole(tab.inner_text(".total [data-n]")) == counted.total()
    for size in ("n_layers", "d_ff", "n_vocab", "n_heads", "n_kv_heads", "d_model"):
        tab.fill(f"[data-field={size}]", "1")
    assert (
        whole(tab.inner_text(".total [data-n]"))
        == paramcount.load("llama-3.1-8b", n_layers=1, d_ff=1, n_vocab=1, n_heads=1, n_kv_heads=1, d_model=1).total()
    )


def test_a_config_is_pasted(browser):
    server = PageServer([paramcount.load("gpt3-xl").spec])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    tab = browser.new_page()
    try:
        tab.goto(server.address)
        tab.click("summary")
        tab.fill("#config", '{"model_type": "qwen2", "num_hidden_layers": 3}')
        tab.click("form button")
        counted = paramcount.load({"model_type": "qwen2", "num_hidden_layers": 3}).total()
        assert whole(tab.inner_text(".total [data-n]")) == counted
        tab.fill("[data-field=n_layers]", "4")
        assert whole(tab.inner_text(".total [data-n]")) > counted
    finally:
        tab.close()
        server.shutdown()
        thread.join()
        server.server_close()
