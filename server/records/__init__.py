"""Records: what phones push (intake, receipts, quarantine) and what they pull (the feed)."""
