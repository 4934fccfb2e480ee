/* To the event of a line, lock, task or CPU before the present cycle or after it: from keyframe to keyframe the machine
 * is run once more while the session looks for it. */
#include <stdio.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/format.h"

#define AHEAD_CYCLES 4000000 /* in which the next one is expected */

static struct hb_view_subject subject_of(const struct hb_app *app) {
    struct hb_view_subject subject = app->ui.subject;
    if (subject.kind == HB_SUBJECT_CPU)
        subject.id = app->ui.selected;
    return subject;
}

static void name_subject(const struct hb_view_subject *subject, char *text, size_t bytes) {
    switch (subject->kind) {
    case HB_SUBJECT_TASK: snprintf(text, bytes, "task %llu", (unsigned long long)subject->id); break;
    case HB_SUBJECT_LOCK: snprintf(text, bytes, "that lock"); break;
    case HB_SUBJECT_LINE: snprintf(text, bytes, "line %08llx", (unsigned long long)subject->id); break;
    default: snprintf(text, bytes, "CPU %llu", (unsigned long long)subject->id); break;
    }
}

/* The sums of the session have gone on with a search, and the machine has come back. */
static void come_back(struct hb_app *app) {
    struct hb_counters counters;
    app->session->ops->counters(app->session->self, &counters);
    hb_history_go(app->history, &counters);
}

/* The machine ends anywhere; gives the keyframe from which the event was found. NULL: it was not, back to app->sought;
 * nor is it further back if that is 0. */
static const struct hb_keyframe *search_back(struct hb_app *app, const struct hb_view_subject *subject, uint64_t end,
                                             struct hb_found *found) {
    const double limit = hb_app_host_seconds() + app->back_seconds;
    const struct hb_keyframe *frame = hb_keyframes_before(&app->frames, end);
    for (bool first = true; frame != NULL && (first || hb_app_host_seconds() < limit); frame--, first = false) {
        const bool newest = frame + 1 == app->frames.frame + app->frames.count;
        const uint64_t to = newest || frame[1].cycle > end ? end : frame[1].cycle;
        app->session->ops->restore(app->session->self, frame->snapshot);
        app->session->ops->find(app->session->self, subject, to, true, found);
        if (found->found)
            return frame;
        app->sought.reached = frame->cycle;
        if (frame == app->frames.frame)
            break;
    }
    return NULL;
}

static bool to_before(struct hb_app *app, const struct hb_view_subject *subject, struct hb_found *found) {
    const uint64_t now = hb_app_cycle(app);
    if (now == 0)
        return false;
    struct hb_sought *sought = &app->sought;
    const bool again =
        sought->reached > 0 && sought->from == now && sought->kind == subject->kind && sought->id == subject->id;
    const uint64_t end = again ? sought->reached : now;
    *sought = (struct hb_sought){.from = now, .reached = end, .kind = subject->kind, .id = subject->id};
    const struct hb_keyframe *frame = search_back(app, subject, end - 1, found);
    const bool there = frame != NULL;
    hb_app_restore(app, there ? frame : hb_keyframes_before(&app->frames, now));
    hb_app_seek(app, there ? found->cycle + 1 : now);
    return there;
}

static bool to_after(struct hb_app *app, const struct hb_view_subject *subject, struct hb_found *found) {
    const uint64_t now = hb_app_cycle(app);
    void *snapshot = app->session->ops->snapshot(app->session->self);
    if (snapshot == NULL)
        return false;
    app->session->ops->find(app->session->self, subject, now + AHEAD_CYCLES, false, found);
    app->session->ops->restore(app->session->self, snapshot);
    app->session->ops->release(app->session->self, snapshot);
    come_back(app);
    if (found->found)
        hb_app_seek(app, found->cycle + 1);
    return found->found;
}

void hb_app_find(struct hb_app *app, bool back) {
    const struct hb_view_subject subject = subject_of(app);
    struct hb_found found = {.found = false};
    char name[40], text[160], reached[HB_FORMAT_BYTES];
    if (app->session->ops->find == NULL || app->frames.count == 0)
        return;
    if (back ? to_before(app, &subject, &found) : to_after(app, &subject, &found)) {
        hb_app_notice(app, found.text);
        return;
    }
    name_subject(&subject, name, sizeof name);
    if (back && app->sought.reached > app->frames.frame[0].cycle)
        snprintf(text, sizeof text, "Nothing of %s since cycle %s. < looks further back.", name,
                 hb_format_count(reached, app->sought.reached));
    else
        snprintf(text, sizeof text, back ? "Nothing of %s was found before." : "Nothing of %s comes soon.", name);
    hb_app_notice(app, text);
}

void hb_app_follow(struct hb_app *app, uint8_t kind, uint64_t id) {
    if (kind >= HB_SUBJECTS)
        return;
    app->ui.subject = (struct hb_view_subject){kind, id};
    if (kind == HB_SUBJECT_CPU && id < app->view.machine.harts)
        app->ui.selected = (uint32_t)id;
    hb_app_find(app, true);
}

void hb_app_cause(struct hb_app *app, uint32_t hart) {
    struct hb_view_subject subject;
    uint64_t cycle = 0;
    if (hart >= app->view.machine.harts || app->session->ops->cause == NULL)
        return;
    app->session->ops->cause(app->session->self, hart, &subject, &cycle);
    app->ui.selected = hart;
    if (cycle != 0)
        hb_app_go(app, cycle + 1);
    else
        hb_app_follow(app, subject.kind, subject.id);
}
