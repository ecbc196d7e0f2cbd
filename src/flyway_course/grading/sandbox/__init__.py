"""Run code that nobody has read, so that it can reach nothing: the two sides of grading and their walls.

`machine` says what this computer can do, `box` starts the sandbox and asks it for processes,
`session` takes one submission through both sides. `inside` is what runs behind the walls.
"""
