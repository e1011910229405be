"""What `wirecopy recover` does with SQL: how the damaged file's tables are laid out, a new file filled, and what was lost made good.

layout.py    the schema of the damaged file, as far as it can be read, else as ours was
filling.py   rows -> the new file, and what the new file refuses
standins.py  rows that others point at and that are gone: made anew from what is known of them
mending.py   bodies read back, references put right, what can be had again queued
"""
