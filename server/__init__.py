"""The server: HTTP, permissions, storage, jobs and wiring around the three pure rooms forms, media and sync."""
