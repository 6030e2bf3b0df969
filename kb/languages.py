"""The languages that the interface speaks, each by its own name."""

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español", "ja": "日本語"}
