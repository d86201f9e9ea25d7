"""The verdict in nbgrader: gradebook, formgrader and feedback. `nbgrader_config.py` plugs it in."""
