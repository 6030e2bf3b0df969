"""All SQL of kb. Functions take the open `Database` and values, and give values of `kb.models` back.

Nothing here decides who may do what or when to commit: a use case opens the transaction (`database.transaction`).
"""
