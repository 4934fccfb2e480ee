#include "osmodel/guest/amp/succession.h"

#include "osmodel/guest/amp/beat.h"
#include "osmodel/guest/amp/cell.h"
#include "osmodel/guest/amp/opening.h"
#include "osmodel/guest/amp/reign.h"
#include "osmodel/guest/amp/worker.h"
#include "osmodel/guest/lib/params.h"
#include "osmodel/guest/machine/devices.h"
#include "osmodel/guest/machine/tracepoint.h"

static struct hb_heir *self(void) {
    return &hb_own_cell()->heir;
}

void hb_succession_begin(void) {
    self()->word = hb_load(&hb_reign.word);
    self()->joined = hb_reign_term(self()->word);
    hb_vigil_begin(&self()->vigil);
}

/* ---- Behind the walls ------------------------------------------------------------------------------------------ */

/* Of a new master only the silence since its claim counts; it takes messages a little later. */
static void follow(struct hb_heir *heir) {
    uint64_t word = hb_load(&hb_reign.word), term = hb_reign_term(word);
    if (word != heir->word) {
        heir->word = word;
        hb_vigil_begin(&heir->vigil);
        hb_worker_turn_to(term);
    }
    if (heir->joined != term && hb_load(&hb_reign.open) == term) {
        heir->joined = term;
        hb_worker_join(term);
    }
}

static bool is_candidate(void) {
    uint64_t crew = hb_load(&hb_reign.crew), own = 1ull << hb_hart_id();
    return hb_opening.failover == HB_FAILOVER_ELECTION || (crew & -crew) == own;
}

static bool finds_silent(const struct hb_heir *heir) {
    return hb_vigil_finds_silent(&heir->vigil, hb_reign_master(heir->word), &hb_reign.beat);
}

static void watch(struct hb_heir *heir) {
    if (!is_candidate() || !finds_silent(heir))
        return;
    HB_TRACE(HB_TP_SUSPECT, hb_reign_master(heir->word), hb_vigil_silence(&heir->vigil, &hb_reign.beat));
    hb_power_reset(hb_opening.power, hb_hart_id());
}

void hb_succession_serve(void) {
    struct hb_heir *heir = self();
    follow(heir);
    if (hb_vigil_is_due(&heir->vigil))
        watch(heir);
}

uint64_t hb_succession_due(void) {
    return hb_vigil_due(&self()->vigil);
}

/* ---- Outside --------------------------------------------------------------------------------------------------- */

/* It may be alive and merely slow. Two candidates may both fence it: that does no harm. */
static void fence(uint32_t master) {
    if (hb_params.recovery_fence) {
        hb_power_fence(master);
        HB_TRACE(HB_TP_FENCED, master, 0);
    }
}

bool hb_succession_claim(void) {
    const struct hb_heir *heir = self();
    uint32_t master = hb_reign_master(heir->word);
    bool silent = finds_silent(heir);
    if (hb_load(&hb_reign.word) != heir->word) /* after the beat: a new master beats when it has claimed */
        return false;
    if (!silent) {
        HB_TRACE(HB_TP_FALSE_ALARM, master, 0);
        return false;
    }
    fence(master);
    if (!hb_reign_claim(heir->word))
        return false;
    HB_TRACE(HB_TP_ELECTED, hb_hart_id(), hb_reign_term(hb_reign.word));
    hb_beat();
    return true;
}
