"""Where a project can go: what may be asked of plots, what is known of them, what was asked and kept."""
