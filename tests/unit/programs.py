"""Programs of the system that tests read documents with: poppler, LibreOffice."""

import os
import shutil
import subprocess

import pytest

INSTALL = (
    "apt-get install -y --no-install-recommends libreoffice-writer libreoffice-calc poppler-utils"
)


def needed(program):
    """The program's path; without it the test is skipped, in CI it fails."""
    found = shutil.which(program)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {program}: {INSTALL}")
    return found


def run(*command):
    """What a program prints; its complaint when it fails."""
    done = subprocess.run(command, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout.decode(errors="replace")


def pdf_text(path):
    """The words of a PDF as they stand on its pages; a form feed ends each."""
    return run(needed("pdftotext"), "-layout", str(path), "-")


def pdf_pages(path):
    """Number of pages, and the size of each in points."""
    facts = run(needed("pdfinfo"), "-l", "-1", str(path))
    sizes = [
        line.split("size:")[1].split("pts")[0]
        for line in facts.splitlines()
        if "size:" in line and line.startswith("Page ")
    ]
    return [tuple(round(float(side)) for side in size.split(" x ")) for size in sizes]


def converted(folder, documents):
    """Documents by name converted to PDF by one run of LibreOffice; their papers by the same names."""
    names = {name: f"{number}-{name}" for number, name in enumerate(documents)}
    for name, content in documents.items():
        (folder / names[name]).write_bytes(content)
    run(
        needed("soffice"),
        f"-env:UserInstallation={(folder / 'office').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        *(str(folder / name) for name in names.values()),
    )
    return {name: (folder / file).with_suffix(".pdf") for name, file in names.items()}
