"""The pictures of the lessons: for each, a function that draws it and one that says it in words.

Each lesson has a module here. A picture named ``x`` has its alternative text in ``x_alt``, called with
the same values, so that the words are computed from the numbers that are drawn. Lessons hand both to
``widgets.explore`` or to ``plots.show``; nothing else imports this room.
"""
