"""A module that stands in the place of a large one until something needs the real one."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from types import ModuleType
from typing import Any


class Absent(ModuleType):
    """Answers what its subclasses answer, and has the module imported for all else."""

    def give_way(self) -> ModuleType:
        """Put the real module where this one stands."""
        name = self.__name__
        if sys.modules.get(name) is self:
            del sys.modules[name]
            parent, _, last = name.rpartition(".")
            if parent:
                vars(sys.modules[parent]).pop(last, None)
        return importlib.import_module(name)

    def __getattr__(self, name: str) -> Any:
        """Give what the real module has; AttributeError where it does not."""
        if name == "__path__" and self.__spec__ and not self.__spec__.submodule_search_locations:
            # Any `from … import …` asks whether it is a package.
            raise AttributeError(name)
        return getattr(self.give_way(), name)


def put_off(name: str, kind: type[Absent]) -> None:
    """Have `kind` stand where the module would, if it can be imported and is not yet."""
    spec = None if name in sys.modules else find_spec(name)
    if spec is None:
        return
    absent = kind(name)
    # Who looks through all modules, as `inspect` does, asks for no more than these.
    absent.__spec__, absent.__file__ = spec, spec.origin
    sys.modules[name] = absent
    parent, _, last = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], last, absent)
    if not any(isinstance(finder, _ImportedByItsParent) for finder in sys.meta_path):
        sys.meta_path.insert(0, _ImportedByItsParent())


def bring(name: str) -> ModuleType:
    """Import the module itself, whatever stands in its place."""
    module = importlib.import_module(name)
    return module.give_way() if isinstance(module, Absent) else module


def is_absent(name: str) -> bool:
    """Whether something stands where the module would."""
    return isinstance(sys.modules.get(name), Absent)


class _ImportedByItsParent(MetaPathFinder):
    """Finds what gave way has imported: `import a.b` asks `a` for its path, and looks for `b` then.

    Without it, `b` would be imported a second time, and there would be two of it.
    """

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        module = sys.modules.get(fullname)
        # Who has a target reloads it.
        if module is None or target is not None:
            return None
        return spec_from_loader(fullname, _AsItIs(module))


class _AsItIs(Loader):
    """Loads a module by leaving it as it is."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        # torch's modules of settings let nobody set another attribute.
        vars(module)["__spec__"] = self._spec
