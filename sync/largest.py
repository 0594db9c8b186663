"""The most that one record may hold, the same on the phone and at intake. The numbers are sync/largest.json."""

from __future__ import annotations

import json
from pathlib import Path

_NUMBERS = json.loads(Path(__file__).with_name("largest.json").read_text("utf-8"))

PHOTOS_OF_HAZARD: int = _NUMBERS["photos_of_hazard"]
PHOTOS_OF_VISIT: int = _NUMBERS["photos_of_visit"]
RECORDS_OF_VISIT: int = _NUMBERS["records_of_visit"]
COMPANIONS: int = _NUMBERS["companions"]
COMPANION_LENGTH: int = _NUMBERS["companion_length"]
