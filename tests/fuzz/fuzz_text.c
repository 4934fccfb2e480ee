/* What users give line by line: memory traces, orders of grants, recordings of inputs. Whatever is in a file, it is
 * taken or refused with one line; what is taken is run with.
 *
 * The first byte tells what the rest is: d, s, p a memory trace (din, smpcache, parsec), g an order of grants, r a
 * recording.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/config/grants.h"
#include "sim/engine/run.h"
#include "sim/machine/machine.h"
#include "sim/machine/mem_trace.h"
#include "sim/machine/snapshot.h"
#include "sim/state/recording.h"
#include "tests/fuzz/fuzz.h"

#define RUN_CYCLES 2000u
#define RAM_BYTES  (2u << 20)

static struct hb_config *config;
static struct hb_machine *machine;
static struct hb_snapshot *fresh;

static struct hb_machine *create(void) {
    struct hb_error error = {.text = ""};
    struct hb_machine *made = hb_machine_create(config, &error);
    if (!made) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    return made;
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    config = malloc(sizeof *config);
    hb_config_defaults(config);
    config->harts = 2;
    config->memory.size_bytes = RAM_BYTES;
    snprintf(config->image, sizeof config->image, "%s/tests/gdb/two.elf", HB_IMAGES_DIR);
    machine = create();
    fresh = hb_snapshot_take(machine);
    config->image[0] = 0; /* from now on for memory traces */
    return 0;
}

static void take_trace(const char *path, enum hb_mem_format format) {
    struct hb_error error = {.text = ""};
    struct hb_mem_trace *trace = hb_mem_trace_read(&path, 1, format, RAM_BYTES, &error);
    if (!trace) {
        fuzz_one_line(error.text);
        return;
    }
    config->mem_trace = trace;
    struct hb_machine *player = create();
    hb_machine_run(player, RUN_CYCLES);
    hb_machine_destroy(player);
    hb_mem_trace_free(trace);
}

static void take_grants(const char *path) {
    struct hb_error error = {.text = ""};
    uint8_t *ports = NULL;
    uint32_t n = 0;
    if (!hb_grants_load(path, &ports, &n, &error))
        fuzz_one_line(error.text);
    else if (n == 0)
        abort();
    for (uint32_t i = 0; i < n; i++)
        if (ports[i] > HB_HARTS_LIMIT)
            abort();
    free(ports);
}

static void take_recording(const char *path) {
    struct hb_error error = {.text = ""};
    hb_machine_forget_inputs(machine, 0);
    hb_snapshot_restore(machine, fresh);
    if (!hb_recording_read(machine, path, &error))
        fuzz_one_line(error.text);
    else
        hb_machine_run(machine, RUN_CYCLES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    if (n == 0)
        return 0;
    const char *path = fuzz_file(data + 1, n - 1);
    switch (data[0]) {
    case 'd': take_trace(path, HB_MEM_FORMAT_DIN); break;
    case 's': take_trace(path, HB_MEM_FORMAT_SMPCACHE); break;
    case 'p': take_trace(path, HB_MEM_FORMAT_PARSEC); break;
    case 'g': take_grants(path); break;
    case 'r': take_recording(path); break;
    default: break;
    }
    return 0;
}
