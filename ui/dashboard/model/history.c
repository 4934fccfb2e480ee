#include "ui/dashboard/model/history.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define SHARE_CYCLES 256 /* a shorter piece of time, such as a step, is all or nothing */

struct cell {
    int32_t task, task_weight; /* the majority, by the vote of Boyer and Moore (1981) */
    uint32_t busy, idle, spun, instructions, user_instructions;
    uint8_t cause, state;
    uint32_t cause_weight;
};

struct lock_cell {
    uint32_t held, spun;
    int8_t owner; /* the majority, by the same vote */
    uint32_t owner_weight;
};

struct span {
    uint64_t number; /* of the cell, + 1; 0: never written */
    uint32_t begin;  /* the first cycle that is in it, counted from the cell's; those that follow are in it, too */
    uint32_t cycles, bus_busy, tasks;
};

/* What a slice adds to a hart's cell, on every level. */
struct share {
    struct cell cell;
    uint32_t cycles;
};

struct level {
    struct span span[HB_HISTORY_CELLS];
    struct cell *cell;      /* HB_HISTORY_CELLS x harts: those that are written together lie together */
    struct lock_cell *lock; /* HB_HISTORY_CELLS x HB_VIEW_LOCK_LANES */
};

struct hb_history {
    uint32_t harts;
    struct hb_counters last;
    uint32_t marks; /* in use; the newest is mark[marks - 1] */
    struct hb_counters mark[HB_HISTORY_MARKS];
    struct level level[HB_HISTORY_LEVELS];
};

struct hb_history *hb_history_new(uint32_t harts, const struct hb_counters *now) {
    struct hb_history *history = calloc(1, sizeof *history);
    if (history == NULL)
        return NULL;
    history->harts = harts;
    for (int k = 0; k < HB_HISTORY_LEVELS; k++) {
        history->level[k].cell = calloc((size_t)harts * HB_HISTORY_CELLS, sizeof(struct cell));
        history->level[k].lock = calloc((size_t)HB_VIEW_LOCK_LANES * HB_HISTORY_CELLS, sizeof(struct lock_cell));
        if (history->level[k].cell == NULL || history->level[k].lock == NULL) {
            hb_history_free(history);
            return NULL;
        }
    }
    hb_history_go(history, now);
    return history;
}

void hb_history_free(struct hb_history *history) {
    for (int k = 0; history != NULL && k < HB_HISTORY_LEVELS; k++) {
        free(history->level[k].cell);
        free(history->level[k].lock);
    }
    free(history);
}

static uint32_t slot_of(uint64_t number) {
    return (uint32_t)(number % HB_HISTORY_CELLS);
}

static struct cell *cell_at(const struct hb_history *history, int k, uint32_t hart, uint64_t number) {
    return &history->level[k].cell[(size_t)slot_of(number) * history->harts + hart];
}

static struct lock_cell *lock_cell_at(const struct hb_history *history, int k, uint32_t lock, uint64_t number) {
    return &history->level[k].lock[(size_t)slot_of(number) * HB_VIEW_LOCK_LANES + lock];
}

/* The span of a cell, or NULL when the ring no longer (or not yet) has it. */
static const struct span *span_at(const struct hb_history *history, int k, uint64_t number) {
    const struct span *span = &history->level[k].span[slot_of(number)];
    return span->number == number + 1 && span->cycles > 0 ? span : NULL;
}

/* The cell to which a slice is to be added that begins at `cycle`; NULL: it was added before. What is there and does
 * not end where the slice begins makes place for it. */
static struct span *claim(struct hb_history *history, int k, uint64_t cycle, uint32_t cycles) {
    uint64_t number = cycle >> k;
    uint32_t begin = (uint32_t)(cycle - (number << k));
    struct span *span = &history->level[k].span[slot_of(number)];
    bool there = span->number == number + 1;
    if (there && begin >= span->begin && begin + cycles <= span->begin + span->cycles)
        return NULL;
    if (!there || begin != span->begin + span->cycles) {
        *span = (struct span){.number = number + 1, .begin = begin};
        for (uint32_t hart = 0; hart < history->harts; hart++)
            *cell_at(history, k, hart, number) = (struct cell){.task = -1};
        for (uint32_t lock = 0; lock < history->last.locks; lock++)
            *lock_cell_at(history, k, lock, number) = (struct lock_cell){.owner = -1};
    }
    return span;
}

