# Data files compiled into the core, one line each.
