"""HTTP of rescue imports."""

from __future__ import annotations

from typing import Any

from flask import request
from flask.views import MethodView

from server import clock
from server.permissions import current_actor, requires
from server.problems import FieldError, Refusal
from server.rescue.archive import BYTES_AT_MOST
from server.rescue.schemas import ImportResultSchema, ImportsSchema
from server.rescue.service import import_rescue, recent_imports
from server.wire import Blueprint, answers
from vocabulary import Action, FaultCode, ProblemCode

blp = Blueprint("rescue", __name__, url_prefix="/api/rescue", description="离线数据包 rescue files")


@blp.route("/imports")
class ImportsView(MethodView):
    @requires(Action.IMPORT_RESCUE)
    @answers(blp, 200, ImportsSchema)
    def get(self) -> Any:
        """The last imports, newest first."""
        return {"imports": recent_imports(current_actor())}

    @requires(Action.IMPORT_RESCUE)
    @answers(blp, 200, ImportResultSchema)
    def post(self) -> Any:
        """Import a phone's rescue file (multipart field `file`); twice imported is once."""
        request.max_content_length = BYTES_AT_MOST
        file = request.files.get("file")
        if file is None:
            raise Refusal(ProblemCode.FILE_MISSING, errors=[FieldError("#/file", FaultCode.MISSING)])
        return import_rescue(file.stream, current_actor(), clock.now())
