"""Downloads: scores, comparison by town and the hazard ledger as XLSX, CSV, JSON and GeoJSON, built by RQ jobs."""
