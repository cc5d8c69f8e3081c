"""A crawl over every page that a person can reach, which finds links and buttons that lead nowhere.

``pages`` parses an answer, ``crawler`` follows the links, ``press.js`` and ``browser`` press what a browser shows.
"""
