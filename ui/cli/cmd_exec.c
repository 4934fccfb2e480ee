/* hartbeat exec PROGRAM.elf: a bare-metal program of the user's own; its console is standard output and nothing else.
 * hartbeat exec --mem-trace FILE...: accesses in place of a program; the table of results goes to standard error.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "osmodel/os_text.h"
#include "sim/base/output.h"
#include "sim/config/images.h"
#include "sim/experiment/experiment.h"
#include "sim/experiment/runner.h"
#include "sim/gdb/gdb.h"
#include "sim/machine/commit_log.h"
#include "sim/machine/machine.h"
#include "sim/result/crash.h"
#include "sim/result/gather.h"
#include "sim/state/recording.h"
#include "sim/trace/trace.h"
#include "ui/cli/commands.h"
#include "ui/cli/options.h"
#include "ui/cli/terminal/console_input.h"
#include "ui/cli/terminal/exec_table.h"
#include "ui/cli/terminal/interrupt.h"
#include "ui/cli/terminal/progress.h"

#define INPUT_CYCLES 20000u  /* how often standard input is polled, while there is any */
#define SLICE_CYCLES 100000u /* else: how often progress is reported and signals are checked */

/* Gives the exit status. */
static int tell(const struct hb_error *error) {
    fprintf(stderr, "%s\n", error->text);
    return hb_error_is_the_hosts(error) ? HB_EXIT_INTERNAL : HB_EXIT_USAGE;
}

static void to_stdout(void *context, const char *text, size_t n) {
    (void)context;
    fwrite(text, 1, n, stdout);
    fflush(stdout);
}

static bool run(struct hb_machine *machine, struct hb_console_input *input, const struct hb_options *options,
                struct hb_save_request *save, struct hb_trace *trace, struct hb_error *error) {
    bool ok = true;
    struct hb_progress_line progress;
    if (input->terminal && !options->quiet)
        fputs("hartbeat: the keyboard is the program's; Ctrl-A x leaves\n", stderr);
    hb_progress_begin(&progress, options->quiet || input->terminal); /* the terminal shows the console */
    while (ok && machine->saved->outcome == HB_OUTCOME_RUNNING) {
        hb_console_input_pump(input, machine);
        if (input->left || hb_interrupted(NULL))
            break;
        uint64_t idle = hb_console_input_idle_cycles(input, machine);
        uint64_t slice = idle ? idle : input->ended ? SLICE_CYCLES : INPUT_CYCLES;
        ok = hb_run_traced(machine, trace, save, machine->saved->cycle + slice, error);
        hb_progress_show(&progress, "running", machine->saved->cycle, -1);
    }
    hb_progress_end(&progress);
    if (ok && hb_interrupted(NULL) && machine->saved->outcome == HB_OUTCOME_RUNNING)
        machine->saved->outcome = HB_OUTCOME_INTERRUPTED;
    return ok && (machine->saved->outcome == HB_OUTCOME_INTERRUPTED || hb_save_was_done(machine, save, error));
}

/* ---- gdb ---- */

static void pump(struct hb_gdb_server *server) {
    struct hb_console_input *input = server->context;
    hb_console_input_pump(input, server->machine);
    server->input = input->ended ? -1 : input->descriptor;
}

static void say_where_it_waits(struct hb_gdb_server *server, uint16_t port) {
    (void)server;
    fprintf(stderr, "hartbeat: waiting for gdb on 127.0.0.1:%u: target remote :%u\n", port, port);
}

