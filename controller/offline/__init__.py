"""What happened while the controller was away: batches, conflicts, snapshots."""
