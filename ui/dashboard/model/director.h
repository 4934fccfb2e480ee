/* How fast the story of a fault is played: each of its stages takes its share of about six seconds.
 *
 * The machine is deterministic, so the director runs ahead from the fault, notes the cycles of the stages, and goes
 * back: the speed of each stage follows exactly. When nobody notices the fault, the speed stays as it was. */
#ifndef HB_DASHBOARD_DIRECTOR_H
#define HB_DASHBOARD_DIRECTOR_H

#include "ui/dashboard/model/session.h"
#include "ui/dashboard/model/view.h"

struct hb_director {
    bool active;
    uint64_t cycle[HB_STAGES]; /* of the stages to come; 0: it does not come */
};

/* Plans from the present cycle, at which `hart` has just died. Leaves the machine as it was. */
void hb_director_plan(struct hb_director *director, struct hb_session *session, const struct hb_view_machine *machine,
                      uint32_t hart);

/* The speed in cycles a second at `cycle` and, in *until, the cycle up to which it holds. 0: the director has no
 * (further) say, and *until is not set. */
double hb_director_speed(struct hb_director *director, uint64_t cycle, uint64_t *until);

#endif
