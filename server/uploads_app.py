"""HTTP of uploads as an ASGI application of its own: a body that comes slowly holds a connection and no thread.

The event loop only moves bytes. Whatever asks the database or writes a file is done by a few threads, within the
application's context, by the same use cases, permissions and problem documents as everywhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, Response
from werkzeug.datastructures import Headers
from werkzeug.sansio.request import Request

from server import clock
from server.accounts import tokens
from server.app import secure
from server.evidence import tus_exchange
from server.evidence.uploads import Reception
from server.permissions import Actor, check_action
from server.problems import Refusal, asks_for_english, document_of, refusal_of, response_of
from server.settings import Settings
from vocabulary import Action, ProblemCode

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
T = TypeVar("T")

# As many as a disk and a database can serve at once; the connections that wait for them hold none.
THREADS = 8
OPEN_AT_ONCE = 4096
# Nobody alone may take all of them.
OPEN_PER_PERSON = OPEN_AT_ONCE * 3 // 4
MEMORY_BYTES = 128 * 1024 * 1024
# Most photos are whole before so much of them is here, and are written in one go.
WRITE_BYTES = 1024 * 1024
# What has come from a slow phone is written at least so often: a killed process loses no more.
WRITE_EVERY_S = 5.0

# A phone that left the network says nothing; without a limit it would hold its upload until the kernel gives the connection up.
SILENCE_LIMIT_S = 30.0
# GPRS at its worst carries 1 kB/s. A body that falls behind a fifth of it is no phone's.
GRACE_S = 60.0
SLOWEST_BYTES_PER_S = 200


# The rest of a connection that was cut may arrive just after its phone has asked where to go on.
LAST_BYTES_S = 0.2


@dataclass
class _Receiving:
    """A body that is being received, so that its phone can take over from itself on another connection."""

    person: uuid.UUID
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    wait: asyncio.Timeout | None = None
    is_superseded: bool = False

    async def supersede(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_BYTES_S):
                await self.ended.wait()
        self.is_superseded = True
        if self.wait is not None:
            self.wait.reschedule(0)
        await self.ended.wait()


class UploadsApplication:
    def __init__(self, app: Flask) -> None:
        self._app = app
        self._settings: Settings = app.config["SETTINGS"]
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="uploads")
        self._open: Counter[uuid.UUID] = Counter()
        self._receiving: dict[uuid.UUID, _Receiving] = {}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _send(await self._respond(_request(scope), receive), send)

    async def _respond(self, asked: Request, receive: Receive) -> Response:
        about = uuid.uuid4().hex
        try:
            response = await self._answer(asked, receive)
        except Exception as error:
            refusal = error if isinstance(error, Refusal) else refusal_of(error, about)
            response = response_of(refusal, document_of(refusal, english=asks_for_english(asked), about=about))
        secure(response, asked.path, self._settings, about)
        return tus_exchange.name_version(response)

    async def _answer(self, asked: Request, receive: Receive) -> Response:
        path, _, name = asked.path.removeprefix(tus_exchange.PATH).partition("/")
        upload_id = _uuid(name)
        if asked.path == "/healthz":
            return Response(status=204)
        if not asked.path.startswith(tus_exchange.PATH) or path or (name and upload_id is None):
            raise Refusal(ProblemCode.NOT_FOUND)
        if asked.method == "OPTIONS":
            return tus_exchange.capabilities(self._settings)
        if upload_id in self._receiving:
            await self._take_over(asked, upload_id)
        match asked.method, upload_id:
            case "POST", None:
                return await self._receive(asked, None, receive)
            case "PATCH", uuid.UUID():
                return await self._receive(asked, upload_id, receive)
            case "HEAD", uuid.UUID():
                return await self._run(self._authorised, asked, tus_exchange.position, upload_id)
            case "DELETE", uuid.UUID():
                return await self._run(self._authorised, asked, tus_exchange.termination, upload_id)
        raise Refusal(
            ProblemCode.METHOD_NOT_ALLOWED, headers={"Allow": "HEAD, PATCH, DELETE, OPTIONS" if upload_id else "POST, OPTIONS"}
        )

    async def _receive(self, asked: Request, upload_id: uuid.UUID | None, receive: Receive) -> Response:
        if self._open.total() >= OPEN_AT_ONCE:
            raise _busy()
        begin = (tus_exchange.creation,) if upload_id is None else (tus_exchange.continuation, upload_id)
        started = await self._run(self._authorised, asked, *begin)
        if isinstance(started, Response):
            return started
        receiving = _Receiving(started.upload.owner_id)
        self._receiving[started.upload.upload_id] = receiving
        self._open[receiving.person] += 1
        try:
            if self._open[receiving.person] > OPEN_PER_PERSON:
                await self._run(started.break_off)
                raise _busy()
            await self._take(started, receive, receiving)
            state = await self._run(started.finish, clock.now())
        finally:
            self._open[receiving.person] -= 1
            if not self._open[receiving.person]:
                del self._open[receiving.person]
            del self._receiving[started.upload.upload_id]
            receiving.ended.set()
        return tus_exchange.created(state) if upload_id is None else tus_exchange.continued(state)

    async def _take_over(self, asked: Request, upload_id: uuid.UUID) -> None:
        """Ends the connection on which an upload's bytes came so far: who asks about them has lost it, though nobody told us."""
        actor = await self._run(tokens.actor_of, asked)
        receiving = self._receiving.get(upload_id)
        if actor is not None and receiving is not None and receiving.person == actor.user_id:
            await receiving.supersede()

    async def _take(self, reception: Reception, receive: Receive, receiving: _Receiving) -> None:
        """Hands over the body as it comes. Raises: Refusal; the reception has ended then."""
        clock_s = asyncio.get_running_loop().time
        began_at = written_at = clock_s()
        received = 0
        try:
            more = True
            while more:
                until = min(clock_s() + SILENCE_LIMIT_S, began_at + GRACE_S + received / SLOWEST_BYTES_PER_S)
                write_at = written_at + WRITE_EVERY_S if reception.waiting_bytes else until
                try:
                    async with asyncio.timeout_at(0 if receiving.is_superseded else min(until, write_at)) as receiving.wait:
                        message = await receive()
                except TimeoutError:
                    if receiving.is_superseded or clock_s() >= until:
                        raise
                    await self._run(reception.write)
                    written_at = clock_s()
                    continue
                finally:
                    receiving.wait = None
                if message["type"] == "http.disconnect":
                    raise ConnectionResetError("the client went away")
                more = message.get("more_body", False)
                if piece := message.get("body", b""):
                    received += len(piece)
                    reception.take(piece)
                if more and reception.waiting_bytes >= self._share():
                    await self._run(reception.write)
                    written_at = clock_s()
        except Refusal as refusal:
            await self._run(reception.end_with, refusal)
            raise
        except (TimeoutError, ConnectionError) as error:
            await self._run(reception.break_off)
            raise Refusal(ProblemCode.REQUEST_TIMEOUT) from error
        except asyncio.CancelledError:
            # The process is about to end: what came is kept, and nothing else waits for this any more.
            self._in_context(reception.break_off)
            raise

    def _share(self) -> int:
        """How much of one body may wait in memory."""
        return max(64 * 1024, min(WRITE_BYTES, MEMORY_BYTES // self._open.total()))

    def _authorised(self, asked: Request, act: Callable[..., T], *arguments: Any) -> T:
        actor: Actor = check_action(tokens.actor_of(asked), Action.UPLOAD_PHOTOS)
        return act(asked, *arguments, actor, clock.now())

    async def _run(self, act: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_context, act, *arguments)

    def _in_context(self, act: Callable[..., T], *arguments: Any) -> T:
        with self._app.app_context():
            return act(*arguments)


def _request(scope: Message) -> Request:
    headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]])
    client = scope.get("client")
    return Request(
        method=scope["method"],
        scheme=scope.get("scheme", "http"),
        server=scope.get("server"),
        root_path="",
        path=scope["path"],
        query_string=scope.get("query_string", b""),
        headers=headers,
        remote_addr=client[0] if client else None,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _busy() -> Refusal:
    return Refusal(ProblemCode.TOO_MANY_UPLOADS, headers={"Retry-After": "30"})


async def _send(response: Response, send: Send) -> None:
    body = response.get_data()
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    if response.status_code != 204 and "Content-Length" not in response.headers:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
