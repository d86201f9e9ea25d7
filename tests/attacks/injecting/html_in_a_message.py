"""
tries: raises a message with HTML that would run a script in the reader's browser
outcome: shown as text
says: <script>
topic: hessian
"""


def hessian(func, inputs):
    raise RuntimeError("<script>alert(1)</script><img src=x onerror=alert(1)></pre></details>")


def gradient(func, inputs):
    raise type("<svg onload=alert(1)>", (Exception,), {})("[x](javascript:alert(1))")
