"""Lists of units, positions and people as they are typed or pasted: what a row means and what is wrong with it."""
