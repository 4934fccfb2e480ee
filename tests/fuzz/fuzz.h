/* What every fuzzing target defines, and what they share.
 *
 * A target is built twice: with libFuzzer by tests/fuzz/fuzz.sh (./test --full fuzz), which looks for inputs, and with
 * tests/fuzz/replay.c, which takes those of a folder again (./test). Whatever an input says, it must be answered: a
 * crash, a broken invariant or an endless loop is a mistake of ours.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* A file that holds these bytes until the next call; its path. */
const char *fuzz_file(const uint8_t *data, size_t n);

/* What is refused is told in one line, and in one that is not empty: else abort. */
void fuzz_one_line(const char *message);

#endif
