"""`python -m longbien_verify FILE --root FINGERPRINT --root FINGERPRINT`, where nothing was installed."""

from longbien_verify.command import main

main()