/* False: the port is no port, or cannot be listened on, with `*status` to end with. */
static bool run_under_gdb(struct hb_machine *machine, struct hb_console_input *input, struct hb_watcher *console,
                          const struct hb_options *options, int *status) {
    struct hb_error error;
    uint64_t port;
    *status = HB_EXIT_USAGE;
    if (!hb_options_number(options->gdb, "--gdb", &port))
        return false;
    if (port > UINT16_MAX) {
        fprintf(stderr, "hartbeat: --gdb: \"%s\" is not a port (1 to 65535; 0: a free one)\n", options->gdb);
        return false;
    }
    struct hb_gdb_server server = {.machine = machine,
                                   .console = console,
                                   .port = (uint16_t)port,
                                   .waits = say_where_it_waits,
                                   .input = input->ended ? -1 : input->descriptor,
                                   .pump_cycles = INPUT_CYCLES,
                                   .pump = pump,
                                   .context = input};
    switch (hb_gdb_serve(&server, &error)) {
    case HB_GDB_FAILED: fprintf(stderr, "hartbeat: %s\n", error.text); return false;
    case HB_GDB_KILLED:
        fputs("hartbeat: ended by gdb\n", stderr);
        machine->saved->outcome = HB_OUTCOME_INTERRUPTED;
        break;
    default: break;
    }
    return true;
}

static bool run_all(struct hb_machine *machine, const struct hb_options *options, struct hb_save_request *save,
                    struct hb_trace *trace, int *status) {
    struct hb_console_input input;
    struct hb_watcher console = {.console = to_stdout};
    struct hb_error error;
    hb_machine_watch_add(machine, &console);
    hb_console_input_open(&input, !options->replay && !options->mem_trace); /* a recording holds the input */
    machine->input_may_come = !input.ended;
    bool logs = !options->log_commits || hb_commit_log_open(machine, options->log_commits, &error);
    bool goes_on = !options->gdb || run_under_gdb(machine, &input, &console, options, status);
    bool ok =
        logs && goes_on && run(machine, &input, options, save, trace, &error) && hb_commit_log_close(machine, &error);
    hb_console_input_close(&input);
    hb_machine_watch_remove(machine, &console);
    bool closed = hb_trace_close(trace, ok ? &error : NULL);
    ok = ok && (closed || (machine->saved->outcome == HB_OUTCOME_INTERRUPTED && !hb_error_is_the_hosts(&error)));
    if (!goes_on || ok)
        return ok;
    *status = tell(&error);
    return false;
}

/* ---- The end ---- */

/* As RISCOF wants it: one 32-bit word per line. */
static bool write_signature(struct hb_machine *machine, const char *path, struct hb_error *error) {
    const struct hb_elf *elf = &machine->elf;
    if (!elf->begin_signature || elf->end_signature < elf->begin_signature) {
        hb_error_set(error, "%s: has no symbols begin_signature and end_signature", machine->config.image);
        return false;
    }
    struct hb_output out;
    if (!hb_output_open(&out, path, HB_OUTPUT_WHOLE, error))
        return false;
    for (uint64_t at = elf->begin_signature; at < elf->end_signature; at += 4) {
        uint32_t word = 0;
        if (!hb_bus_debug_read(&machine->bus, at, &word, 4)) {
            hb_output_drop(&out);
            hb_error_set(error, "%s: the signature goes beyond RAM at 0x%" PRIx64, machine->config.image, at);
            return false;
        }
        fprintf(out.file, "%08" PRIx32 "\n", word);
    }
    return hb_output_close(&out, error);
}

/* The table, since traces have no console that could show how they went; and warnings that must not be missed. */
static void print_report(const struct hb_machine *machine, struct hb_run_result *result, bool table) {
    struct hb_run_variant variant = {.result = result};
    struct hb_run_report report = {.variants = 1, .variant = &variant};
    memcpy(report.name, machine->config.name, sizeof report.name);
    char *text[2] = {table ? hb_report_table(&report) : NULL, hb_report_warnings(&report)};
    for (int i = 0; i < 2; i++) {
        if (text[i])
            fputs(text[i], stderr);
        free(text[i]);
    }
}

