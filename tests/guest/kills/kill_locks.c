/* kill_locks N: each hart killed at N seeded cycles under contention, where the locks of dead harts are not recovered
 * (os.recovery.locks "none"). The host reads from the dead hart's memory what it owned. One that owned neither a lock
 * of the kernel nor, by the task that it ran, a mutex leaves a run that passes; and each hang names the lock that one
 * of the living waits for. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "osmodel/guest/workloads/groups.h"
#include "sim/engine/run.h"
#include "sim/result/gather.h"
#include "tests/guest/kills/campaign.h"

#define IN_FLIGHT_CYCLES 200u /* after so long its last transaction has ended, and what it owns it owns for ever */
#define TASK_RUNNING     2u   /* osmodel/guest/smp/task.h: bits 0..7 of a task's word are its state, 8..15 its hart */

static struct campaign campaign;

/* The kernel's spin-locks: each is the first word of an element. */
static const struct {
    const char *symbol;
    uint64_t elements;
} locks[] = {
    {"hb_queues", HB_HARTS_MAX}, {"hb_syncs", HB_OBJECTS_MAX}, {"sleepers", HB_HARTS_MAX},
    {"finish_lock", 1},          {"output_lock", 1},
};

static uint64_t read_word(uint64_t address) {
    uint64_t word;
    if (!hb_bus_debug_read(&campaign.machine->bus, address, &word, sizeof word))
        abort();
    return word;
}

static uint64_t find(const char *symbol, uint64_t elements, uint64_t *stride) {
    uint64_t address, size;
    if (!hb_symbols_find(&campaign.machine->symbols, symbol, &address, &size)) {
        printf("the image has no %s\n", symbol);
        exit(1);
    }
    *stride = size / elements;
    return address;
}

static bool owns_lock(uint32_t hart) {
    for (size_t i = 0; i < sizeof locks / sizeof *locks; i++) {
        uint64_t stride, first = find(locks[i].symbol, locks[i].elements, &stride);
        for (uint64_t k = 0; k < locks[i].elements; k++)
            if (HB_LOCK_OWNER(read_word(first + k * stride)) == hart + 1)
                return true;
    }
    return false;
}

/* A mutex's second word: task + 1 and its attempt. */
static bool owns_mutex(uint32_t hart) {
    uint64_t word_bytes, stride;
    uint64_t words = find("hb_task_words", HB_TASKS_MAX, &word_bytes);
    uint64_t first = find("hb_syncs", HB_OBJECTS_MAX, &stride);
    for (uint64_t k = 0; k < campaign.config.os.group[0].locks; k++) {
        uint32_t owner = (uint32_t)read_word(first + k * stride + sizeof(uint64_t));
        uint64_t word = owner != 0 ? read_word(words + (owner - 1) * word_bytes) : 0;
        if ((word & 0xff) == TASK_RUNNING && (word >> 8 & 0xff) == hart)
            return true;
    }
    return false;
}

static bool is_told(const char *text) {
    struct hb_run_result *result = hb_result_gather(campaign.machine);
    bool told = strstr(result->reason, text) != NULL;
    hb_result_free(result);
    return told;
}

static void kill_one(uint32_t hart, uint64_t cycle, uint64_t *held, uint64_t *hangs) {
    struct hb_machine *machine = campaign.machine;
    campaign_go_to(&campaign, cycle);
    hb_machine_input(machine, &(struct hb_input){.cycle = cycle, .kind = HB_INPUT_FAULT, .hart = (uint8_t)hart});
    hb_machine_run(machine, cycle + IN_FLIGHT_CYCLES);
    bool locked = owns_lock(hart);
    bool holds = locked || owns_mutex(hart);
    hb_machine_run(machine, cycle + campaign.patience_cycles);
    campaign.kills++;
    *held += holds;
    bool passed = campaign_judge(&campaign);
    if (!passed && !holds)
        campaign_tell(&campaign, hart, cycle, "it owned nothing, and yet the run does not pass");
    if (passed)
        return;
    *hangs += machine->saved->outcome == HB_OUTCOME_HANG;
    if (machine->saved->outcome != HB_OUTCOME_HANG || !is_told(locked ? "the lock" : "blocked"))
        campaign_tell(&campaign, hart, cycle, "no hang that says what is waited for");
}

int main(int argc, char **argv) {
    if (argc != 2)
        return 2;
    static struct hb_config config;
    uint64_t n = strtoull(argv[1], NULL, 10), held = 0, hangs = 0;
    campaign_configure(&config, "smp", HB_KIND_CONTEND, 16, 50);
    config.os.recovery_locks = HB_LOCKS_NONE;
    config.stop_quiet_cycles = 600000;
    campaign_open_on(&campaign, &config);
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint32_t hart = 0; hart < campaign.config.harts; hart++)
        for (uint64_t i = 0; i < n; i++)
            kill_one(hart, campaign.up_cycle + hb_choice(5, hart, i) % span, &held, &hangs);
    printf("%" PRIu64 " owned something, %" PRIu64 " hang\n", held, hangs);
    return campaign_close(&campaign) | (hangs == 0);
}
