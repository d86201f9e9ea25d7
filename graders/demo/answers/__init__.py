"""The answers of the sample class, as they stand in its notebooks. Text only: never imported."""
