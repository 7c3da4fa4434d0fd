"""The page without a browser: what is in the file, what it may load, and the server."""

import base64
import hashlib
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

import pytest

import paramcount
from paramcount.cli.verbs import run
from paramcount.errors import InputError
from paramcount.report.page import SCRIPTS, _read, page
from paramcount.report.page.drawing import squarified
from paramcount.report.page.render import DARK, SHADES
from paramcount.report.page.served import PageServer
from paramcount.report.page.site import files_of
from paramcount.report.rows import Report

THREE = ("gpt3-xl", "llama-3.1-8b", "mixtral-8x7b")


def made(*names, **options):
    return page([paramcount.load(name).spec for name in names], **options)


class Elements(HTMLParser):
    """The elements of a page, each with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_three_models_are_a_small_page_and_always_the_same():
    text = made(*THREE)
    assert len(text.encode()) <= 150_000
    assert text == made(*THREE)
    assert sum(len(_read(name)) for name in SCRIPTS) <= 45_000


def test_a_page_loads_nothing():
    elements = Elements(made(*THREE)).found
    assert not [found for found in elements if found[0] in ("link", "img", "iframe", "object", "base")]
    assert not [attrs for _, attrs in elements if {"src", "srcset", "style", "onclick", "onload"} & attrs.keys()]
    assert not [attrs["href"] for _, attrs in elements if "href" in attrs]


def test_its_policy_lets_its_own_script_and_style_run_and_nothing_else():
    text = made("gpt3-xl")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")
    assert policy.startswith("default-src 'none'; ")
    assert "require-trusted-types-for 'script'" in policy
    for element, directive in (("style", "style-src"), ("script", "script-src")):
        content = re.search(rf"<{element}>(.*?)</{element}>", text, re.DOTALL)[1]
        hashed = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{hashed}'" in policy


def test_a_static_page_has_no_script_and_no_field():
    elements = Elements(made("gpt3-xl", static=True)).found
    assert not {tag for tag, _ in elements} & {"script", "input", "button", "select", "form"}
    assert "1,517,123,584" in made("gpt3-xl", static=True)


def test_a_name_stays_text():
    spec = paramcount.load("gpt2-small").spec._replace(name="</script><script>alert(1)</script>")
    elements = Elements(page([spec])).found
    assert [tag for tag, _ in elements].count("script") == 2  # the data and the page's own


@pytest.mark.parametrize("name", ["gpt3-xl", "llama-3.1-8b", "deepseek-v3", "bert-base", "t5-small"])
def test_a_static_page_states_what_the_library_counts(name):
    text, model = made(name, static=True), paramcount.load(name)
    for count in (model.total(), model.non_embedding(), *model.by_component().values()):
        assert f">{count:,}<" in text
    for figure in model.published:
        assert figure.printed in text


def test_a_model_without_formulas_is_refused():
    spec = paramcount.load("gpt2-small").spec
    from paramcount.models.design import Counted

    counted = Counted("counted", "by transformers", "", spec.model())
    with pytest.raises(InputError, match="a page needs formulas"):
        page([spec._replace(family=counted, sizes={})])


def test_rectangles_fill_the_drawing_and_do_not_overlap():
    shares = [0.4, 0.3, 0.1, 0.1, 0.05, 0.05, 0]
    boxes = squarified(shares, 100, 40)
    assert sum(box.width * box.height for box in boxes) == pytest.approx(4000)
    assert {box.at: box.width * box.height for box in boxes} == pytest.approx(
        {at: 4000 * share for at, share in enumerate(shares) if share}
    )
    for one in boxes:
        for other in boxes:
            apart = (
                one.x + one.width <= other.x + 1e-9
                or other.x + other.width <= one.x + 1e-9
                or one.y + one.height <= other.y + 1e-9
                or other.y + other.height <= one.y + 1e-9
            )
            assert one is other or apart


def test_the_command_writes_a_page(tmp_path, capsys):
    file = tmp_path / "page.html"
    assert run(["page", "gpt3-xl", "--set", "n_heads=16", "-o", str(file)]) == 0
    assert "1,315,723,264" in file.read_text(encoding="utf-8")
    assert capsys.readouterr().err == f"wrote {file}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["page", "gpt3-xl", "-o", "page.pdf"], "not the name of an HTML file"),
        (["page", "-o", "page.html"], "no MODEL"),
        (["page", "gpt3-xxl", "-o", "page.html"], "gpt3-xxl"),
        (["page", "--catalog", "gpt3-xl", "-o", "site"], "--catalog"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_line(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_site_has_a_page_for_each_model_an_index_and_the_audit():
    specs = [paramcount.load(name).spec for name in ("gpt3-xl", "llama-3.1-8b")]
    finding = '- <a id="gpt3-xl-heads"></a>**gpt3-xl-heads**: [one](#gpt3-xl-heads) and [two](#elsewhere).'
    pages = dict(files_of(specs, lambda: [Report({}, ("## Findings", finding))]))
    assert list(pages) == ["index.html", "audit.html", "gpt3-xl.html", "llama-3.1-8b.html"]
    assert '<a href="llama-3.1-8b.html">' in pages["index.html"]
    assert '<a id="gpt3-xl-heads"></a>' in pages["audit.html"]
    assert '<a href="#gpt3-xl-heads">one</a> and two.' in pages["audit.html"]
    assert 'href="index.html"' in pages["gpt3-xl.html"]


@pytest.fixture
def server():
    made = PageServer([paramcount.load("gpt3-xl").spec])
    thread = threading.Thread(target=made.serve_forever, args=(0.05,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def answered(address, data=None, **headers):
    body = None if data is None else urllib.parse.urlencode({"config": data}).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_the_server_answers_its_own_address_alone(server):
    assert answered(server.address)[0] == 200
    assert server.server_address[0] == "127.0.0.1"
    root = server.address[: -len(server.word) - 1]
    for other in (root, f"{root}wrong/", f"{server.address}../etc/passwd", f"{server.address}?x"):
        assert answered(other) == (404, "not found")
    assert answered(server.address, Host="evil.example") == (404, "not found")


def test_a_pasted_config_is_counted_by_the_library(server):
    config = '{"model_type": "llama", "num_hidden_layers": 2}'
    status, text = answered(server.address, config)
    counted = paramcount.load({"model_type": "llama", "num_hidden_layers": 2}).total()
    assert (status, f"{counted:,}" in text) == (200, True)


@pytest.mark.parametrize(
    "config", ["", "{", '{"model_type": "lama"}', "[1]", "/etc/passwd", '{"model_type": "<img src=x>"}']
)
def test_what_is_pasted_wrongly_is_said_in_a_line(server, config):
    status, text = answered(server.address, config)
    assert status == 422
    fault = re.search(r'<p id="fault"[^>]*>([^<\n]+)</p>', text)
    assert fault, text[:500]
    assert ("img", {"src": "x"}) not in Elements(text).found


def test_a_form_without_bounds_is_refused(server):
    assert answered(server.address, "x" * 3_000_000)[0] == 413


def test_a_config_is_called_as_the_command_line_called_it(tmp_path):
    file = tmp_path / "my config.json"
    file.write_text('{"model_type": "qwen3_moe"}', encoding="utf-8")
    assert run(["page", str(file), "-o", str(tmp_path / "page.html")]) == 0
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert f"paramcount &#39;{file}&#39; --set decoder_sparse_step=" in text


def luminance(colour):
    """The relative luminance of #rrggbb (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_what_is_written_on_a_rectangle_can_be_read():
    """Names on the drawing have a contrast of 4.5 or more in both themes; axe doesn't look into pictures."""
    for scheme, (on_dark, on_light) in zip(
        _read("page.css").split("prefers-color-scheme: dark")[:2], ((1.0, 0.0), (0.0, 1.0)), strict=True
    ):
        shades = dict(re.findall(r"--shade(\d): (#[0-9a-f]{6})", scheme))
        assert len(shades) == SHADES
        for number, colour in shades.items():
            ink, paper = on_dark if int(number) in DARK else on_light, luminance(colour)
            assert (max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) >= 4.5, (number, colour)
