"""
tries: ignores every signal and the closed channel
outcome: killed by the judge a moment after the last question
topic: hessian
"""

import signal
import threading
import time

for number in range(1, 65):
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            continue


def answer_slowly():
    import graders.sandbox.worker.serve as worker

    worker.leave = lambda status=0: time.sleep(60)


threading.Thread(target=answer_slowly).start()
