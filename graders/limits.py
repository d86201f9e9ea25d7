"""All limits of judging in one place: what a submission, its worker and its answers may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a worker may use, and how long the judge waits for it.

    Attributes:
        memory_bytes: address space of a worker beyond what it has when it is forked.
        cpu_seconds: processor time of a worker in all.
        without: layers of the confinement that are taken away, for tests.
        cell_cpu_seconds: processor time of one cell.
        call_cpu_seconds: processor time of one call of a student's function.
        ready_seconds: wall time until a worker is confined.
        wall_per_cpu_second: wall time is the limit that binds; it leaves room for a machine that
            is busy with other work.
        restarts: fresh workers for a file whose cells end theirs.
        submission_seconds: wall time of one submission in all: a class must not wait for a file of
            slow cells and calls.
        answer_bytes: bytes of all the tensors that a submission may answer with.

    """

    memory_bytes: int = 1024 * 2**20
    cpu_seconds: int = 300
    without: frozenset[str] = frozenset()
    cell_cpu_seconds: float = 10.0
    call_cpu_seconds: float = 4.0
    ready_seconds: float = 60.0
    wall_per_cpu_second: float = 4.0
    restarts: int = 6
    submission_seconds: float = 900.0
    answer_bytes: int = 256 * 2**20


# Of what crosses the channel; the largest request is the cells of a file, the largest answer a
# tensor of a million numbers with room to spare.
MAX_HEADER_BYTES = 2**20
MAX_REQUEST_BYTES = 64 * 2**20
MAX_PAYLOAD_BYTES = 128 * 2**20
# Of one answer's tensors: so much, and so many times what is expected. A wrong answer may well be a
# matrix where a vector is due.
ANSWER_ROOM_BYTES = 2 * 2**20
ANSWER_ROOM_TIMES = 4
# Of an answer: items of a tuple, dimensions of a tensor, characters of a text, of an exception's
# message, of what was printed, and traces left in the caller's tensors.
MAX_ITEMS = 1000
MAX_DIMENSIONS = 64
MAX_TEXT = 2000
MAX_MESSAGE = 2000
MAX_PRINTED = 20_000
MAX_TRACES = 3000
# Of a worker, by the system: files open at once, threads (counted apart from those of every other
# worker), and what it may write where it may write at all.
MAX_OPEN_FILES = 64
MAX_PROCESSES = 256
MAX_SCRATCH_BYTES = 64 * 2**20
# Wall time until a warm process, or an interpreter for a single worker, is there.
START_SECONDS = 120.0
# Of what is kept of a submitted notebook: outputs of a cell and of all, characters of one and of
# all, bytes of a picture, characters of a cell of code, of a cell of text
# and of all of these, and checks of a task.
MAX_OUTPUTS = 50
MAX_ALL_OUTPUTS = 2000
MAX_OUTPUT_TEXT = 20_000
MAX_ALL_OUTPUT_TEXT = 2 * 2**20
MAX_PICTURE = 2 * 2**20
MAX_SOURCE = 2 * 2**20
MAX_TEXT_CELL = 50_000
MAX_TEXT_CELLS = 2**20
MAX_CHECKS = 200
# Of a text cell on a page: what its unclosed tags may come to, which HTML opens again in each
# paragraph, and how much longer than what was rendered it may get.
MAX_REOPENED = 500_000
MAX_TIMES_LONGER = 8
# Of our own work on what was handed in, in seconds of the processor: to read and judge a file, to
# make its page, and to render a text cell; and what all slow text cells of a page may take.
MAX_JUDGING_SECONDS = 120.0
MAX_PAGE_SECONDS = 60.0
MAX_TEXT_SECONDS = 0.5
MAX_SLOW_TEXTS_SECONDS = 0.75
# Of formulas: characters of one, and of the text cells with formulas on a page.
MAX_FORMULA = 1000
MAX_TEXT_WITH_FORMULAS = 200_000
# Of a code cell on a page: blank lines in a row, and characters of it and of a line of it that are
# coloured; and of all code on a page that is. Colours make five letters of one.
MAX_BLANK_LINES = 20
MAX_COLOURED = 20_000
MAX_COLOURED_LINE = 1000
MAX_COLOURED_ON_A_PAGE = 300_000
# Of a list of names in a message, keys or files.
MAX_NAMED = 10
# Of a submission as a file: a parser's memory is a hundred times what it reads.
MAX_FILE_BYTES = 50 * 2**20
MAX_CODE_BYTES = 2**20
MAX_CELLS = 2000
# Lists, objects and commas: each costs tens of bytes once it is parsed.
MAX_JSON_PARTS = 2_000_000
# Of the file that says when it was handed in, and of the exchange's other one, the secret.
MAX_TIME_BYTES = 200
# Of the files beside the notebooks, which are copied twice: of one, and of all together.
MAX_EXTRA_FILE = 50 * 2**20
MAX_EXTRA_BYTES = 200 * 2**20
# Of these again: how many, for nbgrader lists the folder anew for each, and how deep their folders
# may lie in one another, for what is too deep can be copied and not be deleted.
MAX_EXTRA_FILES = 500
MAX_EXTRA_DEPTH = 20
