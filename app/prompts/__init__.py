"""What models are told, one file each; each has a version that is recorded with what came of it."""
