"""
tries: starts a thousand threads that sleep
outcome: the system's limit on threads, or on memory for their stacks, gives
says: start new thread
topic: hessian
"""

import threading
import time


def hessian(func, inputs):
    for _ in range(1000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
