"""What goes with every answer: nothing foreign is loaded, nothing is kept, nobody frames us, no text becomes a script.

What it knows: headers. What it must never know: pages. Measured with htmx 4 and its `hx-csp`: no violation, Trusted Types on.
"""

from typing import Final

_ALWAYS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), payment=(), "
    "publickey-credentials-get=(self), publickey-credentials-create=(self)",
}
YEAR: Final = 31_536_000
SANDBOXED: Final = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
# What a browser throws away when somebody signs out; the cookie ends by itself.
CLEARED: Final = '"cache", "storage"'


def policy(nonce: str, files: str = "") -> str:
    """The Content-Security-Policy of a page whose scripts carry this nonce; `files` is an origin to which its forms may go too."""
    forms = f"'self' {files}".rstrip()
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; font-src 'self'; "
        f"connect-src 'self'; manifest-src 'self'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types htmx"
    )


def for_page(nonce: str, *, secure: bool, files: str = "") -> dict[str, str]:
    """The headers of a page."""
    return _with(
        {"Content-Security-Policy": policy(nonce, files), "Cache-Control": "no-store"}, secure=secure
    )


def for_file(*, secure: bool) -> dict[str, str]:
    """The headers of something to be kept by the person and not shown by the browser."""
    return _with({"Content-Security-Policy": SANDBOXED, "Cache-Control": "no-store"}, secure=secure)


def for_asset(*, secure: bool) -> dict[str, str]:
    """The headers of a part of the console itself, whose name changes with its bytes."""
    kept = f"public, max-age={YEAR}, immutable"
    return _with({"Content-Security-Policy": SANDBOXED, "Cache-Control": kept}, secure=secure)


def _with(more: dict[str, str], *, secure: bool) -> dict[str, str]:
    transport = {"Strict-Transport-Security": f"max-age={2 * YEAR}; includeSubDomains"} if secure else {}
    return _ALWAYS | transport | more
