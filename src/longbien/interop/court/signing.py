"""Signatures that programs of courts know: CMS beside a file, PAdES in a PDF, and a time-stamp (RFC 3161).

What it knows: pyHanko, and that the private half of the paper key is elsewhere. What it must never do: take the machine's
clock; the time of a signature is an argument, and the same arguments give the same bytes.
"""

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from importlib import util
from typing import TYPE_CHECKING, Any

from longbien.interop.faults import NotMade
from longbien.keys.papersign import PaperSigner

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

INSTALL = "install longbien[documents]"
FIELD = "Longbien"
STAMP_SECONDS = 20
# A signature without a time-stamp of its own has some 1.5 KiB.
_SIGNATURE_BYTES = 8192


def check_ready() -> None:
    """Raises `NotMade` ENGINE_MISSING when what signs and sets papers is not installed."""
    if util.find_spec("pyhanko") is None or util.find_spec("typst") is None:
        raise NotMade("ENGINE_MISSING", INSTALL)


def beside(content: bytes, paper: PaperSigner, *, at: int) -> bytes:
    """A detached CAdES signature (CMS) over the content, which says that it was made at `at` (ms)."""
    from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes  # noqa: PLC0415 - an optional part

    said = PdfCMSSignedAttributes(signing_time=_instant(at))
    signed = _signer(paper).async_sign_general_data(
        content, "sha256", use_cades=True, signed_attr_settings=said
    )
    return bytes(asyncio.run(signed).dump())


def inside(pdf: bytes, paper: PaperSigner, *, at: int) -> bytes:
    """The PDF with an invisible PAdES signature; nothing before it is changed."""
    from pyhanko.pdf_utils import generic  # noqa: PLC0415 - an optional part
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.sign.fields import InvisSigSettings, SigFieldSpec, SigSeedSubFilter  # noqa: PLC0415
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner  # noqa: PLC0415

    class Writer(IncrementalPdfFileWriter):
        """Names the new version of the document by its content and not by chance, and keeps the time that it says."""

        def _update_meta(self) -> None:
            pass

        @classmethod
        def _handle_id(cls, prev: Any) -> Any:  # noqa: ANN401 - pyHanko's own types
            first, _ = prev.trailer["/ID"]
            again = generic.ByteStringObject(sha256(pdf).digest()[:16])
            return generic.ArrayObject([generic.ByteStringObject(first.original_bytes), again])

    class Timed(PdfSigner):
        """Signs at the time that it was given."""

        def init_signing_session(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - pyHanko's own types
            session = super().init_signing_session(*given, **named)
            session.system_time = _instant(at)
            return session

    # PDF/A wants the field printable, PDF/UA wants it off the page, where it has no place among what is read.
    unseen = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
    field = SigFieldSpec(sig_field_name=FIELD, invis_sig_settings=unseen)
    about = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    writer = Writer(io.BytesIO(pdf))
    out = asyncio.run(
        Timed(about, _signer(paper), new_field_spec=field).async_sign_pdf(
            writer, bytes_reserved=2 * _SIGNATURE_BYTES
        )
    )
    return bytes(out.getvalue())


def stamper(url: str) -> Callable[[bytes], bytes]:
    """Asks the time-stamp authority at this address; the token is over SHA-256 of the content.

    The result raises `NotMade`: STAMP_UNREACHABLE, STAMP_REFUSED. Whether the token holds is for the verifier to say.
    """

    def stamp(content: bytes) -> bytes:
        from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError  # noqa: PLC0415 - an optional part

        asked = HTTPTimeStamper(url, timeout=STAMP_SECONDS)
        try:
            made = asyncio.run(asked.async_timestamp(sha256(content).digest(), "sha256"))
        except TimestampRequestError as error:
            # With a cause it is the network; without one it is what the authority said.
            if error.__cause__ is not None:
                raise NotMade("STAMP_UNREACHABLE", f"{url}: {error.__cause__}") from error
            raise NotMade("STAMP_REFUSED", f"{url}: {error}") from error
        except (ValueError, TypeError, KeyError) as error:
            raise NotMade("STAMP_REFUSED", f"{url} gave no time-stamp") from error
        return bytes(made.dump())

    return stamp


def _instant(at: int) -> datetime:
    return datetime.fromtimestamp(at // 1000, UTC)


def _signer(paper: PaperSigner) -> "Signer":
    from asn1crypto import x509  # type: ignore[import-untyped]  # noqa: PLC0415 - comes with pyHanko
    from pyhanko.sign.signers import Signer  # noqa: PLC0415 - an optional part

    class Paper(Signer):
        """The paper key as pyHanko asks for it."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            assert digest_algorithm == "sha256"
            return bytes(80) if dry_run else paper.sign(data)

    return Paper(signing_cert=x509.Certificate.load(paper.certificate))
