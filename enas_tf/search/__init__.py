"""The search: controller, rewards, scores, the loop, deriving."""
