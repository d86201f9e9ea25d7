"""What the topics of this assignment ask alike: a call on tensors that are being trained.

The name of this folder counts: verdicts that were kept are dropped when a file in it changes, for
every topic (`graders_fingerprint`).
"""
