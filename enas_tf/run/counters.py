"""The counters of a stage's position: how far it is, as its checkpoints hold it."""

CHILD = "child_step"
CONTROLLER = "controller_step"
EPOCH = "epoch"  # epochs that are finished, with all that follows them

OF_SEARCH = (CHILD, CONTROLLER, EPOCH)
OF_TRAINING = (CHILD, EPOCH)
