/* What a move does: the machine's own steps (bus/protocol/coherence.h), and, with their outputs, what bus/shared/l1.c
 * and bus/shared/transaction.c do, on copies that are newest or stale. */
#include "bus/verify/model.h"

#include "memory/cache.h"

struct step {
    const struct hb_model *model;
    struct hb_model_state *state;
    struct hb_model_outcome outcome;
};

/* The first finding counts. */
static void find(struct step *s, enum hb_flaw_found found) {
    if (s->outcome.found == HB_FOUND_NOTHING)
        s->outcome.found = (uint8_t)found;
}

static void find_no_row(struct step *s, uint8_t agent, uint8_t state, uint8_t event) {
    if (s->outcome.found != HB_FOUND_NOTHING)
        return;
    s->outcome.agent = agent;
    s->outcome.state = state;
    s->outcome.event = event;
    find(s, HB_FOUND_NO_ROW);
}

static uint8_t agent_of(uint32_t hart, uint8_t access) {
    return access == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart);
}

static struct hb_model_copy *copy_of(struct step *s, uint8_t agent, uint8_t line) {
    return hb_agent_is_l1i(agent) ? &s->state->l1i[agent / 2][line] : &s->state->l1d[agent / 2][line];
}

static uint8_t attributes(const struct step *s, uint8_t agent, uint8_t state) {
    return hb_model_table(s->model, agent)->state[state].attributes;
}

static void note(const struct step *s, uint8_t agent, uint8_t state, uint8_t event) {
    struct hb_reach *reach = s->model->reach;
    if (!reach)
        return;
    if (hb_agent_is_l1i(agent))
        reach->l1i[state][event] = true;
    else
        reach->l1d[state][event] = true;
    if (!hb_agent_is_l1i(agent) && event == HB_EVENT_WRITE && s->model->atomic_is_write)
        reach->l1d[state][HB_EVENT_ATOMIC] = true;
}

/* ---- Copies and reservations ----------------------------------------------------------------------------------- */

static bool has_sc(const struct hb_model_port *port, uint8_t line) {
    return port->kind == HB_ACCESS_SC && port->line == line;
}

/* Whether it was overtaken still counts while an SC waits. */
static void lose_reservation(struct step *s, uint32_t hart, uint8_t line) {
    struct hb_model_port *port = &s->state->port[hart];
    if (port->reserved != line + 1)
        return;
    port->reserved = 0;
    port->overtaken &= has_sc(port, line);
}

static void set_state(struct step *s, uint8_t agent, uint8_t line, uint8_t state) {
    struct hb_model_copy *copy = copy_of(s, agent, line);
    copy->state = state;
    if (state != HB_STATE_I)
        return;
    copy->newest = false;
    if (!hb_agent_is_l1i(agent))
        lose_reservation(s, agent / 2, line);
}

/* ---- Accesses -------------------------------------------------------------------------------------------------- */

static void read_copy(struct step *s, uint32_t hart, uint8_t access, uint8_t line) {
    if (!copy_of(s, agent_of(hart, access), line)->newest)
        find(s, HB_FOUND_STALE_READ);
    if (access != HB_ACCESS_LR)
        return;
    s->state->port[hart].reserved = line + 1;
    s->state->port[hart].overtaken = false;
}

static void end_sc(struct step *s, uint32_t hart) {
    s->state->port[hart].reserved = 0;
    s->state->port[hart].overtaken = false;
}

/* Others have written the line: reservations on it are overtaken. */
static void overtake(struct step *s, uint32_t by, uint8_t line) {
    for (uint32_t hart = 0; hart < s->model->caches; hart++) {
        struct hb_model_port *port = &s->state->port[hart];
        if (hart != by && (port->reserved == line + 1 || has_sc(port, line)))
            port->overtaken = true;
    }
}

/* A store by port `by` gets the newest bytes into its own copy, if `own` is one; with `broadcast` into those of other
 * L1Ds; with `to_memory` into memory. A place that gets them is as new as it was; every other is stale. */
static void store(struct step *s, uint32_t by, uint8_t own, uint8_t line, bool broadcast, bool to_memory) {
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++) {
        bool gets = agent == own || (broadcast && !hb_agent_is_l1i(agent));
        copy_of(s, agent, line)->newest &= gets;
    }
    s->state->memory_newest[line] &= to_memory;
    for (uint32_t p = 0; p <= s->model->caches; p++)
        if (p != by && s->state->port[p].line == line)
            s->state->port[p].newest = false;
    overtake(s, by, line);
}