static void vote_task(struct cell *cell, int32_t task, uint32_t weight) {
    if (cell->task == task) {
        cell->task_weight += (int32_t)weight;
    } else if (cell->task_weight >= (int32_t)weight) {
        cell->task_weight -= (int32_t)weight;
    } else {
        cell->task_weight = (int32_t)weight - cell->task_weight;
        cell->task = task;
    }
}

static uint8_t main_cause(const struct hb_counters_hart *now, const struct hb_counters_hart *then, uint32_t *cycles) {
    uint8_t cause = 0;
    *cycles = 0;
    for (uint8_t i = 0; i < HB_VIEW_CAUSES; i++) {
        int64_t stalled = (int64_t)(now->stalled[i] - then->stalled[i]); /* what was charged ahead may be taken back */
        if (stalled > (int64_t)*cycles) {
            *cycles = (uint32_t)stalled;
            cause = i;
        }
    }
    return cause;
}

static struct share share_of(const struct hb_counters_hart *now, const struct hb_counters_hart *then, uint32_t cycles) {
    struct share share = {.cycles = cycles};
    struct cell *cell = &share.cell;
    cell->cause = main_cause(now, then, &cell->cause_weight);
    cell->task = now->task;
    cell->state = now->state;
    cell->busy = (uint32_t)(now->busy - then->busy);
    cell->idle = (uint32_t)(now->idle - then->idle);
    cell->spun = (uint32_t)(now->spun - then->spun);
    cell->instructions = (uint32_t)(now->instructions - then->instructions);
    cell->user_instructions = (uint32_t)(now->user_instructions - then->user_instructions);
    return share;
}

static void add_hart(struct cell *cell, const struct share *share) {
    const struct cell *added = &share->cell;
    vote_task(cell, added->task, share->cycles);
    if (added->cause_weight > cell->cause_weight) {
        cell->cause = added->cause;
        cell->cause_weight = added->cause_weight;
    }
    cell->state = added->state;
    cell->busy += added->busy;
    cell->idle += added->idle;
    cell->spun += added->spun;
    cell->instructions += added->instructions;
    cell->user_instructions += added->user_instructions;
}

static void add_lock(struct lock_cell *cell, const struct hb_counters_lock *now, const struct hb_counters_lock *then) {
    const uint32_t held = (uint32_t)(now->held - then->held);
    const int8_t owner = now->owner >= 0 ? now->owner : then->owner;
    cell->spun += (uint32_t)(now->spun - then->spun);
    cell->held += held;
    if (cell->owner == owner || cell->owner_weight < held) {
        cell->owner_weight = cell->owner == owner ? cell->owner_weight + held : held - cell->owner_weight;
        cell->owner = owner;
    } else {
        cell->owner_weight -= held;
    }
}

/* Most locks are free most of the time: those that are not, by number. */
static uint32_t busy_locks(const struct hb_counters *now, const struct hb_counters *then,
                           uint8_t busy[HB_VIEW_LOCK_LANES]) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < now->locks; i++)
        if (now->lock[i].held != then->lock[i].held || now->lock[i].spun != then->lock[i].spun)
            busy[n++] = (uint8_t)i;
    return n;
}

/* Most of them are of harts, of which most machines have few. */
static void keep_counters(const struct hb_history *history, struct hb_counters *to, const struct hb_counters *from) {
    const size_t locks = offsetof(struct hb_counters, locks);
    memcpy(to, from, offsetof(struct hb_counters, hart) + history->harts * sizeof from->hart[0]);
    memcpy((char *)to + locks, (const char *)from + locks, sizeof *from - locks);
}

