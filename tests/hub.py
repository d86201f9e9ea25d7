"""A real JupyterHub, set up as docs/teaching.md says, for browsers to log in to."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lab_server import Lab, free_port, wait_for, write_settings
from learners import ROOT, environment
from shell import in_bash

PASSWORD = "a-password-for-the-test"
# What the page leaves to each hub: who logs in, where the homes are, which ports are free.
_OURS = """
c.JupyterHub.bind_url = "{url}"
c.JupyterHub.hub_port = {hub_port}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.JupyterHub.db_url = "sqlite:///{base}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{base}/cookie_secret"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allowed_users = {{"teacher", "ada"}}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{base}/homes/{{username}}"
# A server writes down its environment, which is what a terminal in it has.
c.Spawner.cmd = ["bash", "-c", "export -p > ~/.server; exec jupyterhub-singleuser --allow-root"]
"""


@dataclass(frozen=True)
class Hub:
    """A running hub: its address, the folder of all its homes, and what the page says of it."""

    base: Path
    url: str
    places: dict[str, str]

    def home(self, name: str) -> Path:
        """The home of one user."""
        return self.base / "homes" / name

    def told(self, kind: str) -> str:
        """Give a block of docs/teaching.md, with the places of this hub in it."""
        return _told(kind, self.places)

    def log_in(self, name: str, page: Any) -> Lab:
        """Log a page in, which starts the user's own server."""
        page.goto(f"{self.url}/hub/login")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.url}/user/{name}/lab**")
        return Lab(self.home(name), page, f"{self.url}/user/{name}", "")

    def terminal(self, name: str, folder: Path, commands: str) -> str:
        """Run commands as in a terminal of the user's server, and give what they print."""
        done = in_bash(f". '{self.home(name)}/.server'\n{commands}", folder, {})
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{commands}\n{said}"
        return said


@contextmanager
def a_hub(base: Path) -> Iterator[Hub]:
    """Start JupyterHub with ngshare as a service, all of it in one folder."""
    _need("jupyterhub", "ngshare", "ngshare_exchange")
    path = os.pathsep.join((sysconfig.get_path("scripts"), os.environ["PATH"]))
    if not all(shutil.which(name, path=path) for name in ("configurable-http-proxy", "node")):
        pytest.skip("JupyterHub's proxy is not installed: make hub, which needs npm")
    port = free_port()
    places = {
        "/srv/ngshare": str(base / "ngshare"),
        "127.0.0.1:10101": f"127.0.0.1:{free_port()}",
        "127.0.0.1:8000": f"127.0.0.1:{port}",
    }
    _install_packages(_told("sh hub", places), base, path)
    hub = Hub(base, f"http://127.0.0.1:{port}", places)
    ours = _OURS.format(
        base=base, url=hub.url, hub_port=free_port(), proxy_port=free_port(), password=PASSWORD
    )
    for name in ("teacher", "ada"):
        write_settings(hub.home(name) / ".jupyter" / "lab" / "user-settings")
    (base / "jupyterhub_config.py").write_text(
        f"c = get_config()\n{hub.told('python jupyterhub_config.py')}{ours}", encoding="utf-8"
    )
    command = [sys.executable, "-m", "jupyterhub", "-f", str(base / "jupyterhub_config.py")]
    place = base / "log"
    with (
        place.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=base, env=environment(PATH=path), stdout=log, stderr=log
        ) as process,
    ):
        try:
            wait_for(f"{hub.url}/hub/health", process, place)
            wait_for(f"{hub.url}/services/ngshare/healthz", process, place)
            yield hub
        finally:
            # The hub ends its proxy, its service and all servers of users with itself.
            process.terminate()


def _told(kind: str, places: dict[str, str]) -> str:
    page = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    (text,) = re.findall(rf"^```{re.escape(kind)}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    for theirs, ours in places.items():
        text = text.replace(theirs, ours)
    return str(text)


def _need(*modules: str) -> None:
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: pip install -c constraints.txt -e '.[hub]'")


def _install_packages(commands: str, folder: Path, path: str) -> None:
    """Run the page's command, or skip the test where pip finds nothing to install from."""
    done = in_bash(commands, folder, environment(PATH=path))
    if "No matching distribution found" in done.stderr:
        pytest.skip(f"pip reaches no index: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
