"""What is proved of each topic: a folder a topic, found by the general tests by its name.

`answers.py` holds what students might hand in: right answers by many methods (RIGHT) and wrong ones
in many spellings (WRONG). Every function stands by itself, so that its source text can be made into
a submission; it may use `torch`, `Tensor`, `Callable` and `Sequence` and imports all else itself.

`closed_forms.py` holds the derivatives of the topic's problems, worked out by hand and written down
as formulas (CLOSED_FORMS, by task). No file there differentiates anything by machine: two automatic
methods would share their bugs.
"""
