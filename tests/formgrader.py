"""The formgrader's page of a submission, made as its server makes it, without the server."""

from __future__ import annotations

from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers
from traitlets.config import Config

from graders.outlets.nbgrader.course_folder import CourseFolder


def formgrader_page(course: CourseFolder, student: str, assignment: str, notebook: str) -> str:
    """Render what an instructor sees of a graded notebook."""
    config = Config(course._config)
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    path = course.folder / "autograded" / student / assignment / f"{notebook}.ipynb"
    resources = {
        "assignment_id": assignment,
        "notebook_id": notebook,
        "submission_id": "1",
        "index": 0,
        "total": 1,
        "base_url": "",
        "student": student,
        "last_name": "",
        "first_name": "",
        "notebook_path": "",
    }
    page, _ = HTMLExporter(config=config).from_filename(str(path), resources=resources)
    return page