static void write_copy(struct step *s, uint32_t hart, uint8_t access, uint8_t line, bool broadcast, bool to_memory) {
    uint8_t own = hb_agent_l1d(hart);
    if (!copy_of(s, own, line)->newest)
        find(s, access == HB_ACCESS_AMO ? HB_FOUND_STALE_READ : HB_FOUND_STALE_STORE);
    if (access == HB_ACCESS_SC && s->state->port[hart].overtaken)
        find(s, HB_FOUND_WRONG_SC);
    store(s, hart, own, line, broadcast, to_memory);
    if (access == HB_ACCESS_SC)
        end_sc(s, hart);
}

/* Memory has the newest, or will have it before anybody can ask for it: the transaction that brings it holds the
 * line. */
static bool memory_gets_newest(const struct step *s, uint8_t line) {
    bool gets = s->state->memory_newest[line];
    for (uint32_t p = 0; p <= s->model->caches; p++) {
        const struct hb_model_port *port = &s->state->port[p];
        gets |= port->line == line && port->newest &&
                (port->memory_takes || hb_model_transaction(s->model, port) == HB_TXN_WRITE_BACK);
    }
    return gets;
}

static bool is_promised(const struct step *s, uint8_t access) {
    return (access == HB_ACCESS_CLEAN || access == HB_ACCESS_FLUSH) && !s->model->protocol->incoherent;
}

/* cbo.clean and cbo.flush promise that what is newest when all caches have seen them reaches memory ... */
static void check_cleaned(struct step *s, uint8_t access, uint8_t line) {
    if (is_promised(s, access) && !memory_gets_newest(s, line))
        find(s, HB_FOUND_NOT_CLEANED);
}

/* ... and cbo.flush, that no cache has the line when it is done. */
static void check_flushed(struct step *s, uint8_t access, uint8_t line) {
    for (uint8_t agent = 0; is_promised(s, access) && agent < 2 * s->model->caches; agent++)
        if (access == HB_ACCESS_FLUSH && copy_of(s, agent, line)->state != HB_STATE_I)
            find(s, HB_FOUND_NOT_FLUSHED);
}

static bool is_block_operation(uint8_t access) {
    return access == HB_ACCESS_CLEAN || access == HB_ACCESS_FLUSH || access == HB_ACCESS_INVALIDATE;
}

static void hit(struct step *s, uint32_t hart, uint8_t access, uint8_t line, const struct hb_row *row) {
    s->outcome.completes = true;
    if (is_block_operation(access)) {
        check_cleaned(s, access, line);
        check_flushed(s, access, line);
        return;
    }
    set_state(s, agent_of(hart, access), line, row->next);
    if (hb_access_writes(access))
        write_copy(s, hart, access, line, false, false);
    else
        read_copy(s, hart, access, line);
}

/* The victim in the other line, if the access will bring a line in (bus/shared/l1.c). */
static bool victim_is_dirty(struct step *s, uint32_t hart, uint8_t access, uint8_t line, const struct hb_row *row) {
    uint8_t agent = agent_of(hart, access);
    if (s->model->lines == 1 || !hb_txn_reads_line(row->transaction) || copy_of(s, agent, line)->state != HB_STATE_I ||
        s->model->protocol->flaws & HB_FLAW_VICTIM_DROPPED)
        return false;
    return attributes(s, agent, copy_of(s, agent, 1 - line)->state) & HB_LINE_DIRTY;
}

static void post(struct step *s, uint32_t hart, uint8_t access, uint8_t line, uint8_t wanted) {
    struct hb_model_port *port = &s->state->port[hart];
    port->kind = access;
    port->line = line;
    port->wanted = wanted;
    port->phase = HB_PHASE_POSTED;
    if (s->model->protocol->flaws & HB_FLAW_STALE_GRANT && access != HB_ACCESS_FETCH)
        port->posted = s->state->l1d[hart][line].state;
}

