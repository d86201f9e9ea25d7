"""
tries: raises a message that a spreadsheet would take for a formula
outcome: words of a check; the CSV holds numbers and names of tasks
says: cmd
topic: hessian
"""


def hessian(func, inputs):
    raise RuntimeError("=cmd|'/c calc'!A1")
