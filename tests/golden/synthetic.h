/* A machine made up for tests of the dashboard: it behaves like a small multiprocessor with tasks, heartbeats, faults
 * and recovery, deterministically from its seed, and has nothing of the real one in it. */
#ifndef HB_TESTS_GOLDEN_SYNTHETIC_H
#define HB_TESTS_GOLDEN_SYNTHETIC_H

#include "ui/dashboard/model/session.h"

#define HB_SYNTHETIC_PERIOD_CYCLES  10000
#define HB_SYNTHETIC_TIMEOUT_CYCLES 30000
#define HB_SYNTHETIC_CHECK_CYCLES   5000

/* A session with `harts` CPUs and `tasks` tasks; NULL without memory. */
struct hb_session *hb_synthetic_new(uint32_t harts, uint32_t tasks, uint64_t seed);
void hb_synthetic_free(struct hb_session *session);

/* The machine kills `hart` by itself at `cycle`, as an experiment's own fault would. */
void hb_synthetic_fault_at(struct hb_session *session, uint32_t hart, uint64_t cycle);

#endif
