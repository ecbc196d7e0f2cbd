"""Take in what trainees hand in, whatever became of it on its way, and list every file."""
