"""
tries: replaces builtins: isinstance, len, abs, max, print
outcome: the worker's builtins are not the judge's
topic: hessian
"""

import builtins

builtins.abs = lambda value: 0
builtins.max = lambda *values, **options: 0
builtins.any = lambda values: False
builtins.all = lambda values: True
