"""The problems by which answers are checked. Importing this package registers all of them.

Workers import it too: nothing here computes or holds a derivative or an expected value.
"""

import importlib
import pkgutil

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
