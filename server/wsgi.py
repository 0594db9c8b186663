"""The WSGI application that the web server loads."""

from server.app import create_app

app = create_app()
