/* Traces as a file of grants (sim/config/grants.h): whom the arbiter has chosen, when, after what wait, and for what.
 *
 * Replayed by the arbiter `script` from where the trace begins, the first cycle or a clean snapshot, the same machine
 * repeats every cycle. A choice whose request no longer needed the bus is written as well: the port was answered by it.
 * Only the order is replayed. Under `tdma` the bus is left idle in between, which an order cannot express, so a replay
 * of it is faster.
 */
#include <inttypes.h>

#include "bus/protocol/protocol.h"
#include "sim/trace/trace_format.h"

static void granted(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    char place[HB_TRACE_NAME_BYTES];
    uint64_t waited = now - bus->state->port[t->port].request.posted_cycle;
    hb_trace_print(context, "%" PRIu32 "  # %" PRIu64 " after %" PRIu64 " %s %s\n", t->port, now, waited,
                   hb_txn_name(t->kind), hb_trace_place(context, t->line, place));
}

static void declined(void *context, const struct hb_bus *bus, uint32_t port, uint64_t now) {
    (void)bus;
    hb_trace_print(context, "%" PRIu32 "  # %" PRIu64 " declined: it no longer needs the bus\n", port, now);
}

static void begin(struct hb_trace *trace, uint64_t now) {
    hb_trace_print(trace,
                   "# The grants of the bus from cycle %" PRIu64 " on: port  # cycle, wait, transaction, line.\n"
                   "# To play them again, with the changes that you make here:\n"
                   "#     --set machine.bus.arbiter=script --set machine.bus.script=%s\n",
                   now, trace->out.path);
}

const struct hb_trace_format hb_trace_grants = {
    .suffix = ".grants",
    .own_bytes = 1,
    .watch = {.granted = granted, .declined = declined},
    .begin = begin,
};
