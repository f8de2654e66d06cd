"""The rulebook: the shipped sample, a school's own, and what is refused."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from connector.errors import SettingsError
from connector.reports.rules import RULES
from connector.reports.rules.changes import CHANGE_RULES
from connector.reports.rules.marks import CELL_RULES, PERIOD_RULES
from connector.reports.rules.plans import PLAN_RULES
from connector.reports.rules.roll import ROLL_RULES
from connector.rulebook import (
    RULE_SPECS,
    SEVERITIES,
    Rulebook,
    RuleSettings,
    StatusWords,
    group_matches,
    subject_matches,
)
from connector.vocab import ATTENDANCE, label
from mappings.rulebooks import IN_RUSSIAN, SHIPPED, read_rulebook
from mappings.rulebooks_names import check_subjects, idle_groups


def book(tmp_path, text):
    path = tmp_path / "rulebook.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(tmp_path, text):
    with pytest.raises(SettingsError) as caught:
        read_rulebook(book(tmp_path, text))
    assert caught.value.exit_code == 2
    assert "rulebook.toml" in caught.value.facts["where"]
    return caught.value.facts


def test_every_rule_the_program_knows_is_written_and_shipped():
    known = set(RULES) | set(CHANGE_RULES) | set(CELL_RULES) | set(PERIOD_RULES)
    known |= {*PLAN_RULES, "SUBST", *ROLL_RULES}
    assert known == set(RULE_SPECS) == set(read_rulebook().rules)


def test_the_shipped_rulebook_is_called_a_sample():
    """Nobody may take its clauses for those of a real act."""
    shipped = read_rulebook()
    assert "бразец" in shipped.name
    assert "бразец" in shipped.act
    assert all("образец" in rule.clause for rule in shipped.rules.values())


def test_the_shipped_rulebook_knows_the_usual_exemptions():
    shipped = read_rulebook()
    for subject in ("Разговоры о важном", "Классный час", "ОРКСЭ", "ОДНКНР"):
        assert subject_matches(subject, shipped.ungraded_subjects)
    assert not subject_matches("Физкультура", shipped.ungraded_subjects)
    assert not subject_matches("Физкультура", shipped.no_homework_subjects)
    assert shipped.rules["MARK0"].exempt_parallels == {1}
    assert shipped.rules["HW"].exempt_parallels == {1}
    assert not shipped.rules["TOPIC"].exempt_parallels


@pytest.mark.parametrize(
    "line",
    [
        line
        for line in SHIPPED.read_text("utf-8").splitlines()
        if line.startswith(("due_", "roll_share", "min_"))
    ],
)
def test_every_threshold_of_the_shipped_rulebook_stands_near_its_origin(line):
    """A number without a reason is a number nobody dares to change."""
    text = SHIPPED.read_text("utf-8").splitlines()
    before = text[text.index(line) - 1]
    assert "#" in line or before.startswith(("#", "min_"))


def test_the_russian_sample_asks_the_same_of_the_same_rules_in_the_same_order():
    shipped, russian = (tomllib.loads(one.read_text("utf-8")) for one in (SHIPPED, IN_RUSSIAN))
    assert russian == shipped
    assert list(russian["rules"]) == list(shipped["rules"])


def test_the_remarks_of_the_russian_sample_are_russian_and_as_many():
    remarks = [
        [line.split("# ")[-1] for line in one.read_text("utf-8").splitlines() if "# " in line]
        for one in (SHIPPED, IN_RUSSIAN)
    ]
    assert len(remarks[1]) >= len(remarks[0])
    assert [text for text in remarks[1] if not re.search("[а-я]", text)] == []


def test_a_rulebook_needs_only_a_name(tmp_path):
    assert read_rulebook(book(tmp_path, 'name = "Наш"')) == Rulebook("Наш")


def test_a_rule_that_is_not_named_is_not_checked(tmp_path):
    own = read_rulebook(book(tmp_path, 'name = "Наш"\n[rules.TOPIC]\nclause = "п. 7"'))
    assert [rule.id for rule in own.enabled_rules()] == ["TOPIC"]


def test_a_rule_may_be_switched_off(tmp_path):
    own = read_rulebook(book(tmp_path, 'name = "Наш"\n[rules.TOPIC]\nenabled = false'))
    assert own.enabled_rules() == ()


def test_a_rule_takes_what_the_school_decided(tmp_path):
    own = read_rulebook(
        book(
            tmp_path,
            'name = "Наш"\n[rules.ATT]\nclause = "п. 7"\nseverity = "info"\ndue_working_days = 2\n'
            'exempt_parallels = [1, 2]\nexempt_home_schooling = true\nroll = "never"\nroll_share = 0.5',
        )
    )
    rule = own.rules["ATT"]
    assert (rule.clause, rule.severity, rule.due_working_days) == ("п. 7", "info", 2)
    assert (rule.exempt_parallels, rule.exempt_home_schooling) == ({1, 2}, True)
    assert (rule.param("roll"), rule.param("roll_share")) == ("never", 0.5)


def test_a_parameter_has_a_default():
    assert RuleSettings("ATT").param("roll_share") == 0.8


def test_a_week_may_be_written_as_a_number(tmp_path):
    assert read_rulebook(book(tmp_path, 'name = "Наш"\nworking_week = 6')).working_week == "6"


@pytest.mark.parametrize(
    ("text", "key", "value", "allowed"),
    [
        ('name = "Наш"\nnmae = 1', "nmae", 1, "working_week"),
        (
            'name = "Наш"\n[rules.TOPICS]\nclause = "1"',
            "rules.TOPICS",
            "{…}",
            "TOPIC, HW, MARK0, ATT",
        ),
        (
            'name = "Наш"\n[rules.TOPIC]\nroll = "auto"',
            "rules.TOPIC.roll",
            "auto",
            "clause, severity",
        ),
        (
            'name = "Наш"\n[rules.TOPIC]\nseverity = "bad"',
            "rules.TOPIC.severity",
            "bad",
            "info, warning, error",
        ),
        ('name = "Наш"\n[rules.TOPIC]\nenabled = 1', "rules.TOPIC.enabled", 1, "true, false"),
        ('name = "Наш"\n[rules.TOPIC]\nclause = 3', "rules.TOPIC.clause", 3, "quotes"),
        (
            'name = "Наш"\n[rules.HW]\ndue_working_days = 1.5',
            "rules.HW.due_working_days",
            1.5,
            "0 … 60",
        ),
        (
            'name = "Наш"\n[rules.HW]\ndue_working_days = -1',
            "rules.HW.due_working_days",
            -1,
            "0 … 60",
        ),
        (
            'name = "Наш"\n[rules.HW]\ndue_working_days = true',
            "rules.HW.due_working_days",
            True,
            "0 … 60",
        ),
        (
            'name = "Наш"\n[rules.HW]\nexempt_parallels = [13]',
            "rules.HW.exempt_parallels",
            [13],
            "12",
        ),
        ('name = "Наш"\n[rules.HW]\nexempt_parallels = 1', "rules.HW.exempt_parallels", 1, "12"),
        (
            'name = "Наш"\n[rules.HW]\nexempt_last_of_period = "да"',
            "rules.HW.exempt_last_of_period",
            "да",
            "true",
        ),
        ('name = "Наш"\n[rules.ATT]\nroll = true', "rules.ATT.roll", True, "auto, always, never"),
        ('name = "Наш"\n[rules.ATT]\nroll_share = 80', "rules.ATT.roll_share", 80, "0 … 1"),
        ('name = "Наш"\n[rules]\nTOPIC = 1', "rules.TOPIC", 1, ""),
        ('name = "Наш"\nrules = 1', "rules", 1, ""),
        ('name = "Наш"\ndate = "2026-09-01"', "date", "2026-09-01", "2026-09-01"),
        ('name = "Наш"\ndate = 2026-09-01T10:00:00', "date", None, "2026-09-01"),
        ('name = "Наш"\nworking_week = 7', "working_week", 7, "auto, 5, 6"),
        ('name = "Наш"\n[statuses]\nnot_held = "cancel"', "statuses.not_held", "cancel", ""),
        ('name = "Наш"\n[statuses]\nnot_held = [""]', "statuses.not_held", [""], ""),
        ('name = "Наш"\n[statuses]\nheld_not = []', "statuses.held_not", [], "not_held, held"),
        (
            'name = "Наш"\n[homework]\nreading = "later"',
            "homework.reading",
            "later",
            "auto, given, due",
        ),
        ('name = "Наш"\n[homework]\nmin_share = 0.4', "homework.min_share", 0.4, "0.5 … 1"),
        ('name = " "', "name", '""', ""),
        ('act = "Акт"', "name", '""', ""),
    ],
)
def test_a_mistake_names_the_key_the_value_and_what_is_allowed(tmp_path, text, key, value, allowed):
    facts = refused(tmp_path, text)
    assert facts["key"] == key
    assert value is None or facts["value"] == value
    assert facts["allowed"]
    assert allowed in facts["allowed"]


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "rulebook.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SettingsError):
        read_rulebook(path)


def test_a_byte_order_mark_before_the_text_does_no_harm(tmp_path):
    path = tmp_path / "rulebook.toml"
    path.write_bytes('name = "Наш"\n'.encode("utf-8-sig"))
    assert read_rulebook(path).name == "Наш"


@pytest.mark.parametrize(
    "line", ['[rules.HW]\ndue_working_days = "1"', '[rules.HW]\nenabled = "true"']
)
def test_a_number_or_a_switch_in_quotes_is_told_to_lose_them(tmp_path, line):
    assert refused(tmp_path, f'name = "Наш"\n{line}')["allowed"].endswith("without quotes")


def test_a_status_is_read_whatever_its_case_and_letters():
    words = StatusWords(not_held=("перенес",))
    assert not words.means_held("ПЕРЕНЕСЁН")
    assert words.means_held(None)


@pytest.mark.parametrize(
    ("name", "fits"), [("ОРКСЭ. Основы буддизма", True), ("орксэ", True), ("Алгебра", False)]
)
def test_a_subject_is_matched_by_pattern_without_case(name, fits):
    assert subject_matches(name, ("ОРКСЭ*",)) is fits


def test_yo_and_spaces_do_not_matter_in_a_subject():
    assert subject_matches("Учёт  и отчётность", ("учет и отчетность",))


@pytest.mark.parametrize(
    ("name", "fits"), [("7НО", True), ("7А-НО ", True), ("Кино", False), ("7А", False)]
)
def test_case_matters_in_the_name_of_a_group(name, fits):
    assert group_matches(name, ("*НО",)) is fits


def test_an_unknown_code_of_the_vendor_stands_for_itself():
    assert label(ATTENDANCE, "Ill") == "ill"
    assert label(ATTENDANCE, "Quarantine") == "Quarantine"
    assert label(ATTENDANCE, None) == ""


def test_severities_have_an_order():
    assert SEVERITIES == ("info", "warning", "error")


def test_the_shipped_rulebook_mixes_no_alphabets():
    """A Latin letter in a Russian word makes a pattern that never fits."""
    latin, cyrillic = set("abcdefghijklmnopqrstuvwxyz"), set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя")
    words = (
        Path(str(SHIPPED)).read_text("utf-8").replace('"', " ").replace("*", " ").lower().split()
    )
    assert [word for word in words if latin & set(word) and cyrillic & set(word)] == []


# --- where a mistake stands, norms that contradict, rulebooks in turn


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('name = "Наш"\n\n[rules.TOPIK]\nclause = "1"\n', "rules.TOPIK", 3),
        ('name = "Наш"\n[rules.HW]\n# reason\nseverity = "grave"\n', "rules.HW.severity", 4),
        ('name = "Наш"\n[subjects]\nungraded = "ОРКСЭ"\n', "subjects.ungraded", 3),
        ('name = "Наш"\nrules.HW.severity = "grave"\n', "rules.HW.severity", 2),
        ('name = "Наш"\n["rules"."HW"] # own\n"severity" = "grave"\n', "rules.HW.severity", 3),
    ],
)
def test_a_mistake_names_its_line(tmp_path, text, key, line):
    facts = refused(tmp_path, text)
    assert facts["key"] == key
    assert facts["where"].endswith(f" {line}")


def test_a_mistake_whose_line_is_not_found_still_names_the_file(tmp_path):
    facts = refused(tmp_path, 'name = "Наш"\nrules = { HW = { severity = "grave" } }\n')
    assert facts["key"] == "rules.HW.severity"


@pytest.mark.parametrize(
    ("rule", "lines", "key"),
    [
        ("ACC", "hours_1 = 5\nhours_2 = 3\n", "hours_2"),
        ("ACC", "hours_5 = 2\n", "hours_5"),
        ("FINALFEW", "quarter = 6\n", "quarter"),
        ("WORK", "test_days = 9\n", "test_days"),
    ],
)
def test_norms_that_contradict_each_other_are_refused_where_the_file_says_it(
    tmp_path, rule, lines, key
):
    facts = refused(tmp_path, f'name = "Наш"\n[rules.{rule}]\n{lines}')
    assert facts["key"] == f"rules.{rule}.{key}"
    assert facts["where"].endswith(f" {2 + len(lines.splitlines())}")


def test_a_contradiction_names_the_other_norm_and_its_number(tmp_path):
    facts = refused(tmp_path, 'name = "Наш"\n[rules.FINALFEW]\nquarter = 6\n')
    assert (facts["value"], "half_year" in facts["allowed"], "5" in facts["allowed"]) == (
        "6",
        True,
        True,
    )


def shelf(tmp_path, *spans):
    for number, (start, end) in enumerate(spans, start=1):
        lines = [f'name = "Акт {number}"']
        lines += [f"in_force_from = {start}"] if start else []
        lines += [f"in_force_to = {end}"] if end else []
        tmp_path.joinpath(f"{number}.toml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("day", "name"), [("2026-10-31", "Акт 1"), ("2026-11-01", "Акт 2"), ("2030-01-01", "Акт 2")]
)
def test_of_several_rulebooks_the_one_in_force_is_taken_and_keeps_the_others(tmp_path, day, name):
    folder = shelf(tmp_path, (None, "2026-10-31"), ("2026-11-01", None))
    chosen = read_rulebook(folder, on=date.fromisoformat(day))
    assert chosen.name == name
    assert [other.name for other in chosen.others] == [{"Акт 1": "Акт 2", "Акт 2": "Акт 1"}[name]]


@pytest.mark.parametrize(
    "spans",
    [
        ((None, "2026-11-01"), ("2026-11-01", None)),
        ((None, None), ("2026-11-01", None)),
        (("2026-09-01", "2026-12-31"), ("2026-10-01", "2026-10-31")),
    ],
)
def test_rulebooks_in_force_on_the_same_day_are_refused(tmp_path, spans):
    with pytest.raises(SettingsError) as caught:
        read_rulebook(shelf(tmp_path, *spans))
    assert caught.value.facts["key"] == "in_force_from"
    assert "2.toml" in caught.value.facts["where"]


def test_a_rulebook_that_ends_before_it_begins_is_refused(tmp_path):
    text = 'name = "Наш"\nin_force_from = 2026-11-01\nin_force_to = 2026-10-31\n'
    assert refused(tmp_path, text)["key"] == "in_force_to"


def test_a_rulebook_that_notepad_gave_an_ending_of_its_own_is_not_left_out_in_silence(tmp_path):
    folder = shelf(tmp_path, (None, None))
    folder.joinpath("2.toml.txt").write_text('name = "Акт 2"', encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_rulebook(folder)
    assert "2.toml.txt" in caught.value.facts["where"]


def test_other_papers_may_lie_beside_the_rulebooks(tmp_path):
    folder = shelf(tmp_path, (None, None))
    for name in ("Положение.docx", "~1.toml", ".1.toml.swp"):
        folder.joinpath(name).write_bytes(b"")
    assert read_rulebook(folder).name == "Акт 1"


def test_a_folder_without_rulebooks_is_refused(tmp_path):
    with pytest.raises(SettingsError):
        read_rulebook(tmp_path)


SCHOOL = ("Русский язык", "Физическая культура", "Основы безопасности и защиты Родины")


@pytest.mark.parametrize("pattern", ["Физичская культура", "Русский язик", "физическая культра*"])
def test_a_misspelt_subject_is_refused_with_the_name_that_is_meant(tmp_path, pattern):
    path = book(tmp_path, f'name = "Наш"\n[subjects]\nungraded = ["{pattern}"]\n')
    with pytest.raises(SettingsError) as caught:
        check_subjects(read_rulebook(path), SCHOOL)
    assert caught.value.facts["value"] == pattern
    assert caught.value.facts["where"].endswith(" 3")
    assert caught.value.facts["allowed"] in SCHOOL


def test_a_subject_that_the_school_has_not_is_left_alone():
    check_subjects(read_rulebook(), SCHOOL)


GROUPS = ("5А", "7НО", "Продлёнка ГПД")


@pytest.mark.parametrize("key", ["home_schooling", "without_homework"])
@pytest.mark.parametrize("pattern", ["7но", "*ГПЗ", "5A"])
def test_a_pattern_that_fits_no_group_is_told_with_its_line(tmp_path, key, pattern):
    path = book(tmp_path, f'name = "Наш"\n[groups]\n{key} = ["*НО", "{pattern}"]\n')
    told = list(idle_groups(read_rulebook(path), GROUPS))[-1]
    assert str(path) in told
    assert "line 3" in told
    assert f'"{pattern}" of groups.{key}' in told


def test_patterns_that_fit_a_group_and_those_of_the_sample_are_not_told(tmp_path):
    text = '[groups]\nhome_schooling = ["*надомн*", "7*"]\nwithout_homework = ["*ГПД"]\n'
    assert not list(idle_groups(read_rulebook(book(tmp_path, f'name = "Наш"\n{text}')), GROUPS))


def test_a_diary_without_groups_says_nothing_of_patterns(tmp_path):
    own = read_rulebook(book(tmp_path, 'name = "Наш"\n[groups]\nwithout_homework = ["*ГПЗ"]\n'))
    assert not list(idle_groups(own, ()))
