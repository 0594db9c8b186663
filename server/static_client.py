"""Serves the built client: the phone app at /, the desk at /office/. Hashed files for a year, pages and workers never cached."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from flask import Flask, Response, abort, current_app, request, send_from_directory
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.utils import safe_join

from server.permissions import public

_NEVER_CACHED = {"sw.js", "index.html", "manifest.webmanifest"}


def register_with(app: Flask) -> None:
    app.add_url_rule("/", view_func=client, defaults={"path": "index.html"})
    app.add_url_rule("/<path:path>", view_func=client, endpoint="client_file")


@public
def client(path: str) -> Response:
    """A file of the client, or the page of the app whose screen the path names."""
    if path == "api" or path.startswith("api/"):
        _refuse_api_address()
    folder = current_app.config["SETTINGS"].client_dir
    found = safe_join(str(folder), path)
    if found is None or not _is_file(folder / path):
        if "." in path.rsplit("/", 1)[-1]:
            abort(404)
        path = "office/index.html" if path.split("/", 1)[0] == "office" else "index.html"
    response = _send(folder, path)
    name = path.rsplit("/", 1)[-1]
    hashed = path.startswith("assets/") and name not in _NEVER_CACHED
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    return response


def _refuse_api_address() -> None:
    """An address of the API that takes other methods only, or none. Raises: HTTPException 405 or 404."""
    taken = current_app.url_map.bind_to_environ(request.environ).allowed_methods()
    others = sorted(set(taken) - {"GET", "HEAD", "OPTIONS"})
    if others:
        raise MethodNotAllowed(others)
    abort(404)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # A name longer than a file system allows.
        return False


def _send(folder: Path, path: str) -> Response:
    """The variant that the build compressed, where the browser takes it: a quarter of the bytes on a village network."""
    for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
        if request.accept_encodings[encoding] and (folder / (path + suffix)).is_file():
            response = send_from_directory(
                folder, path + suffix, mimetype=mimetypes.guess_type(path)[0], download_name=Path(path).name
            )
            response.headers["Content-Encoding"] = encoding
            break
    else:
        response = send_from_directory(folder, path)
    response.headers["Vary"] = "Accept-Encoding"
    return response
