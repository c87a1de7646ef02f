"""The one training loop, and what it needs: batches, losses, checkpoints, fingerprints."""
