"""Evidence: photo upload by tus, receipts, inspection and flags, review."""
