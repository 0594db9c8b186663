"""Limits on guessing passwords: per name and address, per address, and per name; counted in Redis, so on every web host alike.

A guess is counted before it is looked at, so that guesses in parallel do not pass the counter, and given back when it was
right. A browser that has signed in as this person before is known by a cookie and has a count of its own: whatever strangers do,
its owner gets in. (OWASP, "Slow Down Online Guessing Attacks with Device Cookies".)
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

from server.problems import Refusal
from vocabulary import ProblemCode

log = logging.getLogger(__name__)

PER_NAME_AND_ADDRESS = RateLimitItemPerMinute(8, 10, "sign-in:name-address")
PER_DEVICE = RateLimitItemPerMinute(8, 10, "sign-in:device")
# An office of a hundred people behind one address mistypes now and then.
PER_ADDRESS = RateLimitItemPerMinute(60, 10, "sign-in:address")
# From everywhere together; a person's own browsers are not held against this.
PER_NAME = RateLimitItemPerHour(100, 1, "sign-in:name")
# How long the counts of this process stand in for a Redis that did not answer.
WITHOUT_REDIS_S = 10.0

Key = tuple[RateLimitItem, tuple[str, ...]]


@dataclass
class Attempt:
    """One guess; ``was_right`` gives it back."""

    counted: list[Key] = field(default_factory=list)


class Guesses:
    def __init__(self, redis: Redis | None) -> None:
        self._shared = FixedWindowRateLimiter(_redis_storage(redis)) if redis is not None else None
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._without_redis_until = 0.0

    def begin(self, name: str, address: str, device: str | None) -> Attempt:
        """Counts a guess. ``device``: what a browser is known by that has signed in under this name.

        Raises: Refusal too-many-requests.
        """
        place = _network(address)
        keys: list[Key] = (
            [(PER_DEVICE, (device,))]
            if device is not None
            else [(PER_NAME_AND_ADDRESS, (name, place)), (PER_ADDRESS, (place,)), (PER_NAME, (name,))]
        )
        self._count(lambda limiter: _hit(limiter, keys))
        return Attempt(keys)

    def was_right(self, attempt: Attempt) -> None:
        self._count(lambda limiter: _give_back(limiter, attempt.counted))

    def _count(self, change: Callable[[FixedWindowRateLimiter], None]) -> None:
        """With the shared counts, or those of this process while Redis is away: each web process then allows as much again."""
        if self._shared is not None and time.monotonic() >= self._without_redis_until:
            try:
                return change(self._shared)
            except RedisError as error:
                log.warning("guesses are counted in this process alone: %s", error)
                self._without_redis_until = time.monotonic() + WITHOUT_REDIS_S
        return change(self._own)


def _hit(limiter: FixedWindowRateLimiter, keys: list[Key]) -> None:
    for item, key in keys:
        if not limiter.hit(item, *key):
            raise _too_many(limiter, item, key)


def _give_back(limiter: FixedWindowRateLimiter, keys: list[Key]) -> None:
    for item, key in keys:
        # What stands against a name and address, or a device, was its owner mistyping.
        if item in {PER_NAME_AND_ADDRESS, PER_DEVICE}:
            limiter.clear(item, *key)
        else:
            limiter.storage.incr(item.key_for(*key), item.get_expiry(), -1)


def _redis_storage(redis: Redis) -> Storage:
    return RedisStorage("redis://", connection_pool=redis.connection_pool, key_prefix="zero-accident")


def _network(address: str) -> str:
    """Whom an address stands for: of IPv6 a subscriber has at least a /64 to change within."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else str(parsed)


def _too_many(limiter: FixedWindowRateLimiter, item: RateLimitItem, key: tuple[str, ...]) -> Refusal:
    wait_s = max(1, round(limiter.get_window_stats(item, *key).reset_time - time.time()))
    minutes = -(-wait_s // 60)
    return Refusal(
        ProblemCode.TOO_MANY_GUESSES,
        minutes=minutes,
        headers={"Retry-After": str(wait_s)},
    )
