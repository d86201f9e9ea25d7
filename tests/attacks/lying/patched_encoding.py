"""
tries: replaces the function that turns answers into data
outcome: it can send other data, and no right ones: the right values are not in the worker
says: it returned True, expected a tensor
topic: hessian
"""

import graders.sandbox.worker.answer as worker

worker.encode = lambda value, room=0: ({"kind": "constant", "value": True}, b"")