static void add_slice(struct hb_history *history, int k, const struct hb_counters *now, const struct share *share,
                      uint32_t busies, const uint8_t *busy) {
    const struct hb_counters *last = &history->last;
    const uint32_t cycles = (uint32_t)(now->cycle - last->cycle);
    const uint64_t number = last->cycle >> k;
    struct span *span = claim(history, k, last->cycle, cycles);
    if (span == NULL)
        return;
    span->cycles += cycles;
    span->bus_busy += (uint32_t)(now->bus_busy - last->bus_busy);
    span->tasks += (uint32_t)(now->tasks_done - last->tasks_done);
    for (uint32_t hart = 0; hart < history->harts; hart++)
        add_hart(cell_at(history, k, hart, number), &share[hart]);
    for (uint32_t i = 0; i < busies; i++)
        add_lock(lock_cell_at(history, k, busy[i], number), &now->lock[busy[i]], &last->lock[busy[i]]);
}

void hb_history_add(struct hb_history *history, const struct hb_counters *now) {
    const struct hb_counters *last = &history->last;
    const uint64_t cycles = now->cycle - last->cycle;
    uint8_t busy[HB_VIEW_LOCK_LANES];
    struct share share[HB_VIEW_HARTS];
    const uint32_t busies = busy_locks(now, last, busy);
    history->last.locks = now->locks; /* cells are cleared for all that are known */
    for (uint32_t hart = 0; hart < history->harts; hart++)
        share[hart] = share_of(&now->hart[hart], &last->hart[hart], (uint32_t)cycles);
    for (int k = 0; k < HB_HISTORY_LEVELS && now->cycle > last->cycle; k++)
        if (cycles <= (uint64_t)1 << k)
            add_slice(history, k, now, share, busies, busy);
    keep_counters(history, &history->last, now);
}

void hb_history_fork(struct hb_history *history, uint64_t cycle) {
    for (int k = 0; k < HB_HISTORY_LEVELS; k++) {
        for (int i = 0; i < HB_HISTORY_CELLS; i++) {
            struct span *span = &history->level[k].span[i];
            if (span->number != 0 && ((span->number - 1) << k) + span->begin + span->cycles > cycle)
                span->number = 0;
        }
    }
}

void hb_history_go(struct hb_history *history, const struct hb_counters *now) {
    keep_counters(history, &history->last, now);
    keep_counters(history, &history->mark[0], now);
    history->marks = 1;
}

void hb_history_mark(struct hb_history *history) {
    if (history->last.cycle < history->mark[history->marks - 1].cycle + SHARE_CYCLES)
        return;
    if (history->marks == HB_HISTORY_MARKS) {
        memmove(&history->mark[0], &history->mark[1], (HB_HISTORY_MARKS - 1) * sizeof history->mark[0]);
        history->marks--;
    }
    keep_counters(history, &history->mark[history->marks++], &history->last);
}

uint64_t hb_history_slice_end(uint64_t cycle, uint64_t slice_cycles) {
    uint64_t grain = 1;
    while (grain < slice_cycles)
        grain <<= 1;
    return (cycle / grain + 1) * grain;
}

static int level_of(uint64_t cycles) {
    int k = 0;
    while (k < HB_HISTORY_LEVELS - 1 && (uint64_t)1 << k < cycles)
        k++;
    return k;
}

static uint8_t share255(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : (uint8_t)(part >= whole ? 255 : part * 255 / whole);
}

static struct hb_view_cell view_cell(const struct cell *cell, uint32_t cycles) {
    uint32_t at_work = cell->busy + cell->idle;
    bool gone = cell->state == HB_VIEW_DEAD || cell->state == HB_VIEW_FENCED || cell->state == HB_VIEW_STOPPED;
    uint32_t stalled = gone || at_work > cycles ? 0 : cycles - at_work;
    return (struct hb_view_cell){.task = cell->task,
                                 .kernel = share255(cell->instructions - cell->user_instructions, cell->instructions),
                                 .known = 1,
                                 .busy = share255(cell->busy, cycles),
                                 .stalled = share255(stalled, cycles),
                                 .spun = share255(cell->spun, cycles),
                                 .state = cell->state,
                                 .cause = cell->cause};
}

