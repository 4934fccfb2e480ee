/* Traces: what happens in a run, cycle by cycle, in a file for a viewer. The file's suffix selects the format:
 *
 *     .json   Trace Event format, for Perfetto and the Chrome viewer      sim/trace/trace_json.c
 *     .vcd    value change dump, for GTKWave                              sim/trace/trace_vcd.c
 *     .csv    one line per event, for a spreadsheet or a program          sim/trace/trace_csv.c
 *     .grants the order in which the bus was granted, for replay          sim/trace/trace_grants.c
 *
 * What is shown, and from which cycle to which, is config.trace. Nothing of the machine depends on whether it is
 * traced: a trace is a watcher (sim/observe/watcher.h) of bus and tracepoints, and looks at harts when a cycle is
 * closed, which is why hb_trace_run() goes cycle by cycle while the trace is on. What is written goes to the file as it
 * comes.
 *
 *     struct hb_trace *trace = hb_trace_open(machine, "x.json", &error);
 *     while (machine->saved->outcome == HB_OUTCOME_RUNNING && hb_trace_run(trace, &save, cycle, &error)) ...
 *     bool ok = hb_trace_close(trace, &error);
 */
#ifndef HB_SIM_TRACE_H
#define HB_SIM_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/machine/commit_log.h"
#include "sim/machine/machine.h"
#include "sim/state/snapshot_file.h"

struct hb_trace;

/* Begin the file. NULL: `error` (an unknown suffix, a line that is not there, a file that cannot be written). */
struct hb_trace *hb_trace_open(struct hb_machine *machine, const char *path, struct hb_error *error);

/* As hb_save_run(), with tracing. False: `error`, also when the file can no longer be written. */
bool hb_trace_run(struct hb_trace *trace, struct hb_save_request *save, uint64_t until, struct hb_error *error);

/* End the file, detach from the machine and free the trace (NULL: nothing to do). False: `error`. */
bool hb_trace_close(struct hb_trace *trace, struct hb_error *error);

/* Run with or (`trace` NULL) without a trace. What is logged by then is on its way to the disk. */
static inline bool hb_run_traced(struct hb_machine *machine, struct hb_trace *trace, struct hb_save_request *save,
                                 uint64_t until, struct hb_error *error) {
    bool ok = trace ? hb_trace_run(trace, save, until, error) : hb_save_run(machine, save, until, error);
    return ok && hb_commit_log_flush(machine, error);
}

#endif
