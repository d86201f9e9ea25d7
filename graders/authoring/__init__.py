"""For whoever writes the course: make the student versions, and prove the graders."""
