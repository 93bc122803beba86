"""The pictures of the page in README and docs, from shipped samples: ``python -m scripts.web_pictures``.

Drawn by a Chromium on the path. People look at them; no test compares them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, sync_playwright

from scripts.pictures import IMAGES
from scripts.report_pictures import received
from tests.web_server import running

WIDE: Final = {"width": 1440, "height": 1000}
PHONE: Final = {"width": 390, "height": 844}


@contextmanager
def opened(size: dict[str, int], address: str, language: str = "zh") -> Iterator[Page]:
    """The page in a window of that size."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--hide-scrollbars"]
        browser = playwright.chromium.launch(executable_path=program, args=options)
        page = browser.new_page(viewport={"width": size["width"], "height": size["height"]})
        page.goto(f"{address}?lang={language}")
        yield page
        browser.close()


def check(page: Page, files: list[Path]) -> None:
    """Has files checked, and waits for the result."""
    page.set_input_files("#file", files)
    page.click("form:has(#file) button")
    page.wait_for_selector(".hero .actions")
    page.evaluate("document.activeElement.blur()")


def main() -> None:
    """Draws every picture of the page."""
    with tempfile.TemporaryDirectory() as name, running() as address:
        received(Path(name))
        files = sorted(Path(name).glob("*.xlsx"))
        with opened(WIDE, address) as page:
            page.screenshot(path=IMAGES / "web-empty.png", full_page=True)
            check(page, files[3:4])
            page.locator("article").first.evaluate("element => window.scrollTo(0, element.offsetTop)")
            page.locator("td.marked").first.hover()
            page.screenshot(path=IMAGES / "web.png")
        with opened(WIDE, address, "en") as page:
            check(page, files[:6])
            page.screenshot(path=IMAGES / "web-batch.png")
        with opened(PHONE, address) as page:
            check(page, files[3:4])
            page.screenshot(path=IMAGES / "web-phone.png")


if __name__ == "__main__":
    main()
