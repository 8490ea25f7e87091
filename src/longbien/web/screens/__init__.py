"""One module for each screen: from what was asked to what the page shows. None of them knows HTTP or HTML."""
