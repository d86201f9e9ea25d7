"""The real JupyterLab, started in a folder, for a browser to work in."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import a_browser
from learners import environment

SETTINGS = {
    # Cells that are out of sight stay in the page, and nothing is saved or fetched by itself.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "docmanager-extension/plugin": {"autosave": False},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
PATIENCE = 90_000


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its folders, and how to open an address of it."""

    folder: Path
    page: Any
    url: str
    runtime: str

    def open(self, address: str) -> None:
        """Open a page of this server."""
        self.page.goto(f"{self.url}/{address}")


@contextmanager
def a_page() -> Iterator[Any]:
    """Open a page of a browser, with the patience that JupyterLab asks for."""
    with a_browser() as browser:
        page = browser.new_page(viewport={"width": 1100, "height": 1000})
        page.set_default_timeout(PATIENCE)
        yield page


@contextmanager
def a_lab(folder: Path, home: Path, page: Any) -> Iterator[Lab]:
    """Start JupyterLab in a folder, with a home of its own, and log a page in."""
    write_settings(home / "settings")
    places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{place}": str(home / place) for place in places}
    own |= {"HOME": str(home), "IPYTHONDIR": str(home / "ipython"), "USER": home.name}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    own |= {"JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces")}
    port, token = free_port(), "a-token-for-the-test"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]
    place = home / "log"
    with (
        place.open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, cwd=folder, env=environment(**own), stdout=log, stderr=log
        ) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/api", server, place)
            page.goto(f"{url}/login?next=%2Fapi&token={token}")
            yield Lab(folder, page, url, own["JUPYTER_RUNTIME_DIR"])
        finally:
            server.terminate()


def write_settings(folder: Path) -> None:
    """Write the settings of the tests into a folder of user settings."""
    for name, values in SETTINGS.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; fail with its log where it never will."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"no answer from {url}:\n{log.read_text(encoding='utf-8')}")
