"""Whether the controller learns: on a table of known accuracies, and on images."""
