"""Make the pictures of the deputy's guide from the emulated school: `python tools/make_pictures.py`.

Follows docs/deputy.ru.md in an empty folder and photographs what comes out, so that no picture shows what the program
does not. Run it in term: in the holidays the school has little to show. Needs LibreOffice, poppler-utils and Chromium.
"""

import codecs
import html
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "deputy.ru.md"
TARGET = ROOT / "docs" / "pictures"
# What a page of documentation shows without scaling.
WIDTH = 900
# Longer pictures grow beyond what a page should load.
TALL = 1500
# A terminal of 80 columns as most people see one.
SCREEN = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1e1e1e; color: #e8e8e8; }}
pre {{ margin: 0; padding: 22px 26px; font: 17.4px/1.42 "DejaVu Sans Mono", monospace; }}
</style><pre>{text}</pre>"""


def main() -> None:
    """Make all of them."""
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        dnevnik(Path(place), "demo", "--read-only", "--pupils", "200", "--out", "proba")
        # The demo leaves settings there, and the guide goes there.
        folder = Path(place) / "proba"
        settings = re.findall(
            r"^```toml\n(?!# rulebook)(.*?)^```", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL
        )
        # The shipped rulebook: the guide names the school's own later.
        kept = [part for part in settings if not part.startswith("[reports]")]
        with (folder / "dnevnik.toml").open("a", encoding="utf-8") as file:
            file.write("\n" + "\n".join(kept))
        menu(folder)
        dnevnik(folder, "report", "missing", "--format", "xlsx", "--out", "missing.xlsx")
        dnevnik(folder, "report", "spravka", "--format", "docx", "--out", "spravka.docx")
        dnevnik(folder, "report", "summary", "--format", "html", "--out", "summary.html")
        paper(folder, "missing.xlsx", "missing", "-png")
        paper(folder, "spravka.docx", "spravka", "-gray")
        in_few_greys(TARGET / "spravka.pgm")
        page = folder / "summary.html"
        browser(page, "summary", high=whole_parts(page))
    for picture in sorted(TARGET.glob("*.png")):
        print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1024:.0f} KiB")


def surroundings(folder):
    """An environment in which nothing of the machine's own settings counts."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("DNEVNIK")}
    return {
        **usual,
        "DNEVNIK_LANG": "ru",
        "PYTHONPATH": str(ROOT),
        "XDG_CONFIG_HOME": str(folder),
        "XDG_STATE_HOME": str(folder / "state"),
        "COLUMNS": "80",
    }


def dnevnik(folder, *words):
    """Run one command in the folder."""
    command = [sys.executable, "-m", "cli", *words]
    subprocess.run(command, cwd=folder, env=surroundings(folder), check=True, capture_output=True)


def menu(folder):
    """The menu at a terminal, answered with a number and a form."""
    screen, side = pty.openpty()
    command = [sys.executable, "-m", "cli", "report"]
    process = subprocess.Popen(
        command, stdin=side, stdout=side, stderr=side, cwd=folder, env=surroundings(folder)
    )
    os.close(side)
    shown, answers = "", ["1", "2"]
    decoded = codecs.getincrementaldecoder("utf-8")().decode
    while True:
        try:
            piece = os.read(screen, 4096)
        except OSError:  # the terminal closes when its program ends
            break
        shown += decoded(piece)
        if answers and shown.endswith("]: "):
            os.write(screen, (answers.pop(0) + "\n").encode())
    process.wait()
    text = "$ dnevnik report\n" + shown.replace("\r", "")
    page = folder / "menu.html"
    page.write_text(SCREEN.format(text=html.escape(text)), encoding="utf-8")
    browser(page, "menu", high=44 + round(len(text.splitlines()) * 17.4 * 1.42))


def browser(page, name, *, high):
    """The upper part of a page as a browser shows it."""
    run(*browsing(page, high), f"--screenshot={TARGET / name}.png", page.as_uri())


def whole_parts(page):
    """Height at which the last part ends that a picture has room for."""
    asking = page.with_name("asking.html")
    script = f"""<script>document.title = Math.max(...Array.from(document.querySelectorAll("main section"))
      .map(function (part) {{ return Math.ceil(part.getBoundingClientRect().bottom) + 12; }})
      .filter(function (end) {{ return end < {TALL}; }}));</script></body>"""
    asking.write_text(page.read_text("utf-8").replace("</body>", script), encoding="utf-8")
    # The page lets nothing run but its own script.
    asking.write_text(
        re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", asking.read_text("utf-8")), "utf-8"
    )
    shown = run(*browsing(page, TALL), "--dump-dom", asking.as_uri())
    return int(re.search(r"<title>(\d+)</title>", shown)[1])


def browsing(page, high):
    """The browser without anything of the machine's own."""
    return (
        *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
        *("--disable-lcd-text", f"--window-size={WIDTH},{high}"),
        f"--user-data-dir={page.parent / 'browser'}",
    )


def paper(folder, file, name, *options):
    """The first page as it is printed."""
    office = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    run("soffice", "--headless", office, "--convert-to", "pdf", "--outdir", folder, folder / file)
    size = ("-scale-to-x", WIDTH, "-scale-to-y", -1)
    printed = (folder / file).with_suffix(".pdf")
    run("pdftoppm", "-singlefile", *options, *size, printed, TARGET / name)


def in_few_greys(plain):
    """Turn a grey picture (PGM) into a PNG of 16 greys: a page of letters looks the same and is a third as large."""
    wide, high = map(int, plain.read_bytes().split(maxsplit=3)[1:3])
    points = plain.read_bytes()[-wide * high :]
    lines = b"".join(
        # Two points a byte, the left one in its upper half, behind the mark of an unfiltered line.
        b"\0" + bytes(a & 0xF0 | b >> 4 for a, b in zip(line[::2], line[1::2], strict=True))
        for line in (points[at : at + wide] for at in range(0, len(points), wide))
    )
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 4, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    content = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )
    plain.with_suffix(".png").write_bytes(b"\x89PNG\r\n\x1a\n" + content)
    plain.unlink()


def run(*words):
    """Run a program; returns what it printed."""
    ended = subprocess.run([*map(str, words)], check=True, capture_output=True, text=True)
    return ended.stdout


if __name__ == "__main__":
    main()
