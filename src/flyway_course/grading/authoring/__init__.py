"""From the author's notebook to what trainees get: rules, trial runs and release."""
