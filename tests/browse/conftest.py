"""The library, the app and a browser for each sort of person are those of tests/roles.py."""

from roles import app, client_as, home, library, make_app, members_only

__all__ = ["app", "client_as", "home", "library", "make_app", "members_only"]
