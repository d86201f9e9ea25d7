"""
tries: leaves a thread behind that never ends
outcome: the worker ends without waiting for it
topic: hessian
"""

import threading
import time


def stay():
    while True:
        time.sleep(1)


threading.Thread(target=stay, daemon=False).start()
