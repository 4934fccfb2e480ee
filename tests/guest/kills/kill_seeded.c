/* kill_seeded batch|contend|stencil|transactions|seats N: each hart killed at N seeded cycles between `all harts up`
 * and the last dispatch. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "tests/guest/kills/campaign.h"

static const struct load {
    const char *name;
    uint64_t kind, tasks, work, size, requests, forks;
} loads[] = {
    {.name = "batch", .kind = HB_KIND_BATCH, .tasks = 32, .work = 20},
    {.name = "contend", .kind = HB_KIND_CONTEND, .tasks = 32, .work = 24},
    /* A group: one death, and all its threads begin again. */
    {.name = "stencil", .kind = HB_KIND_STENCIL, .tasks = 4, .work = 60, .size = 32},
    {.name = "transactions", .kind = HB_KIND_SERVER, .tasks = 8, .work = 5, .requests = 120},
    {.name = "seats", .kind = HB_KIND_PHILOSOPHERS, .tasks = 2, .work = 60, .forks = HB_FORKS_SEATS},
};

static struct campaign campaign;

static const struct load *find(const char *name) {
    for (size_t i = 0; i < sizeof loads / sizeof *loads; i++)
        if (strcmp(loads[i].name, name) == 0)
            return &loads[i];
    return NULL;
}

int main(int argc, char **argv) {
    const struct load *load = argc == 3 ? find(argv[1]) : NULL;
    if (load == NULL)
        return 2;
    static struct hb_config config;
    uint64_t n = strtoull(argv[2], NULL, 10);
    campaign_configure(&config, "smp", load->kind, load->tasks, load->work);
    if (load->size != 0)
        config.os.group[0].size = load->size;
    if (load->requests != 0) {
        config.os.group[0].service = HB_SERVICE_TRANSACTION;
        config.os.group[0].requests = load->requests;
        config.os.group[0].gap_cycles = 4000;
    }
    config.os.group[0].forks = load->forks;
    campaign_open_on(&campaign, &config);
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint32_t hart = 0; hart < campaign.config.harts; hart++)
        for (uint64_t i = 0; i < n; i++)
            campaign_kill(&campaign, hart, campaign.up_cycle + hb_choice(1, hart, i) % span, "seeded");
    return campaign_close(&campaign);
}
