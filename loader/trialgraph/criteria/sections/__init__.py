"""An eligibility section: parted into criteria without losing a character, and made readable."""
