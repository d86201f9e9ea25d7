"""
tries: installs an import hook that serves its own `torch` to whoever imports it next
outcome: the hook ends with the worker
topic: hessian
"""

import importlib.abc
import sys


class Hook(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        raise ImportError(f"{name} belongs to me now")


sys.meta_path.insert(0, Hook())
