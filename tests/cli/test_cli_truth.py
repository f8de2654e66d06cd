"""The issue's promise as two terminals keep it: the emulator in one, pull and report in the other."""

import json

import pytest

from tests.cli.terminals import Terminal, sandbox

RULES = ("TOPIC", "HW", "MARK0", "ATT")
# To the end of the term: whether a lesson is its group's last decides about homework.
AUTUMN = ("--from", "2025-09-01", "--to", "2025-12-31")
SWITCHES = {
    "as it comes": (),
    "every other way": (
        *("--homework-lesson", "due", "--attendance", "roll", "--marks-by", "entry"),
        *("--statuses", "words", "--timetables", "object", "--week", "6"),
        *("--no-subgroups", "--refuse-edu-groups"),
    ),
}


@pytest.mark.parametrize("switches", SWITCHES)
def test_a_pull_and_a_report_in_another_terminal_agree_with_the_truth_file(tmp_path, switches):
    terminal = Terminal(tmp_path)
    options = ("--pupils", "90", "--truth", "truth.json", *SWITCHES[switches])
    with sandbox(terminal, *options):
        pulled = terminal.run("pull", "--json", *AUTUMN)
        assert pulled.code == 0, pulled.err
    report = terminal.run("report", "missing", "--json", "--as-of", "2025-11-24")
    assert report.code == 0, report.err
    truth = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))["planted"]
    planted = {rule: sorted(item["lesson"] for item in truth[rule]) for rule in RULES}
    found = {rule: [] for rule in RULES}
    for finding in report.document["findings"]:
        found[finding["rule"]].append(finding["lesson"])
    assert all(planted.values())
    assert {rule: sorted(lessons) for rule, lessons in found.items()} == planted
