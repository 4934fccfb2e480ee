/* kill_seeded batch|contend N: each hart killed at N seeded cycles between `all harts up` and the last dispatch. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory/hash.h"
#include "tests/guest/kills/campaign.h"

static struct campaign campaign;

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    bool contend = strcmp(argv[1], "contend") == 0;
    uint64_t n = strtoull(argv[2], NULL, 10);
    campaign_open(&campaign, "smp", contend ? HB_KIND_CONTEND : HB_KIND_BATCH, 32, contend ? 24 : 20);
    uint64_t span = campaign.last_dispatch_cycle - campaign.up_cycle;
    for (uint32_t hart = 0; hart < campaign.config.harts; hart++)
        for (uint64_t i = 0; i < n; i++)
            campaign_kill(&campaign, hart, campaign.up_cycle + hb_choice(1, hart, i) % span, "seeded");
    return campaign_close(&campaign);
}
