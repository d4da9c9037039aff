"""How a child learns: steps, epochs, schedules, retraining from scratch."""
