"""
tries: prints and displays HTML, JavaScript and escapes
outcome: what is printed while judging is not shown as markup
topic: hessian
"""

from IPython.display import HTML, Javascript, display

print("<script>alert(1)</script>\x1b[2J")
display(HTML("<script>alert(1)</script>"), Javascript("alert(1)"))
