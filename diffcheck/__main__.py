"""`python -m diffcheck`."""

from diffcheck.cli import main

if __name__ == "__main__":
    main(prog_name="diffcheck")
