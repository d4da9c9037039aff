"""Every setting once: default, help, allowed values, and the presets."""
