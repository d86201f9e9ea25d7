"""
tries: hands in an expression nested deeper than the parser's stack
outcome: a cell that cannot be compiled
topic: hessian
"""

x = eval("[" * 50 + "]" * 50)
eval("(" * 100_000)
