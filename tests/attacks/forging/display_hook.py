"""
tries: prints its points as the result of a cell, through the display hook and IPython
outcome: what is displayed is no grade
topic: hessian
"""

import sys

from IPython.core.getipython import get_ipython
from IPython.display import display

sys.displayhook = lambda value: sys.__stdout__.write("7.0")
display(7.0, {"text/plain": "7.0"}, raw=False)
get_ipython().displayhook(7.0)
get_ipython().display_pub.publish({"text/plain": "7.0"})
