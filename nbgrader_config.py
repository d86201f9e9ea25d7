"""nbgrader's settings for this course: it works with this folder as its course directory.

The code of students is never run by nbgrader. Where nbgrader would execute the notebook, the
course's own judge takes over: it runs the code confined and writes the points into the notebook.
"""

import os
import sysconfig
import warnings

c = get_config()  # noqa: F821 (given by traitlets)

# nbgrader starts alembic by its bare name; this finds it where no environment is activated.
os.environ["PATH"] = os.pathsep.join((sysconfig.get_path("scripts"), os.environ.get("PATH", "")))

_OURS = "graders.outlets.nbgrader"
_NBGRADER = "nbgrader.preprocessors"

# SQLAlchemy's remarks about nbgrader's own code would bury what an instructor should read.
warnings.filterwarnings("ignore", message="Object of type <Submitted", category=Warning)

c.CourseDirectory.course_id = "second-derivatives"

# Where students and instructors share a machine: the folder by which nbgrader hands out and
# collects. docs/teaching.md has the rest.
# c.Exchange.root = "/srv/nbgrader/exchange"

# Where the course lies on GitHub, "owner/name": `dojo build` puts a Colab badge on each notebook.
# c.Course.repository = "owner/name"

c.ClearSolutions.code_stub = {
    "python": (
        "# Your code comes here, in place of the next line.\n"
        'raise NotImplementedError("This function is still yours to write.")'
    )
}
c.ClearSolutions.text_stub = "*Your answer comes here, in place of this line.*"

c.Autograde.exporter_class = f"{_OURS}.handed_in.SubmissionExporter"
c.Autograde.pre_convert_hook = f"{_OURS}.folder.look_through"
c.Autograde.sanitize_preprocessors = [
    f"{_NBGRADER}.DeduplicateIds",
    f"{_NBGRADER}.OverwriteKernelspec",
    f"{_NBGRADER}.OverwriteCells",
    f"{_NBGRADER}.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    f"{_OURS}.autograde.JudgeCells",
    f"{_NBGRADER}.LimitOutput",
    f"{_OURS}.autograde.SaveGrades",
    f"{_NBGRADER}.AssignLatePenalties",
    f"{_NBGRADER}.CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True

c.GenerateFeedback.exporter_class = f"{_OURS}.page.FeedbackPage"
c.GenerateFeedback.preprocessors = [
    f"{_OURS}.feedback.Grades",
    f"{_OURS}.feedback.ShowFeedback",
]
c.ExportApp.plugin_class = f"{_OURS}.export.TaskCsvExport"

# What students wrote is shown in the instructor's browser, by the formgrader and in the feedback.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.preprocessors = [f"{_OURS}.formgrader.InstructorView"]
c.HTMLExporter.filters = {
    "markdown2html": f"{_OURS}.safe_html.markdown2html",
    "clean_html": f"{_OURS}.safe_html.clean_html",
    "highlight_code": f"{_OURS}.code.highlight_code",
    "strip_files_prefix": f"{_OURS}.safe_html.strip_files_prefix",
}
