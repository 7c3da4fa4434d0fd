"""Make docs/figures/page.png, the picture of a page: python scripts/page_picture.py (needs playwright and Chromium)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1060, "height": 900}, color_scheme="light")
        tab.goto((DOCS / "examples" / "page.html").as_uri())
        tab.screenshot(path=DOCS / "figures" / "page.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
