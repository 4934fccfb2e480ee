# Read by ctest before it runs tests: their environment. Check gives a test 4 seconds, and on a loaded machine a good one
# takes longer; what hangs is ended by ctest's own limits.
set(ENV{CK_TIMEOUT_MULTIPLIER} 15)
