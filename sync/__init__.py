"""What happens when two histories meet: records, hazard life cycle, receipts, retry decisions. Pure."""

from sync.hazards import Hazard, fold_hazard, hazard_id_for_item, is_overdue

__all__ = ["Hazard", "fold_hazard", "hazard_id_for_item", "is_overdue"]
