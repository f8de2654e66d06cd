"""docs/deputy.ru.md names every report and every reason for missing data; its pictures are small and sharp."""

import re
import struct
from pathlib import Path

import pytest

from connector.i18n import translation
from connector.reports.catalogue import REPORTS
from connector.reports.rules.case import GAP_REASONS

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDE = (DOCS / "deputy.ru.md").read_text(encoding="utf-8")
PICTURES = sorted((DOCS / "pictures").glob("*.png"))


def test_the_page_names_every_report_and_no_other():
    table = GUIDE.split("## 9.")[1].split("```")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE)) == set(REPORTS)


@pytest.mark.parametrize("reason", GAP_REASONS.values())
def test_the_page_says_what_to_do_about_each_reason_for_no_data(reason):
    table = GUIDE.split("## 8.")[1].split("\n## ")[0]
    told = translation("ru").gettext(reason)
    # Files that are lacking share a row.
    assert told.replace("в файлах школы нет для этого ", "") in table


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small_wide_enough_and_shown(picture):
    content = picture.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 150 * 1024
    assert struct.unpack(">I", content[16:20]) == (900,)
    assert f"pictures/{picture.name}" in GUIDE


def test_the_way_to_a_memo_is_read_and_typed_in_five_minutes():
    """Three commands and, at a slow 100 words a minute, two minutes of reading; the rest is for the memo itself."""
    way = GUIDE.split("## 1.")[1].split("\n## ")[0]
    (commands,) = re.findall(r"```sh\n(.*?)```", way, re.DOTALL)
    assert len(commands.splitlines()) == 3
    assert len(way.split()) <= 200


def test_there_are_four_pictures():
    assert len(PICTURES) == 4
