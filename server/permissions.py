"""Who may do what: one table of roles and actions. Which rows a grant covers is narrowed in pairings.visibility.

Pure but for the declaration on views: every view says `@requires(action)` or `@public`, and a test walks all routes.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g

from server.authors import Author
from server.problems import Refusal
from vocabulary import Action, AuthorKind, ProblemCode, Role, ScopeKind

F = TypeVar("F", bound=Callable[..., Any])


_READ = {
    Action.READ_FORMS, Action.SYNC, Action.READ_SUBJECTS, Action.READ_VISITS, Action.READ_HAZARDS, Action.READ_PHOTOS,
    Action.READ_QUARANTINE,
}  # fmt: skip

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.INSPECTOR: frozenset(_READ | {Action.UPLOAD_PHOTOS}),
    Role.SUPERVISOR: frozenset(
        _READ | {Action.ACT_ON_HAZARDS, Action.UPLOAD_PHOTOS, Action.REVIEW_PHOTOS, Action.READ_SCORES, Action.DOWNLOAD}
    ),
    Role.COUNTY_OFFICE: frozenset(set(Action) - {Action.ADMINISTER}),
    Role.ADMINISTRATOR: frozenset({Action.ADMINISTER, Action.READ_FORMS, Action.MEND_WORK}),
}


@dataclass(frozen=True)
class Grant:
    """A role within a scope: the whole county, one town, one department, one sector, or what is paired with the person."""

    role: Role
    scope_kind: ScopeKind
    scope_id: str


@dataclass(frozen=True)
class Actor:
    """The signed-in person of a request."""

    user_id: uuid.UUID
    name: str
    county_code: str
    grants: tuple[Grant, ...]

    @property
    def author(self) -> Author:
        return Author(AuthorKind.USER, self.county_code, self.user_id)

    def grants_for(self, action: Action) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if action in ALLOWED[grant.role])

    def may(self, action: Action) -> bool:
        """Whether any role of the actor includes the action; the rows it covers are a second question."""
        return bool(self.grants_for(action))


def requires(action: Action) -> Callable[[F], F]:
    """Declares a view's action. The request is refused before the view runs when nobody is signed in or no role fits."""

    def declare(view: F) -> F:
        @functools.wraps(view)
        def checked(*args: Any, **kwargs: Any) -> Any:
            check_action(current_actor(), action)
            return view(*args, **kwargs)

        checked.required_action = action  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return declare


def check_action(actor: Actor | None, action: Action) -> Actor:
    """The actor, when somebody is signed in and has a role with the action. Raises: Refusal not-signed-in, not-allowed."""
    if actor is None:
        raise Refusal(ProblemCode.NOT_SIGNED_IN)
    if not actor.may(action):
        raise Refusal(ProblemCode.NOT_ALLOWED)
    return actor


def signed_in(view: F) -> F:
    """Declares a view that any signed-in person may use."""

    @functools.wraps(view)
    def checked(*args: Any, **kwargs: Any) -> Any:
        current_actor()
        return view(*args, **kwargs)

    checked.required_action = "signed-in"  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]


def public(view: F) -> F:
    """Declares a view that needs no sign-in."""
    view.required_action = "public"  # type: ignore[attr-defined]
    return view


def current_actor() -> Actor:
    """The actor of this request. Raises: Refusal not-signed-in."""
    load = g.get("load_actor")
    if load is None:
        raise Refusal(ProblemCode.NOT_SIGNED_IN)
    if "actor" not in g:
        g.actor = load()
    if g.actor is None:
        raise Refusal(ProblemCode.NOT_SIGNED_IN)
    actor: Actor = g.actor
    return actor
