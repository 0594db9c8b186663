"""The lists of the desk with the filters that people use, for the benchmark and for the test of their query plans."""

from __future__ import annotations

from bench.filling import RARE, SOME

LISTS = {
    "visits": "/api/visits",
    "visits of a town": "/api/visits?town=140525107",
    "visits of a month": "/api/visits?from=2026-11-01&to=2026-11-30",
    "hazards": "/api/hazards",
    "hazards by deadline": "/api/hazards?sort=deadline",
    "open hazards": "/api/hazards?state=open",
    "open hazards by deadline": "/api/hazards?state=open&sort=deadline",
    "overdue hazards": "/api/hazards?overdue=true&sort=deadline",
    "hazards in one state": "/api/hazards?state=submitted",
    "major hazards": "/api/hazards?grade=major",
    "major hazards by deadline": "/api/hazards?grade=major&sort=deadline",
    "hazards from a source": "/api/hazards?source=tip_off",
    "hazards of a sector": "/api/hazards?sector=fire_safety",
    "hazards of a town": "/api/hazards?town=140525107",
    "hazards of a town, major, open": "/api/hazards?town=140525107&grade=major&state=open",
    "hazards with refused acts": "/api/hazards?without_effect=true",
    "hazards found by a rare word": f"/api/hazards?q={RARE[0]}",
    "hazards found by some word": f"/api/hazards?q={SOME[0]}",
    "hazards found by a common word": "/api/hazards?q=2026",
    "hazards found by nothing": "/api/hazards?q=没有这样的字",
    "photos to review": "/api/evidence/reviews?state=pending",
    "photos returned": "/api/evidence/reviews?state=returned",
    "photos of every state": "/api/evidence/reviews",
    "photos of a town": "/api/evidence/reviews?state=pending&town=140525107",
    "quarantine": "/api/quarantine",
    "quarantine, resolved": "/api/quarantine?state=resolved",
    "subjects": "/api/register/subjects",
    "subjects of a town": "/api/register/subjects?town=140525107",
    "subjects found by a rare name": "/api/register/subjects?q=0000123",
    "subjects found by a common name": "/api/register/subjects?q=示例",
    "pairings": "/api/pairings",
    "downloads": "/api/downloads",
    "checklists": "/api/forms/library",
}
