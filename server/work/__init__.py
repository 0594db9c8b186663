"""What happens after a commit: the outbox of work to do, the job queue, the relay between the two, and the schedule."""
