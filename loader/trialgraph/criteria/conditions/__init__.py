"""What holds for some patients or in some case only, and what makes up for it."""
