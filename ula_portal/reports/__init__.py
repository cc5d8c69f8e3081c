"""Reports over all apps (composition)."""
