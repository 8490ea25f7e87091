"""The console: screens of a State's own officers, in a browser, on a poor line, in seven languages.

What it knows: who is signed in and what that person may do (`policy`, `table`), and how what the node tells becomes a page. What it
must never do: decide anything that the law or the desk decides, or show what was not asked for through the table of routes. Every
action is a plain form; scripts only shorten the way, and sign with passkeys.
"""