static void access_line(struct step *s, uint32_t hart, uint8_t access, uint8_t line) {
    uint8_t agent = agent_of(hart, access), state = copy_of(s, agent, line)->state;
    uint8_t event = (uint8_t)hb_access_event(s->model->protocol, access);
    const struct hb_row *row = &hb_model_table(s->model, agent)->row[state][event];
    if (access == HB_ACCESS_EVICT) {
        post(s, hart, access, line, HB_ACCESS_NONE);
        return;
    }
    note(s, agent, state, event);
    if (!row->defined)
        find_no_row(s, agent, state, event);
    else if (row->transaction == HB_TXN_NONE)
        hit(s, hart, access, line, row);
    else if (victim_is_dirty(s, hart, access, line, row))
        post(s, hart, HB_ACCESS_EVICT, 1 - line, access);
    else
        post(s, hart, access, line, HB_ACCESS_NONE);
}

/* A clean copy makes room; what is lost with a modified one is found by the checks after the move. */
static void drop(struct step *s, uint8_t agent, uint8_t line) {
    uint8_t state = copy_of(s, agent, line)->state;
    const struct hb_row *row = &hb_model_table(s->model, agent)->row[state][HB_EVENT_EVICT];
    if (state == HB_STATE_I)
        return;
    note(s, agent, state, HB_EVENT_EVICT);
    if (!row->defined)
        find_no_row(s, agent, state, HB_EVENT_EVICT);
    set_state(s, agent, line, HB_STATE_I);
}

static void give_up(struct step *s, uint8_t line) {
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++) {
        struct hb_model_copy copy = *copy_of(s, agent, line);
        if (attributes(s, agent, copy.state) & HB_LINE_DIRTY)
            s->state->memory_newest[line] = copy.newest;
        set_state(s, agent, line, HB_STATE_I);
    }
}

/* ---- Answers --------------------------------------------------------------------------------------------------- */

static void forget_request(struct hb_model_port *port) {
    *port = (struct hb_model_port){.reserved = port->reserved, .overtaken = port->overtaken && port->reserved};
}

/* The port's request was not performed: the hart tries again at once. An eviction was for another access. */
static void retry(struct step *s, uint32_t hart, uint8_t access, uint8_t line, uint8_t wanted) {
    forget_request(&s->state->port[hart]);
    if (access != HB_ACCESS_EVICT)
        access_line(s, hart, access, line);
    else if (wanted != HB_ACCESS_NONE)
        access_line(s, hart, wanted, 1 - line);
}

/* ---- Grant ----------------------------------------------------------------------------------------------------- */

static void start_write_back(struct step *s, struct hb_model_port *port, struct hb_coherence *step) {
    hb_coherence_finish(s->model->protocol, step, port->before);
    port->carries = true;
    port->newest = copy_of(s, step->requester, port->line)->newest;
    set_state(s, step->requester, port->line, step->state[step->requester]);
    port->phase = HB_PHASE_SNOOPED; /* nobody looks at a write-back */
    check_cleaned(s, port->kind, port->line);
}

static void cancel(struct step *s, uint32_t hart, uint8_t access, uint8_t line) {
    struct hb_model_port *port = &s->state->port[hart];
    if (s->model->protocol->flaws & HB_FLAW_CANCEL_UNANSWERED && access == HB_ACCESS_EVICT)
        port->phase = HB_PHASE_IDLE;
    else
        retry(s, hart, access, line, port->wanted);
}

static void grant_hart(struct step *s, uint32_t hart, uint8_t access, uint8_t line) {
    struct hb_model_port *port = &s->state->port[hart];
    uint8_t agent = agent_of(hart, access);
    struct hb_coherence step = {
        .requester = agent,
        .event = (uint8_t)hb_access_event(s->model->protocol, access),
        .posted = port->posted,
        .conditional = access == HB_ACCESS_SC,
        .reserved = port->reserved == line + 1,
    };
    step.state[agent] = copy_of(s, agent, line)->state;
    enum hb_verdict verdict = hb_coherence_grant(s->model->protocol, &step);
    if (verdict == HB_VERDICT_FAILED) {
        forget_request(port);
        s->outcome.completes = true;
        return;
    }
    note(s, agent, step.before, step.event);
    if (verdict == HB_VERDICT_CANCELLED) {
        cancel(s, hart, access, line);
        return;
    }
    port->phase = HB_PHASE_GRANTED;
    port->before = step.before;
    port->memory_takes = step.memory_takes;
    if (step.transaction == HB_TXN_WRITE_BACK)
        start_write_back(s, port, &step);
}