static bool write_csv(const struct hb_machine *machine, struct hb_run_result *result, const char *dir,
                      struct hb_error *error) {
    struct hb_run_variant variant = {.result = result};
    struct hb_run_report report = {.variants = 1, .variant = &variant};
    memcpy(report.name, machine->config.name, sizeof report.name);
    return hb_run_write_csv(&report, dir, error);
}

static bool save_all(struct hb_machine *machine, const struct hb_options *options, struct hb_run_result *result,
                     struct hb_error *error) {
    if (options->signature && !write_signature(machine, options->signature, error))
        return false;
    if (options->disk_write && !hb_machine_write_disk(machine, error))
        return false;
    if (options->record && !hb_recording_write(machine, options->record, error))
        return false;
    return !options->out || (hb_run_write_result(machine, result, options->out, error) &&
                             (!options->csv || write_csv(machine, result, options->out, error)));
}

/* An outcome that the program itself reported is printed unless --quiet; any other always. */
static void tell_failure(const struct hb_run_result *result, bool quiet) {
    if (!result->has_exit_code || result->guest_outcome == HB_GUEST_PASSED)
        fprintf(stderr, "hartbeat: %s\n", result->reason);
    else if (!quiet)
        fprintf(stderr, "hartbeat: the program failed with code %" PRIu32 "\n", result->exit_code);
}

static int status_of(const struct hb_machine *machine, const struct hb_run_result *result, bool quiet) {
    char cycles[HB_OS_GROUPED_BYTES];
    hb_os_grouped(result->cycles, cycles);
    switch (result->outcome) {
    case HB_OUTCOME_RUNNING: fprintf(stderr, "hartbeat: left by Ctrl-A x after %s cycles\n", cycles); break;
    case HB_OUTCOME_PASSED: return HB_EXIT_OK;
    case HB_OUTCOME_FAILED: tell_failure(result, quiet); return HB_EXIT_FAILED;
    case HB_OUTCOME_CRASH: hb_crash_print(machine, stderr); return HB_EXIT_FAILED;
    default:
        fprintf(stderr, "hartbeat: %s after %s cycles\n",
                result->outcome == HB_OUTCOME_HANG    ? "no hart can ever run again"
                : result->outcome == HB_OUTCOME_LIMIT ? "the limit is reached"
                                                      : "interrupted",
                cycles);
    }
    return HB_EXIT_UNFINISHED;
}

/* For a person at a terminal; a pipe gets only the console. */
static void show_table(const struct hb_machine *machine, const struct hb_options *options) {
    uint64_t n = machine->saved->console_bytes;
    if (options->quiet || options->mem_trace || !isatty(STDERR_FILENO))
        return;
    if (n && machine->console[n - 1] != '\n')
        fputc('\n', stderr);
    hb_exec_table(machine, stderr);
}

static int finish(struct hb_machine *machine, const struct hb_options *options) {
    struct hb_error error;
    struct hb_run_result *result = hb_result_gather(machine);
    int status;
    print_report(machine, result, options->mem_trace && !options->quiet);
    if (save_all(machine, options, result, &error)) {
        show_table(machine, options);
        status = status_of(machine, result, options->quiet);
    } else {
        status = tell(&error);
    }
    hb_result_free(result);
    return status;
}

/* The machine with its inputs; NULL: `error` says why not. */
static struct hb_machine *build(const struct hb_config *config, const struct hb_options *options,
                                struct hb_error *error) {
    struct hb_machine *machine = hb_machine_create(config, error);
    if (machine && (!options->replay || hb_recording_read(machine, options->replay, error)) &&
        (!options->from || hb_snapshot_read(machine, options->from, error)))
        return machine;
    hb_machine_destroy(machine);
    return NULL;
}

static void warn_of_outside(const char *path, const struct hb_elf *elf) {
    char text[HB_ERROR_BYTES];
    if (hb_image_is_partly_outside(path, elf, text, sizeof text))
        fprintf(stderr, "warning: %s\n", text);
}

