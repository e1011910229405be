"""WHAT WE KEEP AND WHAT IT MEANS: the SQLite archive, and the readings made of what it holds.

keep raw > clean > group > query. Raw bytes are facts and never change; articles are readings of them and can be made again.
"""
