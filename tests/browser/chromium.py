"""Headless Chromium that opens a page and tells what it printed and complained of."""

import os
import shutil
import subprocess

import pytest

BROWSER = shutil.which("chromium")
INSTALL = "apt-get install -y --no-install-recommends chromium"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--enable-logging=stderr",
    "--v=0",
)
EVIL = "<script>document.title = 'broken'</script><img src=x onerror=\"document.title = 'broken'\">"
# Windows are at least 500 pixels wide, whatever is asked for; a frame may be as narrow as a phone.
PHONE = """<!DOCTYPE html><iframe srcdoc="{page}" style="width:{width}px;height:800px;border:0"
onload="var page = this.contentDocument.documentElement; document.title = page.scrollWidth + ' of ' + page.clientWidth">
</iframe>"""


def found():
    """Skip where there is no browser; where tests must be complete, fail."""
    if BROWSER is None:
        if os.environ.get("CI"):
            pytest.fail(f"no Chromium: {INSTALL}")
        pytest.skip(f"no Chromium: {INSTALL}")
    return BROWSER


def opened(folder, content, *options):
    """Open a page; returns what the browser printed and what it complained of. What it asked for stands in `net.json`."""
    page = folder / "page.html"
    page.write_bytes(content)
    done = subprocess.run(
        [
            found(),
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--log-net-log={folder / 'net.json'}",
            *options,
            page.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
        # A home of its own: the browser writes caches and settings wherever it may.
        env={**os.environ, "HOME": str(folder)},
    )
    complaints = [line for line in done.stderr.decode().splitlines() if "CONSOLE" in line]
    return done.stdout.decode(), complaints
