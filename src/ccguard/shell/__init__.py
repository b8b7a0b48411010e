"""The shell: a command line in, the files it names out. `accesses.spelled` is the door."""
