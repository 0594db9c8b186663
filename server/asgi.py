"""The ASGI application of uploads that their web server loads."""

from server.app import create_app
from server.uploads_app import UploadsApplication

app = UploadsApplication(create_app())
