"""Tags: their names, rules and upkeep, and how reviews come by them."""