/* The finest level from `k` up that has data at `cycle`; -1 when none has. */
static int level_with(const struct hb_history *history, int k, uint64_t cycle) {
    while (k < HB_HISTORY_LEVELS && span_at(history, k, cycle >> k) == NULL)
        k++;
    return k < HB_HISTORY_LEVELS ? k : -1;
}

static void fill_locks(const struct hb_history *history, int k, uint64_t number, uint32_t column,
                       struct hb_view_timeline *timeline) {
    const struct span *span = k < 0 ? NULL : span_at(history, k, number);
    for (uint32_t i = 0; i < timeline->locks; i++) {
        const struct lock_cell *cell = span == NULL ? NULL : lock_cell_at(history, k, i, number);
        timeline->lock[i].cell[column] = (struct hb_view_lock_cell){.owner = -1};
        if (cell != NULL && (cell->held > 0 || cell->spun > 0))
            timeline->lock[i].cell[column] = (struct hb_view_lock_cell){.held = share255(cell->held, span->cycles),
                                                                        .spun = share255(cell->spun, span->cycles),
                                                                        .owner = cell->owner};
    }
}

void hb_history_timeline(const struct hb_history *history, uint64_t column_cycles, uint32_t columns, uint64_t back,
                         struct hb_view_timeline *timeline) {
    int wanted = level_of(column_cycles);
    uint64_t present = history->last.cycle / column_cycles, last = present > back ? present - back : 0;
    uint64_t first = last + 1 > columns ? last + 1 - columns : 0;
    timeline->from_cycle = first * column_cycles;
    timeline->column_cycles = column_cycles;
    timeline->columns = columns;
    timeline->locks = timeline->locks_wanted ? history->last.locks : 0;
    for (uint32_t i = 0; i < columns; i++) {
        uint64_t cycle = (first + i) * column_cycles;
        int k = cycle < history->last.cycle ? level_with(history, wanted, cycle) : -1;
        const struct span *span = k < 0 ? NULL : span_at(history, k, cycle >> k);
        fill_locks(history, k, cycle >> (k < 0 ? 0 : k), i, timeline);
        timeline->bus[i] = span == NULL ? 0 : share255(span->bus_busy, span->cycles);
        for (uint32_t hart = 0; hart < history->harts; hart++) {
            struct hb_view_cell *cell = &timeline->cell[hart][i];
            *cell = span == NULL ? (struct hb_view_cell){.task = -1}
                                 : view_cell(cell_at(history, k, hart, cycle >> k), span->cycles);
        }
    }
}

void hb_history_throughput(const struct hb_history *history, uint64_t from_cycle, uint64_t window_cycles,
                           struct hb_view_throughput *throughput) {
    int k = level_of(window_cycles);
    uint64_t present = history->last.cycle >> k; /* only whole windows are shown */
    uint64_t first = present > HB_VIEW_WINDOWS ? present - HB_VIEW_WINDOWS : 0,
             start = (from_cycle >> k) + (from_cycle > 0);
    first = first > start ? first : start < present ? start : present;
    throughput->from_cycle = first << k;
    throughput->window_cycles = (uint64_t)1 << k;
    throughput->windows = (uint32_t)(present - first);
    for (uint32_t i = 0; i < throughput->windows; i++) {
        const struct span *span = span_at(history, k, first + i);
        throughput->total[i] = span == NULL ? -1 : 0;
        throughput->tasks[i] = span == NULL ? 0 : (float)span->tasks;
        for (uint32_t hart = 0; hart < history->harts; hart++) {
            const struct cell *cell = cell_at(history, k, hart, first + i);
            float work = span == NULL ? 0 : (float)cell->user_instructions / (float)span->cycles;
            throughput->work[hart][i] = work;
            throughput->total[i] += work;
        }
    }
}

