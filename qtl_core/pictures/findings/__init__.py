"""What would spoil a result, found among the pictures: copies, bursts, poor photos, wrong labels, uneven classes."""
