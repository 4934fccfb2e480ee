/* The requests of servers: which wait, which are served, and how long those that are answered took. */
#include <stdlib.h>
#include <string.h>

#include "osmodel/os_requests.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/source/machine_session.h"

#define ALIKE          4 /* latencies are so when the longest is the shortest and a quarter at most */
#define SPREAD_BUCKETS 20
#define SPREAD_BEFORE  6 /* empty ones, so that what is alike stands in the middle */

static uint32_t bucket_of(const struct hb_view_server *view, uint64_t cycles) {
    uint32_t bucket = 0;
    while (cycles >= hb_view_latency_end(view, bucket) && bucket + 1 < HB_VIEW_BUCKETS)
        bucket++;
    return bucket;
}

/* Keeps those that came first, which have waited longest. */
static void add_chip(struct hb_view_chip *chips, uint32_t *n, int32_t request, uint64_t waited) {
    if (*n < HB_VIEW_CHIPS)
        chips[(*n)++] = (struct hb_view_chip){request, waited};
}

static uint64_t latency_of(const struct hb_os_request *request, uint64_t arrival) {
    return request->answered_cycle > arrival ? request->answered_cycle - arrival : 0;
}

static void see(const struct hb_os_request *request, int32_t number, uint64_t arrival, uint64_t now,
                struct hb_view_server *view) {
    if (arrival > now && !request->taken)
        return;
    view->offered++;
    view->dropped += request->refused;
    if (request->refused)
        return;
    if (request->answered_cycle != 0) {
        const uint64_t latency = latency_of(request, arrival);
        view->shortest_cycles =
            view->answered == 0 || latency < view->shortest_cycles ? latency : view->shortest_cycles;
        view->longest_cycles = latency > view->longest_cycles ? latency : view->longest_cycles;
        view->answered++;
    } else if (request->taken) {
        view->serving++;
        add_chip(view->served, &view->served_chips, number, now - request->taken_cycle);
    } else {
        view->waiting++;
        add_chip(view->waits, &view->wait_chips, number, now > arrival ? now - arrival : 0);
    }
}

/* Where all answers would stand in one or two buckets these are finer: at a round width, but none so fine that a
 * thousandth of a latency fills several. */
static void choose_buckets(struct hb_view_server *view) {
    const uint64_t spread = view->longest_cycles - view->shortest_cycles;
    if (view->answered == 0 || spread > view->shortest_cycles / ALIKE)
        return;
    const uint64_t fit = spread / SPREAD_BUCKETS, least = view->shortest_cycles / 1000;
    view->fine_cycles = (uint64_t)hb_round_125((double)(fit > least ? fit : least) * 2 + 1);
    const uint64_t before = SPREAD_BEFORE * view->fine_cycles;
    const uint64_t from = view->shortest_cycles / view->fine_cycles * view->fine_cycles;
    view->fine_from_cycles = from > before ? from - before : 0;
}

static void fill_buckets(const struct hb_os_view *os, const uint64_t *arrival, uint64_t n,
                         struct hb_view_server *view) {
    for (uint64_t i = 0; i < n; i++)
        if (!os->requests[i].refused && os->requests[i].answered_cycle != 0)
            view->bucket[bucket_of(view, latency_of(&os->requests[i], arrival[i]))]++;
}

void hb_view_fill_server(const struct hb_machine *machine, struct hb_view_server *view) {
    const struct hb_os_view *os = &machine->saved->os;
    uint64_t *arrival = calloc(HB_REQUESTS_MAX, sizeof *arrival);
    if (arrival == NULL)
        abort();
    uint64_t n = machine->elf.has_note ? hb_os_request_arrivals(os, &machine->config.os, arrival) : 0;
    *view = (struct hb_view_server){.known = n > 0};
    for (uint64_t i = 0; i < n; i++)
        see(&os->requests[i], (int32_t)i, arrival[i], machine->saved->cycle, view);
    choose_buckets(view);
    fill_buckets(os, arrival, n, view);
    free(arrival);
}
