#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/format.h"
#include "ui/dashboard/panels/widgets.h"

static void describe_harts(const struct hb_app *app, FILE *out) {
    for (uint32_t i = 0; i < app->view.machine.harts; i++) {
        const struct hb_view_hart *hart = &app->view.hart[i];
        fprintf(out, "cpu %u %s task %d queue %d pc %llx %s\n", i, hb_state_look((enum hb_view_state)hart->state)->word,
                hart->task, hart->queue, (unsigned long long)hart->pc, hart->symbol);
    }
}

void hb_app_describe(const struct hb_app *app, FILE *out) {
    static const char *const stories[] = {"none", "acting", "settled", "unnoticed"};
    const struct hb_view *view = &app->view;
    uint32_t alive = 0;
    for (uint32_t i = 0; i < view->machine.harts; i++)
        alive += view->hart[i].state < HB_VIEW_STOPPED;
    fprintf(out, "experiment %s: %s\n", view->machine.name, view->machine.summary);
    fprintf(out, "cycle %llu\n", (unsigned long long)hb_app_cycle(app));
    fprintf(out, "hash %016llx\n", (unsigned long long)app->session->ops->hash(app->session->self));
    fprintf(out, "%s\n", app->ui.playing ? "playing" : "paused");
    if (app->ui.deck)
        fprintf(out, "page %u of %u%s\n", app->ui.page + 1, app->ui.deck->pages, app->ui.revealed ? ", answered" : "");
    if (app->ui.deck && app->ui.deck->page[app->ui.page].pending)
        fputs("the page is being worked out\n", out);
    if (app->ui.starting)
        fprintf(out, "start page: %s\n", app->ui.start->entry[app->ui.start_at].title);
    fprintf(out, "speed %.0f\n", app->ui.speed);
    fprintf(out, "tasks %u done %u lost\n", view->throughput.tasks_done, view->throughput.tasks_lost);
    fprintf(out, "work %.3f before %.3f alive %u of %u\n", (double)view->throughput.now,
            (double)view->throughput.before, alive, view->machine.harts);
    describe_harts(app, out);
    fprintf(out, "story %s stage %d\n", stories[view->story.kind], view->story.stage);
    fprintf(out, "says %s %s\n", view->story.sentence, view->story.reason);
    for (int i = 0; i < 2; i++)
        if (app->ui.marker[i].set)
            fprintf(out, "marker %c %llu\n", "AB"[i], (unsigned long long)app -> ui.marker[i].cycle);
    if (view->why[0] != '\0')
        fprintf(out, "why %s\n", view->why);
    if (app->ui.notice[0] != '\0')
        fprintf(out, "notice %s\n", app->ui.notice);
    for (uint32_t i = 0; i < view->events; i++)
        fprintf(out, "event %llu %s\n", (unsigned long long)view->event[i].cycle, view->event[i].sentence);
    for (uint32_t i = 0; i < app->list.zone_count; i++) {
        char command[64];
        const struct hb_zone *zone = &app->list.zone[i];
        hb_command_format(&zone->command, command, sizeof command);
        fprintf(out, "zone %d %d %d %d %s%s\n", zone->rect.x, zone->rect.y, zone->rect.w, zone->rect.h, command,
                zone->enabled ? "" : " disabled");
    }
}
