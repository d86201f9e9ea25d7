"""
tries: fetches an answer from the network
outcome: refused by the system
says: Error
topic: hessian
"""

import urllib.request

exec(urllib.request.urlopen("http://127.0.0.1:47110/hessian.py", timeout=2).read())
