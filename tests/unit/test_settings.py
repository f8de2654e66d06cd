import os

import pytest
from pydantic import ValidationError

from connector.errors import SettingsError, SignInNeeded
from connector.settings import Settings, environment_layer, load, merged, read_token


def write(path, text, mode=0o600):
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def loaded(tmp_path, text="", environ=None, options=None):
    file = write(tmp_path / "school.toml", text)
    return load(environ or {}, config=file, options=options, folder=tmp_path)


def refusal(tmp_path, text="", environ=None, options=None):
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, text, environ, options)
    return caught.value.facts


def test_without_a_file_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "none"))
    assert load({}, folder=tmp_path).settings == Settings()


def test_a_file_in_the_working_folder_is_found(tmp_path):
    file = write(tmp_path / "dnevnik.toml", "[api]\nrate = 3")
    found = load({}, folder=tmp_path)
    assert (found.file, found.settings.api.rate) == (file, 3.0)


def test_a_file_in_the_users_folder_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (tmp_path / "dnevnik").mkdir()
    write(tmp_path / "dnevnik" / "dnevnik.toml", "[api]\nrate = 4")
    assert load({}, folder=tmp_path).settings.api.rate == 4.0


def test_a_named_file_wins_over_the_environments_file(tmp_path):
    other = write(tmp_path / "other.toml", "[api]\nrate = 5")
    assert (
        loaded(tmp_path, "[api]\nrate = 6", {"DNEVNIK_CONFIG": str(other)}).settings.api.rate == 6.0
    )


def test_the_environment_wins_over_the_file(tmp_path):
    assert loaded(tmp_path, "[api]\nburst = 6", {"DNEVNIK_API_BURST": "7"}).settings.api.burst == 7


def test_an_option_wins_over_the_environment(tmp_path):
    environ = {"DNEVNIK_SCHOOL_ID": "1"}
    assert loaded(tmp_path, environ=environ, options={"school": {"id": 2}}).settings.school.id == 2


def test_an_option_that_was_not_given_changes_nothing(tmp_path):
    environ = {"DNEVNIK_SCHOOL_ID": "1"}
    assert (
        loaded(tmp_path, environ=environ, options={"school": {"id": None}}).settings.school.id == 1
    )


def test_a_key_with_underscores_comes_from_the_environment():
    assert environment_layer({"DNEVNIK_API_BASE_URL": "x"}) == {"api": {"base_url": "x"}}


def test_variables_that_steer_the_program_are_no_settings():
    assert (
        environment_layer(
            {"DNEVNIK_LANG": "en", "DNEVNIK_CONFIG": "x", "DNEVNIK_API_RATE": "", "PATH": "x"}
        )
        == {}
    )


def test_a_token_of_a_higher_layer_replaces_the_token_file_below():
    layers = [{"api": {"token_file": "old", "rate": 1}}, {"api": {"token": "new"}}]
    assert merged(layers) == {"api": {"rate": 1, "token": "new"}}


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Settings().api.rate = 5  # type: ignore[misc]


def test_a_relative_path_in_a_file_lies_beside_the_file(tmp_path):
    assert (
        loaded(tmp_path, '[mirror]\npath = "data/m.db"').settings.mirror.path
        == tmp_path / "data" / "m.db"
    )


def test_a_wrong_value_names_file_key_value_and_what_is_allowed(tmp_path):
    facts = refusal(tmp_path, "[api]\nin_flight = 32")
    assert facts == {
        "where": f"{tmp_path / 'school.toml'}, line 2",
        "key": "[api] in_flight",
        "value": "32",
        "allowed": "a whole number from 1 to 8",
    }


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("memo", "fix_days", '"7"'), ("api", "rate", '"20"'), ("school", "id", "true")],
)
def test_a_number_in_quotes_is_refused_with_its_line(tmp_path, section, key, value):
    facts = refusal(tmp_path, f"# ours\n[{section}]\n{key} = {value}\n")
    assert facts["where"] == f"{tmp_path / 'school.toml'}, line 3"
    assert (facts["key"], facts["value"]) == (f"[{section}] {key}", value)


def test_a_number_of_the_environment_is_text_and_read(tmp_path):
    assert loaded(tmp_path, environ={"DNEVNIK_MEMO_FIX_DAYS": "9"}).settings.memo.fix_days == 9


def test_a_wrong_variable_is_named_as_such(tmp_path):
    facts = refusal(tmp_path, environ={"DNEVNIK_API_RATE": "fast"})
    assert (facts["key"], facts["value"]) == ("DNEVNIK_API_RATE", "fast")


def test_a_wrong_option_is_blamed_on_the_options(tmp_path):
    assert refusal(tmp_path, options={"school": {"id": 0}})["where"] == "the options"


def test_an_unknown_key_is_refused_with_the_known_ones(tmp_path):
    facts = refusal(tmp_path, "[mirror]\nplace = 1")
    assert (facts["key"], facts["allowed"]) == ("[mirror] place", "path, mode")


