"""A real server with a real worker, for tests and benchmarks that need one."""

import contextlib
import http.client
import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import psutil

INI = """
[app:main]
use = egg:korrigo
korrigo.plugins = import ocr grading export
korrigo.environment = test
korrigo.secret = {secret}
korrigo.url = http://127.0.0.1:{port}
korrigo.data = {folder}/data
korrigo.languages = fr en
sqlalchemy.url = sqlite:///{folder}/korrigo.db
korrigo.queue = sqlite
korrigo.jobs.sweep = 1 s
korrigo.limits.enabled = false
korrigo.ocr.reader = none

[server:main]
use = egg:waitress#main
listen = 127.0.0.1:{port}
threads = 8
max_request_body_size = 1073741824

[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys = plain
[logger_root]
level = WARNING
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain
[formatter_plain]
format = %(asctime)s %(levelname)s %(name)s: %(message)s
"""


class Server:
    """A served application; ``registry`` is its own, for looking behind the pages."""

    def __init__(self, folder: Path):
        from korrigo.cli.bootstrap import registry_of
        from korrigo.db import migrate

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.ini = folder / "test.ini"
        self.ini.write_text(INI.format(secret=secrets.token_hex(32), port=port, folder=folder))
        self.url = f"http://127.0.0.1:{port}"
        self.registry = registry_of(self.ini, check=False, logs=False)
        migrate.upgrade(self.registry["engine"], self.registry["korrigo plugins"])
        self.log = open(folder / "server.log", "wb")
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "korrigo.cli", "-c", str(self.ini), "serve"],
                                        stderr=self.log, stdout=self.log)
        self._wait()

    def kill(self) -> None:
        """SIGKILL for the server and all that it has started."""
        everyone = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        for one in everyone:
            with contextlib.suppress(psutil.NoSuchProcess):     # it has ended since
                one.kill()
        self.process.wait()

    def _wait(self) -> None:
        for _try in range(200):
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {Path(self.log.name).read_text()}")
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the server does not answer")

    def scope(self, user: str | None = None):
        from korrigo.db import scope

        return scope(self.registry, user=user)

    def user(self, login: str, *roles: str, name: str = "", language: str = "") -> str:
        """The id of an account, made when it is not there."""
        from korrigo.services import Accounts

        with self.scope() as request:
            accounts = request.find_service(Accounts)
            user = accounts.by_email(f"{login}@example.org") or accounts.create(
                f"{login}@example.org", name or login.title(), list(roles))
            user.language = language
            return user.id

    def link(self, name: str) -> str:
        """A link that signs somebody in once."""
        from korrigo.services import Accounts

        with self.scope() as request:
            accounts = request.find_service(Accounts)
            return f"{self.url}/signin/{accounts.make_link(accounts.by_email(f'{name}@example.org'))}"

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)
        self.log.close()
        self.registry["engine"].dispose()


class Browser:
    """One signed-in person's connection."""

    def __init__(self, server: Server, user: str):
        from korrigo.models import User
        from korrigo.security.policy import COOKIE
        from korrigo.services import Accounts

        self.host = urlsplit(server.url).netloc
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        with server.scope() as request:
            accounts = request.find_service(Accounts)
            self.cookies = f"{COOKIE}={accounts.sign_in(request.db.get(User, user))}"
        status, headers, body = self.ask("GET", "/session")
        flash = next(value for name, value in headers if name == "Set-Cookie" and "korrigo_flash" in value)
        self.cookies += "; " + flash.split(";")[0]
        self.token = json.loads(body)["csrf"]

    def ask(self, method: str, path: str, body=None):
        headers = {"Cookie": self.cookies, "Accept": "application/json"}
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-CSRF-Token": self.token}
        self.connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = self.connection.getresponse()
        return response.status, response.getheaders(), response.read()

    def patch(self, path: str, offset: int, piece: bytes) -> dict:
        """A piece of an upload; the answer."""
        self.connection.request("PATCH", path, piece, {
            "Cookie": self.cookies, "X-CSRF-Token": self.token, "Accept": "application/json",
            "Content-Type": "application/octet-stream", "Upload-Offset": str(offset)})
        return json.loads(self.connection.getresponse().read())
