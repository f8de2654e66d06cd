"""The certificate of a drill: one page for the folder of acts that claims no check that was not made."""

import os
import shutil
import subprocess
import zipfile
from io import BytesIO
from zoneinfo import ZoneInfo

import docx
import pytest

from connector.commands.backup_proof import Missing
from connector.flows.backup_certificate import certificate
from connector.flows.backup_drill import document, drill
from connector.flows.backup_words import CHECKS
from connector.i18n import translation
from connector.mirror.packing import Keys
from connector.settings import Settings
from tests.flows.backing import AT, SCHOOL, backed_up, make_mirror

INSTALL = "apt-get install -y --no-install-recommends libreoffice-writer poppler-utils"
LONG_NAME = "Муниципальное автономное общеобразовательное учреждение «Лицей с углублённым изучением всего, что есть»"
DRILL = {
    "file": "backups/dnevnik-7-20261124T004000Z.db.zst.age",
    "ok": True,
    "checks": [{"name": name, "ok": True, "detail": ""} for name in CHECKS],
    "drilled_at": "2026-11-24T22:10:00Z",
    "seconds": 12.3,
    "sha256": "ab12" * 16,
    "created_at": "2026-11-24T00:40:00Z",
    "school_id": "7",
    "rows": {"marks": 500, "persons": 30},
}
FAILED = {
    **DRILL,
    "ok": False,
    "checks": [
        {"name": "manifest", "ok": True, "detail": ""},
        {"name": "archive", "ok": False, "detail": "BackupCut"},
    ],
}


def made(drilled=DRILL, school="Лицей", lang="en"):
    return certificate(drilled, school, ZoneInfo("Europe/Moscow"), lang, translation(lang).gettext)


def rows_of(page):
    """What the tables say: value by label."""
    opened = docx.Document(BytesIO(page))
    return {row.cells[0].text: row.cells[1].text for table in opened.tables for row in table.rows}


def test_it_tells_school_file_hash_result_and_moments_in_the_schools_time():
    told = rows_of(made())
    assert told["School"] == "Лицей, id 7"
    assert told["Backup"] == "dnevnik-7-20261124T004000Z.db.zst.age"
    assert told["SHA-256 of the archive"] == DRILL["sha256"]
    assert told["Result"] == "passed"
    assert told["Drilled at"] == "25.11.2026 01:10 (UTC+03:00)"
    assert told["Rows restored"] == "530"


def test_a_check_that_was_not_made_is_said_so():
    told = rows_of(made(FAILED))
    assert [told[words] for words in CHECKS.values()] == [
        "passed",
        "DID NOT PASS",
        *["not made"] * 5,
    ]


def test_a_report_that_was_compared_with_nothing_is_said_so(tmp_path):
    mirror = make_mirror(tmp_path / "school.db")
    archive = backed_up(mirror, tmp_path / "shelf")
    mirror.unlink()
    drilled = drill(archive, mirror, Keys(), SCHOOL, Missing(Settings()), lambda: AT)
    told = rows_of(made(document(drilled)))
    assert told["Result"] == "passed"
    assert told[CHECKS["report"]] == "made; there was nothing to compare it with"


def test_a_failed_drill_claims_no_restored_rows():
    told = rows_of(made(FAILED))
    assert (told["Result"], told["Rows restored"]) == ("DID NOT PASS", "—")


def test_without_manifest_and_name_it_shows_dashes():
    nothing = {**FAILED, "sha256": None, "created_at": None, "school_id": None, "rows": {}}
    told = rows_of(made(nothing, school=None))
    assert {told[name] for name in ("School", "Made at", "SHA-256 of the archive")} == {"—"}


def test_two_people_sign_it_and_date_it():
    text = "\n".join(line.text for line in docx.Document(BytesIO(made())).paragraphs)
    assert text.count("____ / ____") == 2
    assert "Date of signature" in text


def test_the_same_drill_gives_the_same_page():
    first, second = (
        {name: archive.read(name) for name in archive.namelist()}
        for archive in map(zipfile.ZipFile, map(BytesIO, (made(), made())))
    )
    assert first == second


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_it_is_one_page_of_a4(tmp_path, lang):
    (tmp_path / "act.docx").write_bytes(made(school=LONG_NAME, lang=lang))
    told = subprocess.run(
        ["pdfinfo", printed(tmp_path / "act.docx")], check=True, capture_output=True, text=True
    ).stdout
    facts = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    assert (facts["Pages"].strip(), "A4" in facts["Page size"]) == ("1", True)


def printed(document):
    """The document as LibreOffice prints it into a PDF."""
    result = document.with_suffix(".pdf")
    if shutil.which("soffice") and shutil.which("pdfinfo"):
        profile = f"-env:UserInstallation={(document.parent / 'profile').as_uri()}"
        line = ["soffice", profile, "--headless", "--convert-to", "pdf", document]
        subprocess.run(line, cwd=document.parent, check=True, capture_output=True, timeout=120)
    # A LibreOffice without its Writer ends well and writes nothing.
    if not result.exists():
        if os.environ.get("CI"):
            pytest.fail(f"no LibreOffice Writer: {INSTALL}")
        pytest.skip(f"no LibreOffice Writer: {INSTALL}")
    return result
