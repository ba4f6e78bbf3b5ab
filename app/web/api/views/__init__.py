"""What the API shows, as frozen values."""
