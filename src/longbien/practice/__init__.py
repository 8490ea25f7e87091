"""What people practise with, as pure rules: which offer of help fits which need, and the clock and the table of an exercise.

What it knows: plain records and arithmetic. What it must never know: an exchange, a person, what time it is. Days are numbers counted from
1970-01-01; an instant is ms. Both are arguments.
"""
