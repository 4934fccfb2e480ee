/* Traces as CSV (RFC 4180): cycle, hart, event, address, symbol, detail; one line per event, in order of time.
 *
 * The event of a finished transaction is its name, so that as many lines say BusRd as result.json counts. A `request`
 * is written when it is posted, a `grant` when it is granted; a change of a line's state has the cache and both
 * letters.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bus/protocol/protocol.h"
#include "osmodel/os_text.h"
#include "sim/trace/trace_format.h"

#define DETAIL_BYTES 192

/* A field in quotes when it needs them. */
static const char *quoted(const char *text, char *to, size_t n) {
    size_t used = 0;
    if (!strpbrk(text, ",\"\r\n"))
        return text;
    to[used++] = '"';
    for (; *text && used + 3 < n; text++) {
        if (*text == '"')
            to[used++] = '"';
        to[used++] = *text;
    }
    to[used++] = '"';
    to[used] = 0;
    return to;
}

/* `address`: HB_NO_LINE: none. */
static void row(struct hb_trace *trace, uint64_t now, const char *hart, const char *event, uint64_t address,
                const char *detail) {
    char number[24] = "", symbol[HB_TRACE_NAME_BYTES] = "", fields[2][2 * DETAIL_BYTES];
    if (address != HB_NO_LINE) {
        snprintf(number, sizeof number, "0x%" PRIx64, address);
        hb_trace_symbol(trace, address, symbol);
    }
    hb_trace_print(trace, "%" PRIu64 ",%s,%s,%s,%s,%s\n", now, hart, event, number,
                   quoted(symbol, fields[0], sizeof fields[0]), quoted(detail, fields[1], sizeof fields[1]));
}

static void row_of_hart(struct hb_trace *trace, uint64_t now, uint32_t hart, const char *event, uint64_t address,
                        const char *detail) {
    char number[16] = "disk";
    if (hart < trace->machine->bus.harts)
        snprintf(number, sizeof number, "%" PRIu32, hart);
    row(trace, now, number, event, address, detail);
}

/* ---- The bus --------------------------------------------------------------------------------------------------- */

static void posted(void *context, const struct hb_bus *bus, uint32_t port, uint64_t now) {
    const struct hb_request *request = &bus->state->port[port].request;
    row_of_hart(context, now, port, "request", request->address, hb_trace_access(request->kind));
}

static void granted(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    char detail[DETAIL_BYTES];
    snprintf(detail, sizeof detail, "%s after %" PRIu64, hb_txn_name(t->kind),
             now - bus->state->port[t->port].request.posted_cycle);
    row_of_hart(context, now, t->port, "grant", t->line, detail);
}

static void finished(void *context, const struct hb_bus *bus, const struct hb_transaction *t, uint64_t now) {
    char detail[DETAIL_BYTES], supplier[HB_TRACE_NAME_BYTES];
    (void)bus;
    snprintf(detail, sizeof detail, "granted=%" PRIu64 " snooped=%" PRIu64 " data_cycles=%" PRIu32 " supplier=%s",
             t->grant_cycle, t->snoop_cycle, t->data_cycles, hb_trace_supplier(t, supplier));
    row_of_hart(context, now, t->port, hb_txn_name(t->kind), t->line, detail);
}

static void line(void *context, const struct hb_bus *bus, uint8_t agent, uint64_t address, uint8_t before,
                 uint8_t after, const struct hb_transaction *t, uint64_t now) {
    char detail[DETAIL_BYTES], port[HB_TRACE_NAME_BYTES];
    bool l1i = hb_agent_is_l1i(agent);
    const struct hb_protocol *protocol = l1i ? &hb_protocol_l1i : hb_bus_protocol_at(bus, address);
    snprintf(detail, sizeof detail, "L1%c %c>%c%s%s%s%s", l1i ? 'I' : 'D', protocol->state[before].letter,
             protocol->state[after].letter, t ? " " : "", t ? hb_txn_name(t->kind) : "", t ? " of " : "",
             t ? hb_trace_port(bus, t->port, port) : "");
    row_of_hart(context, now, agent / 2u, "line", address, detail);
}

/* A store returns nothing: what it stores is told instead. */
static uint64_t value_of(const struct hb_request *request, uint64_t value) {
    if (request->kind != HB_ACCESS_STORE || request->bytes > sizeof value)
        return value;
    return request->operand & UINT64_MAX >> (64 - 8 * request->bytes);
}

static void access_(void *context, const struct hb_bus *bus, uint32_t hart, const struct hb_request *request,
                    uint64_t value, enum hb_access_way way, uint64_t now) {
    static const char *const ways[] = {[HB_WAY_HIT] = "hit",
                                       [HB_WAY_BUS] = "bus",
                                       [HB_WAY_MEMORY] = "memory",
                                       [HB_WAY_FORWARDED] = "forwarded",
                                       [HB_WAY_BUFFERED] = "buffered"};
    struct hb_trace *trace = context;
    char detail[DETAIL_BYTES];
    (void)bus;
    if (!trace->machine->config.trace.accesses)
        return; /* some are reported, but not hits by host lookups: an incomplete list says nothing */
    snprintf(detail, sizeof detail, "%s bytes=%u value=0x%" PRIx64, ways[way], request->bytes,
             value_of(request, value));
    row_of_hart(trace, now, hart, hb_trace_access(request->kind), request->address, detail);
}

static void reservation_lost(void *context, const struct hb_bus *bus, uint32_t hart, uint64_t address, uint64_t now) {
    (void)bus;
    row_of_hart(context, now, hart, "reservation lost", address, "");
}

/* ---- Harts and their system ------------------------------------------------------------------------------------ */

static bool is_about_lock(uint32_t id) {
    return (id >= HB_TP_LOCK_WAIT && id <= HB_TP_LOCK_RELEASE) || id == HB_TP_LOCK_RECOVERED;
}

static void point(struct hb_trace *trace, const struct hb_trace_record *record) {
    char sentence[HB_OS_TEXT_BYTES];
    uint64_t address = is_about_lock(record->id) ? (uint32_t)record->value : HB_NO_LINE;
    row_of_hart(trace, record->cycle, record->hart, hb_os_event_name(record->id), address,
                hb_trace_sentence(trace, record, sentence, sizeof sentence));
}

static void tell_hart(struct hb_trace *trace, uint32_t h, uint64_t now) {
    char detail[HB_TRACE_NAME_BYTES];
    const struct hb_activity *activity = &trace->hart[h].activity;
    row_of_hart(trace, now, h, "state", activity->waits ? trace->hart[h].waits_for : HB_NO_LINE,
                hb_trace_activity(trace, activity, detail));
}

static void hart(struct hb_trace *trace, uint32_t h, const struct hb_trace_hart *was, uint64_t now) {
    (void)was;
    tell_hart(trace, h, now);
}

static void function(struct hb_trace *trace, uint32_t h, const char *was, uint64_t since, uint64_t now) {
    (void)was, (void)since;
    row_of_hart(trace, now, h, "function", trace->hart[h].pc, "");
}

static void begin(struct hb_trace *trace, uint64_t now) {
    hb_trace_print(trace, "cycle,hart,event,address,symbol,detail\n");
    for (uint32_t h = 0; h < trace->machine->bus.harts; h++)
        tell_hart(trace, h, now);
}

const struct hb_trace_format hb_trace_csv = {
    .suffix = ".csv",
    .own_bytes = 1,
    .watch = {.posted = posted,
              .granted = granted,
              .finished = finished,
              .line = line,
              .access = access_,
              .reservation_lost = reservation_lost},
    .begin = begin,
    .point = point,
    .hart = hart,
    .function = function,
};
