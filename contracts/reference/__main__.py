import sys

from contracts.reference.serving import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
