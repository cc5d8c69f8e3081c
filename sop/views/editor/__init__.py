"""The SOP editor: drafts, and of one draft its identity, actors, steps, pasting, and what is left to mend."""
