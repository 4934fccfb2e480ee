#include "bus/access/perform.h"
#include "bus/shared/line.h"
#include "bus/shared/port.h"
#include "bus/shared/presence.h"
#include "bus/shared/transaction.h"
#include "memory/copy.h"

void hb_solo_allow(struct hb_bus *bus) {
    bus->solo.allowed =
        bus->plain && !bus->config.split && !bus->l2.block && !bus->watch && !bus->checker && bus->presence.holders;
    bus->solo.address_cycles = bus->config.arbitration_cycles + bus->config.address_cycles;
    bus->solo.data_cycles = (bus->line_bytes + bus->config.width_bytes - 1) / bus->config.width_bytes;
    bus->solo.prompt =
        bus->solo.allowed && bus->config.arbiter != HB_ARBITER_TDMA && bus->config.arbiter != HB_ARBITER_SCRIPT;
}

void hb_solo_forbid(struct hb_bus *bus) {
    bus->solo.allowed = bus->solo.prompt = false;
}

/* ---- Grant ----------------------------------------------------------------------------------------------------- */

static bool is_fetched(uint8_t kind) {
    return hb_access_moves_bytes(kind) && kind != HB_ACCESS_SC; /* whose reservation must be asked about */
}

static uint8_t agent_of(uint32_t hart, uint8_t kind) {
    return kind == HB_ACCESS_FETCH ? hb_agent_l1i(hart) : hb_agent_l1d(hart);
}

static const struct hb_row *row_of(const struct hb_bus *bus, uint8_t kind, uint8_t state) {
    const struct hb_protocol *protocol = kind == HB_ACCESS_FETCH ? &hb_protocol_l1i : bus->protocol;
    return &protocol->row[state][hb_access_event(protocol, kind)];
}

static void begin(struct hb_bus *bus, uint32_t port, const struct hb_row *row, uint8_t before, uint64_t now) {
    struct hb_bus_state *state = bus->state;
    struct hb_transaction *t = state->transaction;
    const struct hb_request *request = &state->port[port].request;
    t->active = true;
    t->snooped = t->carries = t->broadcast = t->shared = false;
    t->port = (uint8_t)port;
    t->kind = row->transaction;
    t->before = before;
    t->memory_takes = row->actions & HB_ACT_SUPPLY;
    t->supplier = t->memory_takes ? agent_of(port, request->kind) : HB_NO_AGENT;
    t->line = request->address & ~(uint64_t)(bus->line_bytes - 1);
    t->grant_cycle = now;
    t->snoop_cycle = now + bus->solo.address_cycles;
    hb_port_granted(bus, port, now);
    bus->solo.under_way = true;
    bus->solo.finish_cycle = t->snoop_cycle + bus->solo.data_cycles;
}

/* No L1 has the line, and so none will before it is finished. */
static bool fetch(struct hb_bus *bus, uint32_t port, uint64_t now) {
    const struct hb_request *request = &bus->state->port[port].request;
    const struct hb_row *row = row_of(bus, request->kind, HB_STATE_I);
    const uint64_t line = request->address & ~(uint64_t)(bus->line_bytes - 1);
    const struct hb_agents holders = hb_presence_of(bus, line);
    if ((row->transaction != HB_TXN_READ && row->transaction != HB_TXN_READ_X) || !hb_agents_none(&holders) ||
        !hb_ram_contains(bus->ram, line - HB_RAM_BASE, bus->line_bytes))
        return false;
    begin(bus, port, row, HB_STATE_I, now);
    bus->solo.finish_cycle += bus->memory_latency_cycles;
    return true;
}

