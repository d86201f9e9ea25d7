"""Brings the options `--topic` and `--submission` to pytest."""

from __future__ import annotations

pytest_plugins = ["graders.commands.pytest_plugin"]