static void grant(struct step *s, struct hb_move move) {
    struct hb_model_port *port = &s->state->port[move.port];
    port->kind = move.access;
    port->line = move.line;
    if (move.port == s->model->caches)
        port->phase = HB_PHASE_GRANTED;
    else
        grant_hart(s, move.port, move.access, move.line);
}

/* ---- Snoop ----------------------------------------------------------------------------------------------------- */

/* BusRdUpd is looked up twice, as hb_coherence_snoop() does. */
static void note_snoop(struct step *s, const struct hb_coherence *before, const struct hb_coherence *after) {
    enum hb_event event = hb_snoop_event(before->transaction);
    bool second = before->transaction == HB_TXN_READ_UPDATE && after->broadcast;
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++) {
        uint8_t state = before->state[agent];
        if (agent == before->requester)
            continue;
        note(s, agent, state, (uint8_t)event);
        if (second)
            note(s, agent, hb_model_table(s->model, agent)->row[state][event].next, HB_SNOOP_UPDATE);
    }
}

/* Which row did hb_coherence_snoop() not find? */
static void find_missing_row(struct step *s, const struct hb_coherence *before) {
    enum hb_event event = hb_snoop_event(before->transaction);
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++) {
        const struct hb_protocol *table = hb_model_table(s->model, agent);
        uint8_t state = before->state[agent];
        if (agent == before->requester || state == HB_STATE_I)
            continue;
        if (!table->row[state][event].defined)
            find_no_row(s, agent, state, (uint8_t)event);
    }
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++) {
        uint8_t next = hb_model_table(s->model, agent)->row[before->state[agent]][event].next;
        if (agent != before->requester && !hb_model_table(s->model, agent)->row[next][HB_SNOOP_UPDATE].defined)
            find_no_row(s, agent, next, HB_SNOOP_UPDATE);
    }
}

static void take_answer(struct step *s, struct hb_model_port *port, const struct hb_coherence *step) {
    uint8_t from = step->supplier;
    if (from == HB_NO_AGENT && step->transaction == HB_TXN_UPDATE)
        from = step->requester;
    port->shared = step->shared;
    port->broadcast = step->broadcast;
    port->memory_takes = step->memory_takes;
    port->carries = from != HB_NO_AGENT && copy_of(s, from, port->line)->state != HB_STATE_I;
    port->newest = port->carries && copy_of(s, from, port->line)->newest;
}

bool hb_model_show(const struct hb_model *model, const struct hb_model_state *state, uint32_t p,
                   struct hb_coherence *seen, struct hb_coherence *answer) {
    const struct hb_model_port *port = &state->port[p];
    *seen = (struct hb_coherence){
        .snoopers = hb_agents_below(2 * model->caches),
        .requester = p == model->caches ? HB_NO_AGENT : agent_of(p, port->kind),
        .transaction = (uint8_t)hb_model_transaction(model, port),
        .memory_takes = port->memory_takes,
    };
    seen->supplier = port->memory_takes ? seen->requester : HB_NO_AGENT; /* from the grant: it gives its own */
    for (uint8_t hart = 0; hart < model->caches; hart++) {
        seen->state[hb_agent_l1d(hart)] = state->l1d[hart][port->line].state;
        seen->state[hb_agent_l1i(hart)] = state->l1i[hart][port->line].state;
    }
    *answer = *seen;
    return hb_coherence_snoop(model->protocol, answer);
}

static void snoop(struct step *s, uint32_t p) {
    struct hb_model_port *port = &s->state->port[p];
    struct hb_coherence seen, answer;
    bool known = hb_model_show(s->model, s->state, p, &seen, &answer);
    port->phase = HB_PHASE_SNOOPED;
    if (!known) {
        find_missing_row(s, &seen);
        return;
    }
    note_snoop(s, &seen, &answer);
    take_answer(s, port, &answer);
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++)
        if (agent != answer.requester && answer.state[agent] != seen.state[agent])
            set_state(s, agent, port->line, answer.state[agent]);
    check_cleaned(s, port->kind, port->line);
}

