"""Nothing was made, and why: of a file that came in, or of one that was to go out."""


class NotMade(Exception):
    """`code` is stable; `detail` says where, or what to install.

    Codes: FILE_TOO_LARGE, FILE_EMPTY, FILE_UNKNOWN, FILE_DAMAGED, MACROS_REFUSED and those of a body in JSON, for what came in;
    FONT_MISSING, PAGE_FAILED for a page; ENGINE_MISSING, READER_MISSING, WRITER_MISSING where an optional part is not installed.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
