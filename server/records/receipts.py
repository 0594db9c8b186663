"""The receipt of a record: given once its row is durable, the same however often it is asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from server import clock
from sync.receipts import receipt_code
from vocabulary import ReceiptKind


def stored_receipt(record_id: str, content_hash: str, received_at: datetime) -> dict[str, Any]:
    return {
        "code": receipt_code(ReceiptKind.RECORD, record_id, content_hash),
        "kind": ReceiptKind.RECORD.value,
        "id": record_id,
        "sha256": content_hash,
        "received_at": clock.isoformat(received_at),
    }
