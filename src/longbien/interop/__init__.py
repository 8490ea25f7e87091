"""What other programs and people on paper hand in and take out: printed forms, filled forms, calendars.

What it knows: foreign formats, and the law's fields as data. What it must never know: how an act is approved or sent. Nothing
that comes in here is more than a draft, and nothing that goes out proves more than the record does.
"""
