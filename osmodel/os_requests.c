#include "osmodel/os_requests.h"

#include <stdlib.h>
#include <string.h>

#include "osmodel/guest/workloads/arrivals.h"
#include "osmodel/guest/workloads/kinds.h"

/* ---- Judgement -------------------------------------------------------------------------------------------------- */

/* What is known of a request at the end. */
struct judged {
    uint64_t arrival_cycle;
    const struct hb_os_request *seen;
    bool right;
};

struct judgement {
    struct judged *judged;
    uint64_t n;
    uint64_t *values;
};

static uint64_t requests_of(const struct hb_group *group) {
    return group->kind == HB_KIND_SERVER && group->requests <= HB_REQUESTS_MAX ? group->requests : 0;
}

/* The host computes at once what a request should give, unless somebody has made it endless in mid-run. */
static bool is_right(const struct hb_params *params, const struct hb_group *group, uint32_t request,
                     const struct hb_os_request *seen) {
    uint8_t set[HB_SET_SMALL_BYTES] __attribute__((aligned(64)));
    if (!seen->answered_cycle || group->work > HB_WORK_ALL_MAX / HB_REQUESTS_MAX)
        return false;
    return seen->answer == (uint32_t)hb_request_serve(params->seed, request, group->work, set);
}

static void judge_group(const struct hb_os_view *view, const struct hb_params *params, uint32_t number,
                        struct judgement *all) {
    const struct hb_group *group = &params->group[number];
    uint64_t cycle = view->harts_up_cycle;
    for (uint32_t request = 0; request < requests_of(group) && all->n < HB_REQUESTS_MAX; request++) {
        cycle += hb_arrival_gap(params->seed, group, request);
        const struct hb_os_request *seen = &view->requests[all->n];
        all->judged[all->n++] = (struct judged){cycle, seen, is_right(params, group, request, seen)};
    }
}

uint64_t hb_os_request_arrivals(const struct hb_os_view *view, const struct hb_params *params, uint64_t *arrival) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < params->workload_groups && i < HB_GROUPS_MAX; i++) {
        uint64_t cycle = view->harts_up_cycle;
        for (uint32_t request = 0; request < requests_of(&params->group[i]) && n < HB_REQUESTS_MAX; request++) {
            cycle += hb_arrival_gap(params->seed, &params->group[i], request);
            arrival[n++] = cycle;
        }
    }
    return n;
}

static void count(const struct hb_os_view *view, const struct judgement *all, struct hb_os_requests *requests) {
    for (uint64_t i = 0; i < all->n; i++) {
        const struct judged *judged = &all->judged[i];
        bool offered = judged->arrival_cycle <= view->cycle || judged->seen->taken;
        bool answered = judged->seen->answered_cycle != 0;
        requests->offered += offered;
        requests->served += judged->right;
        requests->wrong += answered && !judged->right;
        requests->dropped += judged->seen->refused;
        requests->retried += judged->seen->taken > 1 ? judged->seen->taken - 1 : 0;
        requests->lost += offered && !answered && !judged->seen->refused;
    }
}

/* ---- Times ------------------------------------------------------------------------------------------------------- */

static uint64_t difference(uint64_t from, uint64_t to) {
    return to > from ? to - from : 0;
}

static uint64_t wait_of(const struct judged *judged) {
    return difference(judged->arrival_cycle, judged->seen->first_cycle);
}

static uint64_t service_of(const struct judged *judged) {
    return difference(judged->seen->taken_cycle, judged->seen->answered_cycle);
}

static uint64_t latency_of(const struct judged *judged) {
    return difference(judged->arrival_cycle, judged->seen->answered_cycle);
}

static void spread(const struct judgement *all, uint64_t (*of)(const struct judged *judged), struct hb_os_spread *to) {
    uint64_t n = 0;
    for (uint64_t i = 0; i < all->n; i++)
        if (all->judged[i].right)
            all->values[n++] = of(&all->judged[i]);
    hb_os_spread_of(all->values, n, to);
}

/* ---- Over time --------------------------------------------------------------------------------------------------- */

static uint64_t last_answer(const struct judgement *all) {
    uint64_t last = 0;
    for (uint64_t i = 0; i < all->n; i++)
        if (all->judged[i].right && all->judged[i].seen->answered_cycle > last)
            last = all->judged[i].seen->answered_cycle;
    return last;
}