/* The line is given up now, and its bytes are on their way. */
static bool write_back(struct hb_bus *bus, uint32_t port, uint64_t now) {
    struct hb_line *line = hb_cache_find(&bus->l1d[port], bus->state->port[port].request.address);
    const uint8_t before = line ? line->state : HB_STATE_I;
    const struct hb_row *row = row_of(bus, HB_ACCESS_EVICT, before);
    struct hb_transaction *t = bus->state->transaction;
    if (!row->defined || row->transaction != HB_TXN_WRITE_BACK)
        return false;
    begin(bus, port, row, before, now);
    t->carries = true;
    hb_copy_line(t->data, hb_line_data(line), bus->line_bytes);
    hb_line_set_state(bus, hb_agent_l1d(port), line, row->next, t, now);
    bus->state->port[port].stats.writebacks++;
    return true;
}

bool hb_solo_grant(struct hb_bus *bus, uint32_t port, uint64_t now) {
    const uint8_t kind = bus->state->port[port].request.kind;
    if (port >= bus->harts || bus->state->port[port].lost)
        return false;
    return is_fetched(kind) ? fetch(bus, port, now) : kind == HB_ACCESS_EVICT && write_back(bus, port, now);
}

/* ---- Snoop ----------------------------------------------------------------------------------------------------- */

static void snoop(struct hb_bus *bus, struct hb_transaction *t) {
    struct hb_bus_state *state = bus->state;
    t->snooped = true;
    t->finish_cycle = state->data_free_cycle = bus->solo.finish_cycle;
    t->data_cycles = bus->solo.data_cycles;
    state->address_busy = false;
    state->data_cycles += bus->solo.data_cycles;
    state->address_cycles += bus->solo.address_cycles;
}

void hb_solo_hand_back(struct hb_bus *bus, uint64_t now) {
    struct hb_transaction *t = bus->state->transaction;
    if (!bus->solo.under_way)
        return;
    bus->solo.under_way = false;
    if (t->snoop_cycle >= now)
        return;
    snoop(bus, t);
    bus->state->next_cycle = t->finish_cycle;
}

/* ---- Finish ---------------------------------------------------------------------------------------------------- */

/* Where the line comes in, its bytes with it. */
static struct hb_line *install(struct hb_bus *bus, uint64_t address, uint8_t agent, uint64_t now) {
    const struct hb_cache *cache = hb_bus_cache(bus, agent);
    struct hb_line *line = hb_cache_victim(cache, address);
    if (line->attributes & HB_LINE_DIRTY)
        hb_transaction_broken(bus->state->transaction, now, "a modified line is in the way of a new one");
    if (line->address != HB_NO_LINE)
        hb_line_leave(bus, agent, line, now);
    line->address = address;
    hb_presence_add(bus, agent, address);
    hb_cache_note_arrival(cache, line);
    hb_copy_line(hb_line_data(line), bus->ram->bytes + (address - HB_RAM_BASE), bus->line_bytes);
    return line;
}

/* The access of `request`, in the line that comes in for it. */
static inline struct hb_line *perform(struct hb_bus *bus, uint32_t port, const struct hb_request *request, uint64_t now,
                                      uint64_t *value) {
    const uint8_t agent = agent_of(port, request->kind), next = row_of(bus, request->kind, HB_STATE_I)->next;
    const uint64_t address = request->address & ~(uint64_t)(bus->line_bytes - 1);
    struct hb_line *line = install(bus, address, agent, now);
    line->state = next;
    line->attributes = hb_agent_protocol(bus->protocol, agent)->state[next].attributes;
    if (hb_access_writes(request->kind))
        line->last_write = now << 4 | request->order;
    else
        line->last_read = now << 4 | request->order;
    if (request->kind == HB_ACCESS_LR)
        bus->state->port[port].reservation = address;
    *value = hb_perform(request, hb_line_data(line) + (request->address - address));
    return line;
}

struct hb_port_answer hb_solo_finish(struct hb_bus *bus, uint64_t now) {
    struct hb_transaction *t = bus->state->transaction;
    struct hb_port_stats *stats = &bus->state->port[t->port].stats;
    const bool written_back = t->kind == HB_TXN_WRITE_BACK;
    struct hb_port_answer answer = {written_back ? HB_RESPONSE_RETRY : HB_RESPONSE_DONE, 0};
    snoop(bus, t);
    bus->solo.under_way = false;
    if (written_back)
        hb_ram_write(bus->ram, t->line - HB_RAM_BASE, t->data, bus->line_bytes);
    else
        perform(bus, t->port, &bus->state->port[t->port].request, now, &answer.value);
    t->active = false;
    bus->state->transactions[t->kind]++;
    stats->transactions++;
    stats->bytes += bus->line_bytes;
    return answer;
}

