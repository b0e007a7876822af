"""searchkit on a cluster of OpenSearch beside the official client alone: filling it, and asking it."""
