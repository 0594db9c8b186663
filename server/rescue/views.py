"""HTTP of rescue imports."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import fields

from server import clock
from server.permissions import Action, current_actor, requires
from server.problems import FieldError, Refusal
from server.rescue.archive import BYTES_AT_MOST
from server.rescue.service import import_rescue
from server.wire import AnswerSchema, answers


class ImportSchema(AnswerSchema):
    """How many records, photos and drafts ended which way, and what was wrong with those that did not come in."""

    author = fields.String()
    records = fields.Dict(keys=fields.String(), values=fields.Integer())
    photos = fields.Dict(keys=fields.String(), values=fields.Integer())
    drafts = fields.Dict(keys=fields.String(), values=fields.Integer())
    problems = fields.List(fields.Dict())


blp = Blueprint("rescue", __name__, url_prefix="/api/rescue", description="救援文件 rescue files")


@blp.route("/imports")
class ImportsView(MethodView):
    @requires(Action.IMPORT_RESCUE)
    @answers(blp, 200, ImportSchema)
    def post(self) -> Any:
        """Import a phone's rescue file (multipart field `file`); twice imported is once."""
        request.max_content_length = BYTES_AT_MOST
        file = request.files.get("file")
        if file is None:
            raise Refusal("invalid", "请选择救援文件。", "Choose a rescue file.", errors=[FieldError("#/file", "missing")])
        return import_rescue(file.stream, current_actor(), clock.now())
