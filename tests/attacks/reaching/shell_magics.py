"""
tries: runs commands through IPython: !command, %%bash, get_ipython().system
outcome: refused by the system
topic: hessian
"""

from IPython.core.getipython import get_ipython

get_ipython().system("touch /tmp/course/magic")
get_ipython().run_cell_magic("bash", "", "touch /tmp/course/magic")
