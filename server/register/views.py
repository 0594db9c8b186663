"""HTTP of the register: areas and departments for anyone signed in. Subjects are served by the pairings slice, which knows
who may see which."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from server.permissions import current_actor, requires
from server.register import store
from server.register.schemas import AreasSchema, DepartmentsSchema
from server.wire import Blueprint
from vocabulary import Action

blp = Blueprint("register", __name__, url_prefix="/api/register", description="名册 areas, departments and subjects")


@blp.route("/areas")
class AreasView(MethodView):
    @requires(Action.READ_FORMS)
    @blp.response(200, AreasSchema)
    def get(self) -> Any:
        """County, towns and villages with former names."""
        return {"areas": store.areas(current_actor().county_code)}


@blp.route("/departments")
class DepartmentsView(MethodView):
    @requires(Action.READ_FORMS)
    @blp.response(200, DepartmentsSchema)
    def get(self) -> Any:
        """Departments, lead units and town governments."""
        return {"departments": store.departments(current_actor().county_code)}
