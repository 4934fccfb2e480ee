/* Places in the whole run that one goes back to: faults, bookmarks, pages of a lesson. */
#include <stdio.h>
#include <string.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/markers.h"

#define FAR_OFF 32 /* times what is known of the run: a fault to come that would squeeze all else on the strip */

/* Adds it in order; false: it was there, or there is no room. */
static bool add(struct hb_cycles *list, uint64_t cycle) {
    uint32_t at = 0;
    while (at < list->count && list->cycle[at] < cycle)
        at++;
    if (list->count == HB_APP_PLACES || (at < list->count && list->cycle[at] == cycle))
        return false;
    memmove(&list->cycle[at + 1], &list->cycle[at], (list->count - at) * sizeof list->cycle[0]);
    list->cycle[at] = cycle;
    list->count++;
    return true;
}

static void take_out(struct hb_cycles *list, uint64_t cycle) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->cycle[i] != cycle)
            list->cycle[kept++] = list->cycle[i];
    list->count = kept;
}

void hb_app_note_fault(struct hb_app *app, uint64_t cycle) {
    add(&app->faults, cycle);
}

void hb_app_forget_faults(struct hb_app *app, uint64_t from_cycle) {
    while (app->faults.count > 0 && app->faults.cycle[app->faults.count - 1] >= from_cycle)
        app->faults.count--;
}

void hb_app_bookmark(struct hb_app *app) {
    uint64_t now = hb_app_cycle(app);
    char cycle[HB_FORMAT_BYTES], text[96];
    bool added = add(&app->bookmarks, now), full = !added && app->bookmarks.count == HB_APP_PLACES;
    if (!added)
        take_out(&app->bookmarks, now);
    hb_format_count(cycle, now);
    snprintf(text, sizeof text,
             full    ? "There is no room for more bookmarks than there are."
             : added ? "Bookmark at cycle %s."
                     : "The bookmark at cycle %s is gone.",
             cycle);
    hb_app_notice(app, text);
}

/* What has been counted by now. */
static struct hb_marker marker_now(const struct hb_app *app) {
    struct hb_counters counters;
    app->session->ops->counters(app->session->self, &counters);
    struct hb_marker marker = {.set = true, .cycle = counters.cycle, .tasks = counters.tasks_done};
    for (uint32_t h = 0; h < app->view.machine.harts; h++)
        marker.instructions += counters.hart[h].instructions;
    for (uint32_t i = 0; i < HB_VIEW_TYPES; i++)
        marker.transactions += counters.type[i];
    return marker;
}

void hb_app_marker(struct hb_app *app, bool b) {
    struct hb_marker *marker = &app->ui.marker[b], now = marker_now(app);
    char text[160];
    if (marker->set && marker->cycle == now.cycle)
        *marker = (struct hb_marker){.set = false};
    else
        *marker = now;
    if (hb_marker_difference(&app->ui, text, sizeof text) == 0)
        snprintf(text, sizeof text, marker->set ? "Marker %c is here; %c sets the other." : "Marker %c is gone.",
                 "AB"[b], "ZA"[b]);
    hb_app_notice(app, text);
}

void hb_app_forget_markers(struct hb_app *app, uint64_t from_cycle) {
    for (int i = 0; i < 2; i++)
        if (app->ui.marker[i].cycle > from_cycle)
            app->ui.marker[i] = (struct hb_marker){.set = false};
}

/* Of the places in the list, and `best`: the nearest to `now` on its side. */
static uint64_t nearest(const struct hb_cycles *list, uint64_t now, bool back, uint64_t best) {
    for (uint32_t i = 0; i < list->count; i++) {
        uint64_t cycle = list->cycle[i];
        if (back ? cycle < now && (best == UINT64_MAX || cycle > best) : cycle > now && cycle < best)
            best = cycle;
    }
    return best;
}

void hb_app_to_place(struct hb_app *app, bool back) {
    uint64_t now = hb_app_cycle(app), best = UINT64_MAX;
    best = nearest(&app->faults, now, back, best);
    best = nearest(&app->bookmarks, now, back, best);
    if (!back && app->view.coming_cycle > now && app->view.coming_cycle < best)
        best = app->view.coming_cycle;
    if (best == UINT64_MAX)
        hb_app_notice(app, back ? "No fault and no bookmark lies before." : "No fault and no bookmark lies ahead.");
    else
        hb_app_go(app, best);
}

static void put(struct hb_view_time *time, uint64_t cycle, enum hb_place_kind kind) {
    if (time->places < HB_VIEW_PLACES)
        time->place[time->places++] = (struct hb_view_place){cycle, (uint8_t)kind};
    if (cycle > time->end_cycle)
        time->end_cycle = cycle;
}

/* A round end, so that the strip rarely changes its scale: 2^n or three quarters of it. */
static uint64_t round_end(uint64_t cycle) {
    uint64_t power = 1u << 16;
    while (power < cycle)
        power *= 2;
    return power / 4 * 3 >= cycle ? power / 4 * 3 : power;
}

void hb_app_fill_time(struct hb_app *app) {
    struct hb_view_time *time = &app->view.time;
    const struct hb_deck *deck = app->ui.deck;
    time->furthest_cycle = app->furthest_cycle;
    time->end_cycle = app->furthest_cycle;
    time->places = 0;
    for (uint32_t i = 0; i < app->faults.count; i++)
        put(time, app->faults.cycle[i], HB_SPOT_FAULT);
    for (uint32_t i = 0; i < app->bookmarks.count; i++)
        put(time, app->bookmarks.cycle[i], HB_SPOT_BOOKMARK);
    for (uint32_t i = 0; deck != NULL && i < deck->pages; i++)
        if (deck->page[i].run == app->ui.variant && !deck->page[i].pending && deck->page[i].trouble == NULL)
            put(time, deck->page[i].cycle, HB_SPOT_PAGE);
    for (uint32_t i = 0; i < 2; i++)
        if (app->ui.marker[i].set)
            put(time, app->ui.marker[i].cycle, i == 0 ? HB_SPOT_MARKER_A : HB_SPOT_MARKER_B);
    if (app->view.coming_cycle > app->furthest_cycle && app->view.coming_cycle / FAR_OFF <= time->end_cycle)
        put(time, app->view.coming_cycle, HB_SPOT_COMING);
    if (app->end_cycle == 0 || time->end_cycle > app->end_cycle)
        time->end_cycle = round_end(time->end_cycle);
}