/* ---- Finish ---------------------------------------------------------------------------------------------------- */

static void finish_device(struct step *s, uint32_t p) {
    struct hb_model_port *port = &s->state->port[p];
    uint8_t line = port->line;
    if (port->memory_takes)
        s->state->memory_newest[line] = port->newest;
    if (port->kind == HB_ACCESS_DMA_WRITE)
        store(s, p, HB_NO_AGENT, line, false, true);
    else if (!(port->carries ? port->newest : s->state->memory_newest[line]))
        find(s, HB_FOUND_STALE_DEVICE_READ);
}

/* Write-through and atomics in memory; the requester's own copy, if it is still there, follows. */
static void finish_in_memory(struct step *s, uint32_t hart) {
    struct hb_model_port *port = &s->state->port[hart];
    uint8_t access = port->kind, line = port->line, own = hb_agent_l1d(hart);
    if ((access == HB_ACCESS_AMO || access == HB_ACCESS_LR) && !s->state->memory_newest[line])
        find(s, HB_FOUND_STALE_READ);
    if (access == HB_ACCESS_SC && port->overtaken)
        find(s, HB_FOUND_WRONG_SC);
    if (copy_of(s, own, line)->state != HB_STATE_I) {
        struct hb_coherence step = {.requester = own, .shared = port->shared};
        step.event = (uint8_t)hb_access_event(s->model->protocol, access);
        hb_coherence_finish(s->model->protocol, &step, port->before);
        set_state(s, own, line, step.state[own]);
    }
    if (hb_access_writes(access))
        store(s, hart, own, line, false, true);
    if (access == HB_ACCESS_SC)
        end_sc(s, hart);
    if (access != HB_ACCESS_LR)
        return;
    port->reserved = line + 1;
    port->overtaken = false;
}

/* The line that occupies the place leaves; the one on its way arrives. */
static void install(struct step *s, const struct hb_model_port *port, uint8_t agent, bool newest) {
    if (s->model->lines == 2) {
        uint8_t other = 1 - port->line;
        bool dirty = attributes(s, agent, copy_of(s, agent, other)->state) & HB_LINE_DIRTY;
        if (dirty && !(s->model->protocol->flaws & HB_FLAW_VICTIM_DROPPED))
            find(s, HB_FOUND_LOST_VICTIM); /* the machine stops then */
        drop(s, agent, other);
    }
    copy_of(s, agent, port->line)->newest = newest;
}

static void perform(struct step *s, uint32_t hart, const struct hb_coherence *step) {
    const struct hb_model_port *port = &s->state->port[hart];
    if (hb_access_writes(port->kind))
        write_copy(s, hart, port->kind, port->line, port->broadcast, step->memory_updated);
    else if (!is_block_operation(port->kind))
        read_copy(s, hart, port->kind, port->line);
}

static void finish_in_cache(struct step *s, uint32_t hart, enum hb_txn transaction) {
    struct hb_model_port *port = &s->state->port[hart];
    uint8_t line = port->line, agent = agent_of(hart, port->kind);
    bool newest = port->newest;
    if (!port->carries && hb_txn_reads_line(transaction))
        newest = s->state->memory_newest[line];
    if (port->memory_takes)
        s->state->memory_newest[line] = newest;
    struct hb_coherence step = {
        .requester = agent,
        .event = (uint8_t)hb_access_event(s->model->protocol, port->kind),
        .shared = port->shared,
        .broadcast = port->broadcast,
    };
    hb_coherence_finish(s->model->protocol, &step, port->before);
    uint8_t next = step.state[agent];
    if (copy_of(s, agent, line)->state == HB_STATE_I && next != HB_STATE_I)
        install(s, port, agent, newest);
    set_state(s, agent, line, next);
    if (next != HB_STATE_I)
        perform(s, hart, &step);
}

/* A store that left others their copies, or that nobody snooped: their reservations are lost all the same. */
static void lose_reservations(struct step *s, uint32_t p, const struct hb_model_port *port) {
    const struct hb_protocol *protocol = s->model->protocol;
    bool stores = hb_access_writes(port->kind) || port->kind == HB_ACCESS_DMA_WRITE;
    if (!stores || !(port->broadcast || protocol->incoherent) || protocol->flaws & HB_FLAW_RESERVATION_KEPT)
        return;
    for (uint32_t hart = 0; hart < s->model->caches; hart++)
        if (hart != p)
            lose_reservation(s, hart, port->line);
}

