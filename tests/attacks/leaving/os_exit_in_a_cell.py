"""
tries: leaves the interpreter with os._exit(0) while the cells are run
outcome: the cell is left out of the next worker, and what stands in other cells counts
says: exit status 0
topic: hessian
"""

import os

os._exit(0)