/* In the windows of this length that begin at `origin`, and are `n`: marks those in which one was answered with 1, and
 * those at whose beginning one was there and unanswered with 2. */
static void mark(const struct judged *judged, uint64_t origin, uint64_t length, uint64_t n, uint8_t *marks) {
    uint64_t answered = judged->seen->answered_cycle, end = answered ? answered : origin + n * length;
    if (judged->seen->refused || end < origin)
        return;
    if (judged->right && (answered - origin) / length < n)
        marks[(answered - origin) / length] |= 1;
    uint64_t first = (difference(origin, judged->arrival_cycle) + length - 1) / length;
    for (uint64_t i = first; i < n && origin + i * length < end; i++)
        marks[i] |= 2;
}

/* Up to where requests wait: to the last answer, or to the end of the run if one was never answered. */
static uint64_t end_of_waiting(const struct hb_os_view *view, const struct judgement *all) {
    for (uint64_t i = 0; i < all->n; i++)
        if (all->judged[i].arrival_cycle <= view->cycle && !all->judged[i].seen->answered_cycle &&
            !all->judged[i].seen->refused)
            return view->cycle;
    return last_answer(all);
}

static void fill_availability(const struct hb_os_view *view, const struct judgement *all,
                              struct hb_os_requests *requests) {
    uint64_t length = 3 * requests->service.p50, origin = view->harts_up_cycle, last = end_of_waiting(view, all);
    uint64_t n = length && last > origin ? (last - origin) / length : 0, busy = 0, served = 0;
    uint8_t *marks = calloc(n + 1, 1);
    if (!marks)
        abort();
    for (uint64_t i = 0; i < all->n && n; i++)
        mark(&all->judged[i], origin, length, n, marks);
    for (uint64_t i = 0; i < n; i++) {
        busy += (marks[i] & 2) != 0;
        served += marks[i] == 3;
    }
    free(marks);
    requests->has_availability = busy > 0;
    requests->availability = busy ? (double)served / (double)busy : 0;
}

static void fill_series(const struct hb_os_view *view, const struct judgement *all, uint64_t length,
                        struct hb_os_requests *requests) {
    uint64_t origin = view->harts_up_cycle, last = last_answer(all);
    if (length == 0 || last <= origin)
        return;
    while ((last - origin) / length >= HB_OS_REQUEST_WINDOWS_MAX)
        length *= 2;
    requests->windows_count = (uint32_t)((last - origin) / length + 1);
    for (uint32_t i = 0; i < requests->windows_count; i++)
        requests->windows[i] =
            (struct hb_os_request_window){.from_cycle = origin + i * length, .to_cycle = origin + (i + 1) * length};
    for (uint64_t i = 0; i < all->n; i++) {
        uint64_t arrived = difference(origin, all->judged[i].arrival_cycle) / length;
        uint64_t answered = difference(origin, all->judged[i].seen->answered_cycle) / length;
        if (arrived < requests->windows_count)
            requests->windows[arrived].arrived++;
        if (all->judged[i].right)
            requests->windows[answered].served++;
    }
}

bool hb_os_requests_fill(const struct hb_os_view *view, const struct hb_params *params, uint64_t window_cycles,
                         struct hb_os_requests *requests) {
    struct judgement all = {.judged = calloc(HB_REQUESTS_MAX, sizeof *all.judged),
                            .values = calloc(HB_REQUESTS_MAX, sizeof *all.values)};
    if (!all.judged || !all.values)
        abort();
    *requests = (struct hb_os_requests){0};
    if (view->harts_up_cycle != HB_OS_NONE)
        for (uint32_t g = 0; g < params->workload_groups && g < HB_GROUPS_MAX; g++)
            judge_group(view, params, g, &all);
    count(view, &all, requests);
    spread(&all, wait_of, &requests->wait);
    spread(&all, service_of, &requests->service);
    spread(&all, latency_of, &requests->latency);
    if (all.n) {
        fill_availability(view, &all, requests);
        fill_series(view, &all, window_cycles, requests);
    }
    free(all.judged);
    free(all.values);
    return all.n > 0;
}
