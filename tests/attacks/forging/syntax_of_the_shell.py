"""
tries: installs an AST transformer and an input transformer that turn every check into `True`
outcome: no check of ours is run in the worker
topic: hessian
"""

import ast

from IPython.core.getipython import get_ipython


class AllTrue(ast.NodeTransformer):
    def visit_Compare(self, node):  # noqa: N802
        return ast.copy_location(ast.Constant(True), node)


get_ipython().ast_transformers.append(AllTrue())
get_ipython().input_transformers_cleanup.append(lambda lines: [])
