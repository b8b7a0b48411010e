"""The version, alone in a module that costs nothing to read."""

VERSION = "0.1.0"
