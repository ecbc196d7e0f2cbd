"""What runs inside the sandbox. It imports nothing of `flyway_course` but itself."""
