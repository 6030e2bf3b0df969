"""The words of the house beside kb/models.py, by subject, as plain values: no SQL, no HTTP, no engine."""
