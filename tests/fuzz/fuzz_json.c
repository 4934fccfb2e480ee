/* What users write in JSON: experiments and coherence protocols. Whatever is in a file, it is taken or refused with one
 * line; what is taken can be used.
 *
 * An input that begins with '{' is a file, and looked at as both. Any other is KEY=VALUE, as for --set.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/table_text.h"
#include "bus/verify/verify.h"
#include "sim/config/protocol_file.h"
#include "sim/experiment/experiment.h"
#include "tests/fuzz/fuzz.h"

#define STATES_MOST 3000u /* that a protocol is searched through */
#define SET_BYTES   4096u

static FILE *nowhere;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    nowhere = fopen("/dev/null", "w");
    return nowhere == NULL;
}

static void take_experiment(const char *path, const char *const *sets, size_t n) {
    struct hb_experiment experiment;
    struct hb_error error = {.text = ""};
    if (!hb_experiment_load(path, sets, n, &experiment, &error)) {
        fuzz_one_line(error.text);
        return;
    }
    free(hb_experiment_warnings(&experiment)); /* images are ELF files: fuzz_elf.c */
    hb_experiment_free(&experiment);
}

static void take_protocol(const char *path) {
    struct hb_error error = {.text = ""};
    struct hb_verify_result result;
    const struct hb_protocol *protocol = hb_protocol_load(path, &error);
    if (!protocol) {
        fuzz_one_line(error.text);
        return;
    }
    (void)hb_protocol_hash(protocol);
    hb_protocol_print_table(protocol, false, nowhere);
    hb_protocol_print_dot(protocol, nowhere);
    if (!hb_verify(
            &(struct hb_verify_options){.protocol = protocol, .caches = 2, .lines = 1, .states_max = STATES_MOST},
            &result))
        abort();
    hb_verify_free(&result);
    hb_protocol_free(protocol);
}

static void take_set(const uint8_t *data, size_t n) {
    static const char base[] =
        "{\"image\": \"smp\", \"faults\": [{\"target\": {\"hart\": 1}, \"trigger\": {\"cycle\": 9}}]}";
    char text[SET_BYTES];
    const char *const sets[] = {text};
    if (n >= sizeof text)
        return;
    memcpy(text, data, n);
    text[n] = 0;
    take_experiment(fuzz_file((const uint8_t *)base, sizeof base - 1), sets, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n && data[0] == '{') {
        const char *path = fuzz_file(data, n);
        take_experiment(path, NULL, 0);
        take_protocol(path);
    } else {
        take_set(data, n);
    }
    return 0;
}
