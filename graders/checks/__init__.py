"""What a check is: its stage, how answers agree, what they may cost, and a failure as data."""
