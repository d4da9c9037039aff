"""How controller and child learn: steps, the search loop, deriving, retraining."""
