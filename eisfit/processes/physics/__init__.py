"""What a fitted R and C mean."""
