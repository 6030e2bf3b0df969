"""The WSGI application for servers: `flask --app app run`, `gunicorn app:app`. Settings come from the environment."""

from kb.web import create_app

app = create_app()
