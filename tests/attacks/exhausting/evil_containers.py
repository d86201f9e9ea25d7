"""
tries: returns a tuple that lies about its length, and a list that never ends
outcome: the call has no answer, or one that is refused
topic: hessian
"""


class Endless(list):
    def __len__(self):
        return 1

    def __iter__(self):
        while True:
            yield self


class Liar(tuple):
    def __len__(self):
        raise SystemExit(0)


def hessian(func, inputs):
    return Endless()


def gradient(func, inputs):
    return Liar()
