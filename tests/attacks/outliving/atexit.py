"""
tries: leaves work to be done when the interpreter ends
outcome: the worker ends without it
topic: hessian
"""

import atexit
import time
import weakref


class Last:
    def __del__(self):
        time.sleep(60)


last = Last()
atexit.register(time.sleep, 60)
weakref.finalize(last, time.sleep, 60)
