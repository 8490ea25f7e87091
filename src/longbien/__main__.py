"""`python -m longbien` is `longbien`."""

from longbien.cli.main import main

main()
