"""What the lessons ask, and the misconceptions behind known wrong answers: one module for a lesson.

`lesson_4_1` holds the checks whose keys begin with `4.1`. Every expected value is computed from the
data of the lesson, so that a corrected count corrects its check as well.
"""
