"""
tries: announces a frame and never sends the rest of it
outcome: stopped by the judge's clock
says: had not finished
topic: hessian
"""

import os
import struct
import time


def hessian(func, inputs):
    for number in range(64):
        try:
            os.write(number, struct.pack(">4sIQ", b"d2f1", 1000, 0))
        except OSError:
            continue
    while True:
        try:
            time.sleep(60)
        except BaseException:
            continue