static void finish(struct step *s, uint32_t p) {
    struct hb_model_port *port = &s->state->port[p], was = *port;
    enum hb_txn transaction = hb_model_transaction(s->model, port);
    switch (transaction) {
    case HB_TXN_WRITE_BACK: s->state->memory_newest[was.line] = was.newest; break;
    case HB_TXN_DMA_READ:
    case HB_TXN_DMA_WRITE: finish_device(s, p); break;
    case HB_TXN_WRITE:
    case HB_TXN_ATOMIC: finish_in_memory(s, p); break;
    default: finish_in_cache(s, p, transaction); break;
    }
    lose_reservations(s, p, &was);
    if (was.kind == HB_ACCESS_EVICT) {
        retry(s, p, was.kind, was.line, was.wanted);
        return;
    }
    forget_request(port);
    s->outcome.completes = true;
    check_flushed(s, was.kind, was.line);
}

/* ---- Invariants after every move ------------------------------------------------------------------------------- */

static void check_writers(struct step *s, uint8_t line) {
    uint32_t writers = 0, holders = 0;
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++) {
        uint8_t state = copy_of(s, agent, line)->state;
        holders += state != HB_STATE_I;
        writers += (attributes(s, agent, state) & HB_LINE_WRITABLE) != 0;
    }
    if (writers > 1 || (writers == 1 && holders > 1))
        find(s, HB_FOUND_TWO_WRITERS);
}

/* The newest is safe in memory, in a copy that will be written back, on its way, or in the copy of a requester that all
 * have answered. */
static bool newest_is_safe(struct step *s, uint8_t line) {
    bool safe = s->state->memory_newest[line];
    for (uint32_t hart = 0; hart < s->model->caches; hart++) {
        const struct hb_model_copy *copy = &s->state->l1d[hart][line];
        const struct hb_model_port *port = &s->state->port[hart];
        bool dirty = s->model->protocol->state[copy->state].attributes & HB_LINE_DIRTY;
        bool answered = port->phase == HB_PHASE_SNOOPED && port->line == line && port->kind != HB_ACCESS_FETCH;
        safe |= copy->newest && (dirty || answered);
    }
    for (uint32_t p = 0; p <= s->model->caches; p++)
        safe |= s->state->port[p].line == line && s->state->port[p].newest;
    return safe;
}

static bool is_invalidated(const struct step *s, uint8_t line, struct hb_move move) {
    for (uint32_t hart = 0; hart < s->model->caches; hart++)
        if (s->state->port[hart].kind == HB_ACCESS_INVALIDATE && s->state->port[hart].phase >= HB_PHASE_GRANTED &&
            s->state->port[hart].line == line)
            return true;
    return move.access == HB_ACCESS_INVALIDATE && move.line == line;
}

/* What cbo.inval drops is dropped by intent: from then on what memory has is the newest, and copies are not. */
static void check_newest(struct step *s, uint8_t line, struct hb_move move) {
    if (newest_is_safe(s, line))
        return;
    if (!is_invalidated(s, line, move)) {
        find(s, HB_FOUND_LOST_WRITE);
        return;
    }
    for (uint8_t agent = 0; agent < 2 * s->model->caches; agent++)
        copy_of(s, agent, line)->newest = false;
    s->state->memory_newest[line] = true;
}

struct hb_model_outcome hb_model_step(const struct hb_model *model, struct hb_model_state *state, struct hb_move move) {
    struct step s = {.model = model, .state = state};
    switch (move.kind) {
    case HB_MOVE_ACCESS: access_line(&s, move.port, move.access, move.line); break;
    case HB_MOVE_DROP: drop(&s, agent_of(move.port, move.access), move.line); break;
    case HB_MOVE_GIVE_UP: give_up(&s, move.line); break;
    case HB_MOVE_GRANT: grant(&s, move); break;
    case HB_MOVE_SNOOP: snoop(&s, move.port); break;
    default: finish(&s, move.port); break;
    }
    for (uint8_t line = 0; line < model->lines; line++) {
        check_writers(&s, line);
        check_newest(&s, line, move);
    }
    return s.outcome;
}