uint64_t hb_history_workers(const struct hb_history *history, uint64_t cycle, uint64_t window_cycles, uint64_t cycles) {
    int k = level_of(window_cycles);
    uint64_t work[HB_VIEW_HARTS] = {0}, most = 0, workers = 0, counted = 0;
    for (uint64_t number = cycle >> k; number-- > 0 && counted < cycles && span_at(history, k, number) != NULL;) {
        counted += span_at(history, k, number)->cycles;
        for (uint32_t hart = 0; hart < history->harts; hart++) {
            work[hart] += cell_at(history, k, hart, number)->user_instructions;
            most = work[hart] > most ? work[hart] : most;
        }
    }
    for (uint32_t hart = 0; hart < history->harts && most > 0; hart++)
        workers |= (uint64_t)(work[hart] >= most / 8) << hart;
    return workers;
}

float hb_history_mean_work(const struct hb_history *history, uint64_t cycle, uint64_t window_cycles, uint64_t cycles) {
    int k = level_of(window_cycles);
    uint64_t counted = 0, work = 0;
    for (uint64_t number = cycle >> k; number-- > 0 && counted < cycles;) {
        const struct span *span = span_at(history, k, number);
        if (span == NULL)
            break;
        counted += span->cycles;
        for (uint32_t hart = 0; hart < history->harts; hart++)
            work += cell_at(history, k, hart, number)->user_instructions;
    }
    return counted == 0 ? 0 : (float)work / (float)counted;
}

static bool is_gone(uint8_t state) {
    return state == HB_VIEW_DEAD || state == HB_VIEW_FENCED || state == HB_VIEW_STOPPED;
}

static void recent_hart(const struct hb_counters_hart *now, const struct hb_counters_hart *then, float cycles,
                        struct hb_view_hart *hart) {
    uint32_t weight;
    bool gone = is_gone(now->state);
    hart->recent_cause = main_cause(now, then, &weight);
    hart->recent_ipc = (float)(now->instructions - then->instructions) / cycles;
    hart->recent_busy = (float)(now->busy - then->busy) / cycles;
    hart->recent_idle = (float)(now->idle - then->idle) / cycles;
    hart->recent_stalled = gone ? 0 : 1 - hart->recent_busy - hart->recent_idle;
    hart->recent_state = gone                                              ? now->state
                         : 2 * (now->spun - then->spun) > (uint64_t)cycles ? HB_VIEW_SPINS
                         : hart->recent_idle > 0.5f                        ? HB_VIEW_IDLE
                         : hart->recent_stalled > 0.75f                    ? HB_VIEW_STALLED
                                                                           : HB_VIEW_RUNNING;
}

/* Too little time has passed for shares, which stay as they were; whether it is alive is known at once. */
static void follow_state(const struct hb_counters_hart *now, struct hb_view_hart *hart) {
    if (is_gone(now->state) || is_gone(hart->recent_state))
        hart->recent_state = now->state;
}

void hb_history_recent(const struct hb_history *history, struct hb_view *view) {
    const struct hb_counters *now = &history->last, *then = &history->mark[0];
    float cycles = (float)(now->cycle - then->cycle), work = 0;
    bool brief = now->cycle < then->cycle + SHARE_CYCLES;
    view->bus.whole = now->cycle > 0 ? (float)now->bus_busy / (float)now->cycle : 0;
    for (uint32_t hart = 0; brief && hart < history->harts; hart++)
        follow_state(&now->hart[hart], &view->hart[hart]);
    if (brief)
        return;
    for (uint32_t hart = 0; hart < history->harts; hart++) {
        recent_hart(&now->hart[hart], &then->hart[hart], cycles, &view->hart[hart]);
        view->bus.waiting[hart] = (float)(now->hart[hart].bus_wait - then->hart[hart].bus_wait) / cycles;
        work += (float)(now->hart[hart].user_instructions - then->hart[hart].user_instructions) / cycles;
    }
    view->bus.utilisation = (float)(now->bus_busy - then->bus_busy) / cycles;
    view->throughput.now = work;
}
