"""Topics as something to walk through: their weeks, neighbours and people, the map of all of them, following one."""
