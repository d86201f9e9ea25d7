"""
tries: prints 200 MB
outcome: the first 20,000 characters are kept
topic: hessian
"""

for _ in range(200):
    print("x" * 2**20)
