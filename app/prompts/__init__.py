"""What models are told: one file each, each with the version that is recorded beside its effect."""
