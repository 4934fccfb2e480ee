/* The requests of servers: which wait, which are served, and how long those that are answered took. */
#include <stdlib.h>
#include <string.h>

#include "osmodel/os_requests.h"
#include "ui/dashboard/source/machine_session.h"

static uint32_t bucket_of(uint64_t cycles) {
    uint32_t bucket = 0;
    while (cycles >= hb_view_bucket_end(bucket) && bucket + 1 < HB_VIEW_BUCKETS)
        bucket++;
    return bucket;
}

/* Keeps those that came first, which have waited longest. */
static void add_chip(struct hb_view_chip *chips, uint32_t *n, int32_t request, uint64_t waited) {
    if (*n < HB_VIEW_CHIPS)
        chips[(*n)++] = (struct hb_view_chip){request, waited};
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
        uint64_t latency = request->answered_cycle > arrival ? request->answered_cycle - arrival : 0;
        view->answered++;
        view->bucket[bucket_of(latency)]++;
        view->longest_cycles = latency > view->longest_cycles ? latency : view->longest_cycles;
    } else if (request->taken) {
        view->serving++;
        add_chip(view->served, &view->served_chips, number, now - request->taken_cycle);
    } else {
        view->waiting++;
        add_chip(view->waits, &view->wait_chips, number, now > arrival ? now - arrival : 0);
    }
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
    free(arrival);
}
