"""Stories in real browsers against a real server, queue and worker."""
