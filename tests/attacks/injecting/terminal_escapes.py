"""
tries: raises a message that clears the screen, sets the title and writes "10 of 10 points"
outcome: shown as text
says: RuntimeError
topic: hessian
"""


def hessian(func, inputs):
    raise RuntimeError("\x1b[2J\x1b[H\x1b]0;owned\x07\x9b31m\r10 of 10 points\x1b[8m\u202e\x00")


def gradient(func, inputs):
    raise RuntimeError("[bold red]rich[/] \b\b\b {{ config }} {% raw %} \v\f\u2028")
