/* What is done to the run by hand besides killing: faults of every model, now or at a cycle; other values of keys. */
#include <stdio.h>

#include "ui/dashboard/app/app.h"
#include "ui/dashboard/model/format.h"

void hb_app_draft(struct hb_app *app, uint32_t model) {
    const struct hb_view_machine *machine = &app->view.machine;
    if (model >= machine->models)
        return;
    app->ui.draft.model = (uint8_t)model;
    for (uint32_t i = 0; i < HB_VIEW_TERMS; i++)
        app->ui.draft.term[i] = machine->term[i].usual;
}

void hb_app_draft_term(struct hb_app *app, uint32_t term, uint64_t value) {
    const struct hb_view_term *of = &app->view.machine.term[term];
    if (term >= HB_VIEW_TERMS)
        return;
    uint64_t most = of->names > 0 ? of->names - 1 : of->most;
    app->ui.draft.term[term] = value < of->least ? of->least : value > most ? most : value;
}

static bool can_strike(const struct hb_app *app, uint32_t hart) {
    struct hb_counters counters;
    if (hart >= app->view.machine.harts || app->session->ops->inject == NULL ||
        app->session->ops->status(app->session->self) != HB_VIEW_GOING)
        return false;
    app->session->ops->counters(app->session->self, &counters);
    return counters.hart[hart].state < HB_VIEW_STOPPED;
}

static void strike_now(struct hb_app *app, const struct hb_view_fault *fault) {
    const uint64_t now = hb_app_cycle(app);
    hb_app_push_fault(app, &(struct hb_fault){.known = true,
                                              .hart = fault->hart,
                                              .cycle = now,
                                              .own = true,
                                              .ails = !app->view.machine.model[fault->model].kills,
                                              .given = true,
                                              .what = *fault});
    hb_app_fork(app);
    app->session->ops->inject(app->session->self, fault);
    hb_app_run_to(app, now + 1, 1);
    if (app->view.machine.model[fault->model].kills)
        hb_director_plan(&app->director, app->session, &app->view.machine, fault->hart);
    app->carry = 0;
}

void hb_app_inject(struct hb_app *app, uint32_t hart) {
    struct hb_view_fault fault = app->ui.draft;
    char cycle[HB_FORMAT_BYTES], text[96];
    fault.hart = hart;
    if (!can_strike(app, hart)) {
        hb_app_notice(app, "That CPU executes nothing any more.");
        return;
    }
    app->ui.doing = 0;
    if (fault.cycle <= hb_app_cycle(app)) {
        strike_now(app, &fault);
        return;
    }
    hb_app_fork(app);
    app->session->ops->inject(app->session->self, &fault);
    snprintf(text, sizeof text, "CPU %u: %s in cycle %s.", hart, app->view.machine.model[fault.model].name,
             hb_format_count(cycle, fault.cycle));
    hb_app_notice(app, text);
}

void hb_app_unplan(struct hb_app *app) {
    if (app->session->ops->forget_planned == NULL)
        return;
    hb_app_fork(app);
    app->session->ops->forget_planned(app->session->self);
    hb_app_notice(app, "No fault that was asked for is to come any more.");
}

static bool restart(struct hb_app *app, uint32_t row, uint64_t value) {
    if (app->keeper.restart == NULL || app->ui.deck != NULL || app->session->ops->key_text == NULL)
        return false;
    return app->session->ops->key_text(app->session->self, row, value, app->wanted_setting, sizeof app->wanted_setting);
}

void hb_app_set_key(struct hb_app *app, uint32_t row, uint64_t value) {
    char text[128];
    if (app->session->ops->set_key == NULL || app->session->ops->status(app->session->self) != HB_VIEW_GOING)
        return;
    hb_app_fork(app);
    if (app->session->ops->set_key(app->session->self, row, value)) {
        app->session->ops->key_text(app->session->self, row, value, text, sizeof text);
        hb_app_notice(app, text);
        hb_app_run_to(app, hb_app_cycle(app) + 1, 1);
    } else if (!restart(app, row, value)) {
        hb_app_notice(app, "That key cannot be changed here.");
    }
}
