"""`python -m gan_minimal` is the command `gan-minimal`."""

from gan_minimal.cli import main

main()
