/* The real machine behind the dashboard: a session (session.h) over sim/machine.h.
 *
 *     struct hb_error error;
 *     struct hb_session *session = hb_session_open(&experiment.variant[0].config, &error);
 *     struct hb_dashboard_options options = {0};
 *     char text[256];
 *     if (session == NULL) ... error.text ...
 *     int status = hb_dashboard_run(session, &options, text, sizeof text);
 *     hb_session_close(session);
 *
 * What the user does to the machine (a kill, a change of policy) becomes a logged input, so a run in the dashboard can be
 * recorded and replayed like any other. */
#ifndef HB_DASHBOARD_MACHINE_SESSION_H
#define HB_DASHBOARD_MACHINE_SESSION_H

#include "sim/config.h"
#include "sim/error.h"
#include "ui/dashboard/session.h"

struct hb_machine;

/* Builds the machine of this configuration and stands at its reset. The configuration is copied; the inputs that it
 * points to must live until hb_session_close(). NULL and `error`: the configuration or the image is unfit. */
struct hb_session *hb_session_open(const struct hb_config *config, struct hb_error *error);

/* The machine itself: for writing its result or its recording when the dashboard is left. */
struct hb_machine *hb_session_machine(struct hb_session *session);

/* Frees the machine and every snapshot that was not released. */
void hb_session_close(struct hb_session *session);

#endif
