"""How a search's time and memory grow: measured, fitted, forecast, drawn."""
