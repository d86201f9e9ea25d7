"""Answers that students might hand in: right ones by many methods, wrong ones in many spellings.

Every function stands by itself, so that its source text can be made into a submission. It may
use `torch`, `Tensor`, `Callable` and `Sequence` and imports all else itself.
"""
