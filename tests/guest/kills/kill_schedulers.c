/* kill_schedulers N [NAME...]: under each scheduler, or those named, N seeded kills, dealt to the harts in turn: half
 * of them while tasks compute, half while they fight for locks; then as many under each way of spreading tasks. All
 * must be survived. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "sim/config/keys.h"
#include "tests/guest/kills/campaign.h"

#define QUANTUM_CYCLES 5000u
#define CYCLES         40000u /* of aging, and between boosts */

static struct campaign campaign;

static void configure(struct hb_config *config, uint64_t scheduler, uint64_t balance, uint64_t kind) {
    bool contend = kind == HB_KIND_CONTEND;
    campaign_configure(config, "smp", kind, 24, contend ? 16 : 12);
    config->os.scheduler = scheduler;
    config->os.balance = balance;
    config->os.quantum_cycles = QUANTUM_CYCLES;
    config->os.aging_cycles = CYCLES;
    config->os.boost_cycles = CYCLES;
}

static int kill_some(uint64_t scheduler, uint64_t balance, uint64_t kind, uint64_t n) {
    static struct hb_config config;
    configure(&config, scheduler, balance, kind);
    campaign_open_on(&campaign, &config);
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint64_t i = 0; i < n; i++)
        campaign_kill(&campaign, (uint32_t)(i % config.harts),
                      campaign.up_cycle + hb_choice(3, scheduler << 8 | balance << 4 | kind, i) % span, "seeded");
    return campaign_close(&campaign);
}

static int kill_under(uint64_t scheduler, uint64_t balance, uint64_t n) {
    printf("%s, %s\n", hb_key_name_of(hb_key_find("os.scheduler")->names, scheduler),
           hb_key_name_of(hb_key_find("os.balance")->names, balance));
    return kill_some(scheduler, balance, HB_KIND_BATCH, n - n / 2) |
           kill_some(scheduler, balance, HB_KIND_CONTEND, n / 2);
}

static bool is_wanted(int argc, char **argv, const char *name) {
    for (int i = 2; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 2;
}

int main(int argc, char **argv) {
    if (argc < 2)
        return 2;
    uint64_t n = strtoull(argv[1], NULL, 10);
    int failed = 0;
    for (const struct hb_key_name *name = hb_key_find("os.scheduler")->names; name->name; name++)
        if (name->value != HB_SCHED_MINE && is_wanted(argc, argv, name->name)) /* that is a student's: tests/lab */
            failed |= kill_under((uint64_t)name->value, HB_BALANCE_STEAL, n);
    for (const struct hb_key_name *name = hb_key_find("os.balance")->names; name->name; name++)
        if (name->value != HB_BALANCE_STEAL && is_wanted(argc, argv, name->name))
            failed |= kill_under(HB_SCHED_ROUND_ROBIN, (uint64_t)name->value, n);
    return failed;
}
