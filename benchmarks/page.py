"""How long a page takes to make, and to answer a moved slider: python benchmarks/page.py

For three models in Chromium: the time to make the page; its size; and the milliseconds from the slider's event to the
written numbers, layout included, as median and 95th percentile of 300. Needs playwright and Chromium.
"""

import shutil
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from playwright.sync_api import sync_playwright

import paramcount
from paramcount.report.page import page

MODELS = ("gpt3-xl", "llama-3.1-8b", "deepseek-v3")
MOVE = """([place, size, at]) => {
  const slider = document.querySelector(`#model${place} [data-slider="${size}"]`);
  const start = performance.now();
  slider.value = at;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  document.body.offsetHeight;
  return performance.now() - start;
}"""


def main() -> None:
    specs = [paramcount.load(name).spec for name in MODELS]
    page(specs)
    start = perf_counter()
    text = page(specs)
    print(f"made in {1000 * (perf_counter() - start):.0f} ms, {len(text.encode()) / 1000:.0f} KB")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        file = Path(folder) / "page.html"
        file.write_text(text, encoding="utf-8")
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto(file.as_uri())
        for place, name in enumerate(MODELS):
            if place:
                tab.click(f"#tab{place}")
            took = [tab.evaluate(MOVE, [place, "d_model", str(200 + 2 * step)]) for step in range(300)]
            print(f"{name}: {median(took):.1f} ms, 95th percentile {quantiles(took, n=20)[-1]:.1f} ms")
        browser.close()


if __name__ == "__main__":
    main()
