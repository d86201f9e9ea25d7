#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image. It puts what the judge needs into a
# virtual environment: pinned, and torch without CUDA. The course itself is not installed, for
# student code may read the interpreter's folders, and the course holds solutions.
set -euo pipefail
root="${AUTOGRADER_ROOT:-/autograder}"
cd "$root/source"

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    python3 python3-venv libseccomp2
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
    echo "Python 3.10 or newer is needed: choose Ubuntu 22.04 or newer as the base image." >&2
    exit 1
fi

python3 -m venv "$root/venv"
pip=("$root/venv/bin/python" -m pip install --quiet --disable-pip-version-check)
torch="$(sed -n 's/^\(torch==[^ ;]*\).*/\1/p' constraints.txt)"
# Without its dependencies, which come with the rest and pinned.
"${pip[@]}" --no-deps --index-url https://download.pytorch.org/whl/cpu "$torch"
"${pip[@]}" -c constraints.txt -r requirements.txt

# Compiled once here, not for each submission.
"$root/venv/bin/python" -m compileall -q graders
chmod 700 "$root/source"
