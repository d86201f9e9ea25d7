"""Hashes of what is plain data: the name of what depends on all of it."""

from __future__ import annotations

import hashlib
import json


def file_name_of(text: str) -> str:
    """Name a file after a text that may be as long as a name can be, a student's id for one."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def digest_of(parts: object) -> str:
    """Give the SHA-256 of lists, dicts, texts and numbers, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
