"""A walk over every page that a person can reach, which finds the links and buttons that lead nowhere.

``pages`` reads an answer, ``crawler`` follows the links, ``press.js`` and ``browser`` press what a browser shows.
"""
