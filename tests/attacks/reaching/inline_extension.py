"""
tries: has torch compile C++ of its own, which would run outside of any interpreter
outcome: refused by the system: no folder to build in, and no compiler to start
says: code that is being judged may not write files
topic: hessian
"""

SOURCE = '#include <cstdlib>\nint run() { return system("touch /tmp/course/extension"); }'


def hessian(func, inputs):
    from torch.utils import cpp_extension

    module = cpp_extension.load_inline("planted", cpp_sources=SOURCE, functions=["run"])
    module.run()
    return inputs.new_ones(inputs.shape + inputs.shape)
