#include "sim/machine/commit_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/csr.h"
#include "sim/base/output.h"
#include "sim/machine/machine.h"

struct hb_commit_log {
    struct hb_output out;
    const struct hb_machine *machine;
    struct hb_watcher watcher;
};

/* ---- A line ---------------------------------------------------------------------------------------------------- */

#define PMPADDR0 0x3b0u

static void put_value(FILE *file, uint32_t bytes, uint64_t value) {
    if (bytes < 8)
        value &= (1ull << 8 * bytes) - 1;
    fprintf(file, "0x%0*" PRIx64, (int)(2 * bytes), value);
}

static void put_csr_name(FILE *file, uint32_t number) {
    const char *name;
    uint32_t at;
    for (size_t i = 0; hb_csr_at(i, &at, &name); i++) {
        if (at != number)
            continue;
        fprintf(file, " c%" PRIu32 "_%s ", number, name);
        return;
    }
    if (number - PMPADDR0 < HB_PMP_ENTRIES)
        fprintf(file, " c%" PRIu32 "_pmpaddr%" PRIu32 " ", number, number - PMPADDR0);
    else
        fprintf(file, " c%" PRIu32 "_unknown_%03" PRIx32 " ", number, number);
}

static void put_write(FILE *file, const struct hb_commit_write *write) {
    if (write->kind == HB_COMMIT_CSR)
        put_csr_name(file, write->number);
    else
        fprintf(file, " %c%-2u ", write->kind == HB_COMMIT_F ? 'f' : 'x', write->number);
    put_value(file, 8, write->value);
}

/* Byte by byte, as Spike stores them. */
static void put_zeros(FILE *file, uint64_t address, uint32_t bytes) {
    for (uint32_t i = 0; i < bytes; i++) {
        fputs(" mem ", file);
        put_value(file, 8, (address & ~(uint64_t)(bytes - 1)) + i);
        fputs(" 0x00", file);
    }
}

static void put_line(FILE *file, uint32_t hart, const struct hb_commit *commit) {
    fprintf(file, "core%4" PRIu32 ": %u ", hart, commit->privilege);
    put_value(file, 8, commit->pc);
    fputs(" (", file);
    put_value(file, commit->bytes, commit->bits);
    fputc(')', file);
    for (uint32_t i = 0; i < commit->writes; i++)
        put_write(file, &commit->write[i]);
    if (commit->loads) {
        fputs(" mem ", file);
        put_value(file, 8, commit->address);
    }
    if (commit->stores) {
        fputs(" mem ", file);
        put_value(file, 8, commit->address);
        fputc(' ', file);
        put_value(file, commit->access_bytes, commit->stored);
    }
    put_zeros(file, commit->address, commit->zeroed_bytes);
    fputc('\n', file);
}

static void see(void *context, const struct hb_trace_record *record) {
    const struct hb_commit_log *log = context;
    if (record->kind == HB_TRACE_RETIRE)
        put_line(log->out.file, record->hart, &log->machine->cores.core[record->hart].commit);
}

/* ---- The file -------------------------------------------------------------------------------------------------- */

bool hb_commit_log_open(struct hb_machine *machine, const char *path, struct hb_error *error) {
    struct hb_commit_log *log = calloc(1, sizeof *log);
    if (!log)
        abort();
    if (!hb_output_open(&log->out, path, HB_OUTPUT_STREAM, error)) {
        free(log);
        return false;
    }
    log->machine = machine;
    log->watcher = (struct hb_watcher){.context = log, .record = see, .retired = true};
    machine->commit_log = log;
    machine->cores.log_commits = true;
    hb_machine_watch_add(machine, &log->watcher);
    return true;
}

bool hb_commit_log_flush(struct hb_machine *machine, struct hb_error *error) {
    return !machine->commit_log || hb_output_flush(&machine->commit_log->out, error);
}

bool hb_commit_log_close(struct hb_machine *machine, struct hb_error *error) {
    struct hb_commit_log *log = machine->commit_log;
    if (!log)
        return true;
    hb_machine_watch_remove(machine, &log->watcher);
    bool ok = hb_output_close(&log->out, error);
    free(log);
    machine->commit_log = NULL;
    machine->cores.log_commits = false;
    return ok;
}
