#include "sim/config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus/protocol/protocol.h"
#include "sim/config/keys.h"

void hb_config_defaults(struct hb_config *config) {
    memset(config, 0, sizeof *config);
    config->host_lookups = true;
    for (size_t i = 0; i < hb_keys_n; i++) {
        const struct hb_key *key = &hb_keys[i];
        uint64_t value;
        if (!hb_key_default(key, &value))
            continue;
        if (key->place == HB_PLACE_CONFIG)
            hb_key_store(key, config, value);
        for (uint32_t h = 0; key->place == HB_PLACE_HART && h < HB_HARTS_LIMIT; h++)
            hb_key_store(key, &config->hart[h], value);
        for (uint32_t f = 0; key->place == HB_PLACE_FAULT && f < HB_CONFIG_FAULTS_ALL; f++)
            hb_key_store(key, &config->faults[f], value);
        for (uint32_t g = 0; key->place == HB_PLACE_TASKS && g < HB_GROUPS_MAX; g++)
            hb_key_store(key, &config->os.group[g], value);
    }
    config->os.seed = config->seed;
    config->os.cycles_per_tick = config->cycles_per_tick;
    config->os.workload_groups = 1;
    hb_config_settle_groups(config);
}

void hb_config_settle_groups(struct hb_config *config) {
    struct hb_params *os = &config->os;
    const struct hb_key_name *kinds = hb_key_find("os.workload.kind")->names;
    os->workload_tasks = 0;
    for (uint32_t g = 0; g < os->workload_groups; g++) {
        os->group[g].first = os->workload_tasks;
        os->workload_tasks += os->group[g].tasks;
        if (!config->group_name[g][0])
            snprintf(config->group_name[g], HB_NAME_BYTES, "%s", hb_key_name_of(kinds, os->group[g].kind));
    }
}

void hb_config_free_lists(struct hb_config_lists *lists) {
    for (uint32_t i = 0; i < lists->inputs; i++)
        free((char *)lists->input[i].text);
    free(lists->input);
    free(lists->script);
    free(lists->disk);
    *lists = (struct hb_config_lists){0};
}

const struct hb_protocol *hb_config_protocol(const struct hb_config *config) {
    return config->bus.protocol == HB_PROTOCOL_GIVEN ? config->bus.given
                                                     : hb_protocol_find((enum hb_protocol_id)config->bus.protocol);
}
