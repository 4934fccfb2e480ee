#include "sim/config/config.h"

#include <stdlib.h>
#include <string.h>

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
        for (uint32_t f = 0; key->place == HB_PLACE_FAULT && f < HB_CONFIG_FAULTS_MAX; f++)
            hb_key_store(key, &config->faults[f], value);
    }
    config->os.seed = config->seed;
    config->os.cycles_per_tick = config->cycles_per_tick;
}

void hb_config_free_lists(struct hb_config_lists *lists) {
    for (uint32_t i = 0; i < lists->inputs; i++)
        free((char *)lists->input[i].text);
    free(lists->input);
    free(lists->script);
    *lists = (struct hb_config_lists){0};
}