def test_an_unknown_section_is_refused_with_the_known_ones(tmp_path):
    facts = refusal(tmp_path, "[mirrors]\npath = 'x'")
    assert facts["key"] == "[mirrors]"
    assert "[mirror]" in facts["allowed"]


def test_an_unknown_key_of_a_known_section_in_the_environment_is_refused(tmp_path):
    assert refusal(tmp_path, environ={"DNEVNIK_MIRROR_PLACE": "x"})["key"] == "DNEVNIK_MIRROR_PLACE"


def test_a_key_outside_any_section_is_refused(tmp_path):
    assert refusal(tmp_path, "rate = 5")["key"] == "rate"


def test_a_file_that_is_not_toml_is_refused_with_the_place(tmp_path):
    facts = refusal(tmp_path, "[api\n")
    assert "line 1" in facts["value"]


def test_a_file_that_is_not_utf_8_is_refused(tmp_path):
    file = tmp_path / "school.toml"
    file.write_bytes("[school]\nимя = 1".encode("cp1251"))
    with pytest.raises(SettingsError):
        load({}, config=file)


def test_a_named_file_that_is_missing_is_refused(tmp_path):
    with pytest.raises(SettingsError) as caught:
        load({"DNEVNIK_CONFIG": str(tmp_path / "none.toml")})
    assert caught.value.facts["where"] == tmp_path / "none.toml"


@pytest.mark.parametrize("key", ["token", "tokn", "password"])
def test_a_secret_is_never_shown(tmp_path, key):
    secret = "s3cret with spaces" if key == "token" else "ab12" * 10
    facts = refusal(tmp_path, f'[api]\n{key} = "{secret}"')
    assert secret not in str(facts)


@pytest.mark.parametrize("address", ["http://school.example/v2", "ftp://x", "api.dnevnik.ru", ""])
def test_an_address_that_would_send_the_token_in_clear_is_refused(tmp_path, address):
    assert refusal(tmp_path, f'[api]\nbase_url = "{address}"')["key"] == "[api] base_url"


@pytest.mark.parametrize("address", ["http://127.0.0.1:8750/v2", "https://api.dnevnik.ru/v2"])
def test_a_safe_address_is_taken(tmp_path, address):
    assert loaded(tmp_path, f'[api]\nbase_url = "{address}"').settings.api.base_url == address


@pytest.mark.parametrize("zone", ["Moscow", "../etc/passwd", "Europe"])
def test_an_unknown_time_zone_is_refused(tmp_path, zone):
    assert refusal(tmp_path, f'[school]\ntimezone = "{zone}"')["value"] == zone


def test_a_zone_name_is_taken(tmp_path):
    assert (
        loaded(tmp_path, '[school]\ntimezone = "Asia/Omsk"').settings.school.timezone == "Asia/Omsk"
    )


def test_no_token_at_all_needs_a_sign_in():
    with pytest.raises(SignInNeeded) as caught:
        read_token(Settings())
    assert "DNEVNIK_API_TOKEN" in caught.value.sentence()


def test_the_token_comes_from_its_file_without_the_line_end(tmp_path):
    file = write(tmp_path / "token", "abc123\n")
    settings = loaded(tmp_path, f'[api]\ntoken_file = "{file}"').settings
    assert read_token(settings).get_secret_value() == "abc123"


def test_a_token_file_that_is_missing_is_a_wrong_setting(tmp_path):
    settings = loaded(tmp_path, '[api]\ntoken_file = "none"').settings
    with pytest.raises(SettingsError):
        read_token(settings)


def test_an_empty_token_file_needs_a_sign_in(tmp_path):
    write(tmp_path / "token", " \n")
    with pytest.raises(SignInNeeded):
        read_token(loaded(tmp_path, '[api]\ntoken_file = "token"').settings)


def test_a_token_file_with_something_else_is_refused_without_showing_it(tmp_path):
    write(tmp_path / "token", "two words")
    with pytest.raises(SettingsError) as caught:
        read_token(loaded(tmp_path, '[api]\ntoken_file = "token"').settings)
    assert "two words" not in str(caught.value)


def test_the_token_does_not_show_when_settings_are_printed(tmp_path):
    settings = loaded(tmp_path, environ={"DNEVNIK_API_TOKEN": "abc123"}).settings
    assert "abc123" not in f"{settings!r} {settings} {settings.model_dump()}"


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
def test_a_token_that_others_can_read_is_warned_about(tmp_path):
    file = write(tmp_path / "open.toml", '[api]\ntoken = "abc123"', mode=0o644)
    (warning,) = load({}, config=file).warnings
    assert str(file) in warning


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX matter")
def test_a_token_file_that_others_can_read_is_warned_about(tmp_path):
    write(tmp_path / "token", "abc123", mode=0o644)
    assert len(loaded(tmp_path, '[api]\ntoken_file = "token"').warnings) == 1


def test_a_private_token_is_not_warned_about(tmp_path):
    assert loaded(tmp_path, '[api]\ntoken = "abc123"').warnings == ()
