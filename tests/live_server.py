"""A real server with a real worker, for tests and benchmarks that need one."""

import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

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
        self.process = subprocess.Popen([sys.executable, "-m", "korrigo.cli", "-c", str(self.ini), "serve"],
                                        stderr=self.log, stdout=self.log)
        self._wait()

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
