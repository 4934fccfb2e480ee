/* gdb's remote protocol: whatever comes from the network, the machine is there for the next one.
 *
 * An input that begins with 'r' goes on with the bytes as they come. Any other is lines, each the contents of a packet,
 * framed here with the right checksum; the first is left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/gdb/gdb_command.h"
#include "sim/machine/snapshot.h"
#include "tests/fuzz/fuzz.h"

#define PACKETS_MOST 40u
#define ASKED_MOST   3u /* then the run is interrupted */

static struct hb_machine *machine;
static struct hb_snapshot *fresh;
static struct hb_gdb_session *session;
static struct hb_gdb_reader *reader;
static uint32_t packets, asked;

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    struct hb_config *config = malloc(sizeof *config);
    struct hb_error error = {.text = ""};
    (void)argc;
    (void)argv;
    hb_config_defaults(config);
    snprintf(config->image, sizeof config->image, "%s/tests/gdb/two.elf", HB_IMAGES_DIR);
    config->harts = 2;
    config->memory.size_bytes = 2u << 20;
    config->stop_cycles = 200000;
    machine = hb_machine_create(config, &error);
    if (!machine) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    free(config);
    fresh = hb_snapshot_take(machine);
    session = malloc(sizeof *session);
    reader = malloc(sizeof *reader);
    return 0;
}

static bool interrupted(void *context) {
    (void)context;
    return ++asked > ASKED_MOST;
}

static bool is_over(void) {
    return session->killed || session->detached || packets > PACKETS_MOST;
}

static void take(uint8_t byte) {
    static char frame[HB_GDB_FRAME_MAX];
    if (is_over() || hb_gdb_reader_take(reader, byte) != HB_GDB_PACKET)
        return;
    packets++;
    asked = 0;
    hb_gdb_answer(session, reader->data);
    if (hb_gdb_frame(&session->reply, frame) > sizeof frame)
        abort();
}

static void take_line(const uint8_t *line, size_t n) {
    char sum[4];
    uint8_t added = 0;
    take('$');
    for (size_t i = 0; i < n; i++) {
        take(line[i]);
        added = (uint8_t)(added + line[i]);
    }
    snprintf(sum, sizeof sum, "#%02x", added);
    for (size_t i = 0; i < 3; i++)
        take((uint8_t)sum[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    hb_snapshot_restore(machine, fresh);
    hb_machine_forget_inputs(machine, 0);
    *reader = (struct hb_gdb_reader){0};
    packets = 0;
    hb_gdb_session_begin(session, machine);
    session->run.interrupted = interrupted;
    if (n && data[0] == 'r')
        for (size_t i = 1; i < n; i++)
            take(data[i]);
    else
        for (size_t at = 0, end; at < n; at = end + 1) {
            for (end = at; end < n && data[end] != '\n'; end++)
                ;
            if (at > 0)
                take_line(data + at, end - at);
        }
    hb_gdb_session_end(session);
    return 0;
}
