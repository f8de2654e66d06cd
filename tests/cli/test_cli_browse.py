"""`dnevnik browse`: a real Datasette on a real mirror, for whoever was given the address and nobody else."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.flows.restoring import START, merge, school_rows

ROOT = Path(__file__).resolve().parents[2]
RUN = "import sys, cli; from connector.commands.browse import command; sys.exit(cli.run(command, sys.argv[1:], {}))"
needs_datasette = pytest.mark.skipif(
    find_spec("datasette") is None, reason="the extra is not installed"
)


def started(path, *args, before=""):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DNEVNIK_")}
    return subprocess.Popen(
        [sys.executable, "-c", before + RUN, *args],
        cwd=ROOT,
        env=environment | {"DNEVNIK_LANG": "en", "DNEVNIK_MIRROR_PATH": str(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("browse") / "school.db"
    merge(path, START, school_rows())
    return path


@pytest.fixture(scope="module")
def address(path):
    with started(path, "--port", "0") as process:
        yield process.stdout.readline().strip()
        process.send_signal(signal.SIGINT)
        left = process.communicate(timeout=30)
    assert process.returncode == 0
    # What somebody searched for stands in no log.
    assert "persons" not in "".join(left)


class Once(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


@pytest.fixture(scope="module")
def cookie(address):
    """What the printed address gives its first visitor."""
    opener = urllib.request.build_opener(Once)
    for _attempt in range(200):
        try:
            opener.open(address, timeout=30)
        except urllib.error.HTTPError as answer:
            with answer:
                return answer.headers["Set-Cookie"].split(";")[0]
        except urllib.error.URLError:
            # Not listening yet: another program's start is the wait.
            subprocess.run([sys.executable, "-c", ""], check=True)
    raise AssertionError("it never answered")


def fetch(address, path, cookie=None):
    place = urllib.parse.urlsplit(address)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@needs_datasette
def test_the_one_with_the_address_sees_the_tables(address, cookie):
    status, page = fetch(address, "/school/subjects", cookie)
    assert status == 200
    assert "Алгебра" in page
    assert "as the diary shows it" in page


@needs_datasette
@pytest.mark.parametrize(
    "place",
    ["/", "/school/persons", "/school.db", "/school.json?sql=select+1", "/-/databases.json"],
)
def test_nobody_else_sees_anything(address, cookie, place):
    assert fetch(address, place)[0] == 403


@needs_datasette
@pytest.mark.parametrize(
    "sql",
    ["delete from persons", "insert into subjects (id) values (1)", "pragma user_version = 9"],
)
def test_nothing_can_be_written(address, cookie, path, sql):
    before = path.read_bytes()
    assert fetch(address, f"/school.json?sql={urllib.parse.quote(sql)}", cookie)[0] == 400
    assert path.read_bytes() == before


@needs_datasette
def test_the_file_itself_is_not_given_away(address, cookie):
    assert fetch(address, "/school.db", cookie)[0] == 403


@needs_datasette
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
def test_it_listens_on_this_machine_only(address, cookie):
    port = f":{urllib.parse.urlsplit(address).port:04X}"
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
    places = {words[1] for words in listening if words[1].endswith(port) and words[3] == "0A"}
    assert places == {f"0100007F{port}"}


@needs_datasette
def test_a_taken_port_is_told(path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with started(path, "--port", str(taken.getsockname()[1])) as process:
            assert process.wait(60) == 2
            assert "--port" in process.stderr.read()


@needs_datasette
def test_without_a_mirror_it_does_not_start(tmp_path):
    with started(tmp_path / "none.db") as process:
        assert process.wait(60) == 7
    assert not (tmp_path / "none.db").exists()


def test_without_the_extra_it_says_how_to_get_it(path):
    with started(path, before="import sys; sys.modules['datasette'] = None\n") as process:
        assert process.wait(60) == 2
        assert "pip install 'dnevnik-connector[browse]'" in process.stderr.read()