static bool prepare(const struct hb_options *options, struct hb_error *error) {
    return !options->out ||
           (hb_run_prepare_folder(options->out, error) && (!options->csv || hb_run_prepare_csv(options->out, error)));
}

static int run_machine(const struct hb_config *config, const struct hb_options *options, struct hb_save_request *save) {
    struct hb_error error;
    struct hb_machine *machine = NULL;
    struct hb_trace *trace = NULL;
    int status = HB_EXIT_USAGE;
    if (!prepare(options, &error) || !(machine = build(config, options, &error)) ||
        (options->trace && !(trace = hb_trace_open(machine, options->trace, &error)))) {
        status = tell(&error);
    } else {
        if (!options->quiet) {
            warn_of_outside(config->image, &machine->elf);
            warn_of_outside(config->bios, &machine->firmware);
        }
        hb_interrupt_catch();
        if (run_all(machine, options, save, trace, &status))
            status = finish(machine, options);
    }
    hb_machine_destroy(machine);
    return status;
}

static bool add_save(const struct hb_options *options, struct hb_save_request *save) {
    save->path = options->save_at[1];
    save->clean = options->clean;
    return !save->path || hb_options_number(options->save_at[0], "--save-at", &save->cycle);
}

/* What the machine boots in addition to the program. */
static void add_boot(const struct hb_options *options, struct hb_config *config) {
    config->bios = options->bios;
    config->initrd = options->initrd;
    config->append = options->append;
    config->disk = options->disk;
    config->disk_write = options->disk_write;
}

/* ---- Memory traces ---- */

static void warn_of_folding(const struct hb_experiment *experiment) {
    const struct hb_mem_trace *trace = experiment->mem_trace;
    if (trace->pages_shared)
        fprintf(stderr,
                "warning: %" PRIu64 " of the %" PRIu64 " pages of RAM that the traces touch hold more than one page of "
                "theirs; with more RAM they may be kept apart (--set machine.memory.size=4GiB)\n",
                trace->pages_shared, trace->pages);
}

static bool load_traces(const struct hb_options *options, struct hb_experiment *experiment, struct hb_error *error) {
    struct hb_trace_files files = {.path = options->argument, .n = (uint32_t)options->arguments};
    const char *format = options->mem_trace_format;
    if (format && !hb_mem_format_find(format, &files.format)) {
        hb_error_set(error, "--mem-trace-format: \"%s\" is none (din, smpcache, parsec, order, order-bus)", format);
        return false;
    }
    if (!hb_experiment_for_traces(&files, options->machine, options->set, options->sets, experiment, error))
        return false;
    if (!options->quiet)
        warn_of_folding(experiment);
    return true;
}

/* ---- The command ---- */

static bool check_arguments(const struct hb_options *options) {
    if (options->mem_trace ? options->arguments > 0 : options->arguments == 1)
        return true;
    if (options->mem_trace)
        fputs("hartbeat exec: --mem-trace: no files are given, one a hart (see: hartbeat help exec)\n", stderr);
    else
        fputs("hartbeat exec: one program is needed: an ELF for RV64 (see: hartbeat help exec)\n", stderr);
    return false;
}

static bool load(const struct hb_options *options, struct hb_experiment *experiment, struct hb_error *error) {
    if (options->mem_trace)
        return load_traces(options, experiment, error);
    return hb_experiment_for_program(options->argument[0], options->machine, options->set, options->sets, experiment,
                                     error);
}

int hb_cmd_exec(const struct hb_options *options) {
    struct hb_experiment experiment;
    struct hb_error error;
    struct hb_save_request save = {0};
    if (!check_arguments(options) || !add_save(options, &save))
        return HB_EXIT_USAGE;
    if (!load(options, &experiment, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return HB_EXIT_USAGE;
    }
    struct hb_config *config = &experiment.variant[0].config;
    add_boot(options, config);
    int status = run_machine(config, options, &save);
    hb_experiment_free(&experiment);
    return status;
}
