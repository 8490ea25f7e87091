"""A file that nothing is made from, and why."""


class FileRefused(Exception):
    """No draft was made. Codes: FILE_TOO_LARGE, FILE_EMPTY, FILE_UNKNOWN, FILE_DAMAGED, MACROS_REFUSED, READER_MISSING."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
