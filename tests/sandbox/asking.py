"""Plain questions to an emulator over a real socket; knows nothing of the client."""

import http.client
import json
from datetime import date
from urllib.parse import urlsplit

from connector.sandbox.config import SandboxConfig

TODAY = date(2025, 11, 20)
# Two classes and an elective: enough for most questions, made in a tenth of a second.
SMALL = {"today": TODAY, "pupils": 60, "classes": 2}


def config(**changes):
    return SandboxConfig(**(SMALL | changes))


class Asker:
    """One role's view of a running emulator."""

    def __init__(self, running, role="admin"):
        self.running = running
        self.token = running.info["tokens"][role]
        self.school = running.info["school_id"]
        parts = urlsplit(running.info["base_url"])
        self.host, self.port, self.base = parts.hostname, parts.port, parts.path

    def raw(self, method, path, body=None, headers=None, base=None):
        """Status, headers, bytes."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            sent = {"Access-Token": self.token} if headers is None else headers
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, (self.base if base is None else base) + path, data, sent)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def ask(self, path, body=None):
        """The JSON of an answer that must be 200; a body makes it a POST."""
        status, _headers, data = self.raw("GET" if body is None else "POST", path, body)
        assert status == 200, (path, status, data[:200])
        return json.loads(data)

    def write(self, method, path, body=None):
        """The answer to a write that must succeed: the object, or None of 204."""
        status, _headers, data = self.raw(method, path, body)
        assert status in {200, 204}, (method, path, status, data[:300])
        return json.loads(data) if status == 200 else None

    def refused(self, path, method="GET", **sent):
        """Status and error type of an answer that must be an error."""
        status, _headers, data = self.raw(method, path, **sent)
        assert status >= 400, (path, status)
        return status, json.loads(data)["type"]

    def control(self, what, body=None, method=None):
        status, _headers, data = self.raw(
            method or ("GET" if body is None else "POST"), f"/__sandbox/{what}", body, base=""
        )
        assert status == 200, (what, status, data[:300])
        return json.loads(data)

    def sample(self, kind):
        return self.control(f"sample?kind={kind}")["ids"]

    def edit(self, op, **members):
        return self.control("edit", {"op": op, **members})

    def faults(self, toml):
        return self.control("faults", toml.encode())

    def groups(self):
        return self.ask(f"/schools/{self.school}/edu-groups")

    def group(self, name):
        return next(group["id"] for group in self.groups() if group["name"] == name)