/* ---- From the post to the finish ------------------------------------------------------------------------------- */

/* A transaction of the port, granted in the cycle after its post, has been finished `cycles` after its grant. */
static void count(struct hb_bus *bus, uint32_t port, uint8_t transaction, uint64_t cycles) {
    struct hb_bus_state *state = bus->state;
    struct hb_port_stats *stats = &state->port[port].stats;
    stats->requests++;
    stats->grants++;
    stats->wait_cycles++;
    if (!stats->wait_max_cycles)
        stats->wait_max_cycles = 1;
    stats->transactions++;
    stats->bytes += bus->line_bytes;
    state->grants++;
    state->busy_cycles += cycles;
    state->address_cycles += bus->solo.address_cycles;
    state->data_cycles += bus->solo.data_cycles;
    state->transactions[transaction]++;
}

/* The line leaves for memory, if this is what the protocol has for it. */
static bool may_be_written_back(const struct hb_bus *bus, const struct hb_line *line) {
    const struct hb_row *row = row_of(bus, HB_ACCESS_EVICT, line->state);
    return row->defined && row->transaction == HB_TXN_WRITE_BACK && row->next == HB_STATE_I;
}

static void leave_for_memory(struct hb_bus *bus, uint32_t port, struct hb_line *line, uint64_t cycles, uint64_t now) {
    hb_ram_write(bus->ram, line->address - HB_RAM_BASE, hb_line_data(line), bus->line_bytes);
    hb_line_leave(bus, hb_agent_l1d(port), line, now);
    bus->state->port[port].stats.writebacks++;
    count(bus, port, HB_TXN_WRITE_BACK, cycles);
}

/* Memory gives the line, and nobody else has it. */
static bool comes_from_memory(const struct hb_bus *bus, uint8_t transaction, uint64_t line) {
    const struct hb_agents holders = hb_presence_of(bus, line);
    return (transaction == HB_TXN_READ || transaction == HB_TXN_READ_X) && hb_agents_none(&holders) &&
           hb_ram_contains(bus->ram, line - HB_RAM_BASE, bus->line_bytes);
}

bool hb_solo_miss(struct hb_bus *bus, uint32_t port, struct hb_solo_miss *miss) {
    struct hb_bus_state *state = bus->state;
    const struct hb_request *request = miss->request;
    const uint64_t line = request->address & ~(uint64_t)(bus->line_bytes - 1);
    const uint64_t given = bus->solo.address_cycles + bus->solo.data_cycles;
    const uint64_t taken = given + bus->memory_latency_cycles;
    if (miss->now + 1 + taken >= miss->before)
        return false;
    const uint8_t transaction = row_of(bus, request->kind, HB_STATE_I)->transaction;
    if (!comes_from_memory(bus, transaction, line))
        return false;
    struct hb_line *victim = hb_cache_victim(&bus->l1d[port], line);
    const bool modified = victim->attributes & HB_LINE_DIRTY;
    miss->finish = miss->now + 1 + taken + (modified ? 1 + given : 0);
    if (modified && (miss->finish >= miss->before || !may_be_written_back(bus, victim)))
        return false;
    if (modified)
        leave_for_memory(bus, port, victim, given, miss->now);
    struct hb_port_stats *stats = &state->port[port].stats;
    stats->misses[0]++;
    stats->write_misses += hb_access_writes(request->kind);
    count(bus, port, transaction, taken);
    state->last_port = port;
    state->last_finish_cycle = miss->finish;
    miss->line = perform(bus, port, request, miss->finish, &miss->value);
    return true;
}
