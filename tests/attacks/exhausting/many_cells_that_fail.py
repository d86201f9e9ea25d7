"""
tries: hands in hundreds of cells that each raise a long message
outcome: what is told of them is in bounds
topic: hessian
cells: 500
"""

raise RuntimeError("a long message, " * 1000)
