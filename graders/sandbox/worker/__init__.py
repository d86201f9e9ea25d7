"""The untrusted side: everything here runs in the process that also runs student code.

Nothing in this package imports an expected value, a solution, a hidden test or the gradebook.
"""
