#include "sim/config/agree_amp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/json.h"
#include "sim/config/keys.h"

static bool is_image(const cJSON *document, const char *name) {
    const cJSON *image = cJSON_GetObjectItemCaseSensitive(document, "image");
    return cJSON_IsString(image) && strcmp(image->valuestring, name) == 0;
}

static const struct hb_key_name *roles(void) {
    return hb_key_find("os.workload.role")->names;
}

static const struct hb_key_name *find_role(const char *name) {
    for (const struct hb_key_name *role = roles(); role->name; role++)
        if (strcmp(role->name, name) == 0)
            return role;
    return NULL;
}

/* Worker `hart` does nothing but its role. */
static void set_role(struct hb_params *os, uint32_t hart, uint64_t role) {
    if (role == HB_ROLE_IO)
        os->amp_no_compute |= 1ull << hart;
    if (role == HB_ROLE_COMPUTE)
        os->amp_no_io |= 1ull << hart;
}

/* The first entry is that of worker 1. */
static bool settle_roles(const char *where, struct hb_config *config, struct hb_error *error) {
    config->os.amp_no_io = config->os.amp_no_compute = 0;
    if (config->amp_roles >= config->harts) {
        hb_error_set(error,
                     "%s: os.amp.roles: %" PRIu32 " roles are too many for %" PRIu32 " workers (CPU 0 is the master)",
                     where, config->amp_roles, config->harts - 1);
        return false;
    }
    for (uint32_t i = 0; i < config->amp_roles; i++) {
        const struct hb_key_name *role = find_role(config->amp_role[i]);
        if (!role) {
            hb_error_set(error,
                         "%s: os.amp.roles.%" PRIu32 ": \"%s\" is unknown (any, compute, io; did you mean \"%s\"?)",
                         where, i, config->amp_role[i], hb_key_nearest_name(roles(), config->amp_role[i]));
            return false;
        }
        set_role(&config->os, 1 + i, role->value);
    }
    return true;
}

/* Somebody must be there for every group. */
static bool check_groups(const char *where, const struct hb_config *config, struct hb_error *error) {
    uint64_t workers = (config->harts < 64 ? 1ull << config->harts : 0) - 2;
    for (uint32_t g = 0; g < config->os.workload_groups; g++) {
        uint64_t role = config->os.group[g].role;
        uint64_t others = role == HB_ROLE_IO ? config->os.amp_no_io : config->os.amp_no_compute;
        if (role == HB_ROLE_ANY || workers & ~others)
            continue;
        hb_error_set(error, "%s: os.workload: group \"%s\" has the role \"%s\", and no worker has it (os.amp.roles)",
                     where, config->group_name[g], hb_key_name_of(roles(), role));
        return false;
    }
    return true;
}

/* Its keys mean nothing to the SMP system. */
static bool check_absent(const cJSON *document, const char *where, const struct hb_config *config,
                         struct hb_error *error) {
    const char *place = hb_json_find(document, "os.amp") ? "os.amp" : NULL;
    if (config->os.recovery_failover != HB_FAILOVER_NONE)
        place = "os.recovery.failover";
    for (uint32_t g = 0; g < config->os.workload_groups; g++)
        if (config->os.group[g].role != HB_ROLE_ANY)
            place = "os.workload.role";
    if (!place)
        return true;
    hb_error_set(error, "%s: %s: needs image \"amp\"", where, place);
    return false;
}

/* The master watches alone; and what a worker has computed is its own, and gone with it. */
static bool check_recovery(const char *where, const struct hb_config *config, struct hb_error *error) {
    const char *wrong = NULL;
    if (config->os.recovery_detect == HB_DETECT_AGREE)
        wrong = "detect: \"agree\" needs image \"smp\" (none, ring)";
    if (config->os.recovery_restart == HB_RESTART_CHECKPOINT)
        wrong = "restart: \"checkpoint\" needs image \"smp\" (none, start)";
    if (config->os.recovery_kernel_data != HB_KERNEL_DATA_CACHED)
        wrong = "kernel_data: needs image \"smp\"";
    if (wrong)
        hb_error_set(error, "%s: os.recovery.%s", where, wrong);
    return !wrong;
}

bool hb_agree_amp(const cJSON *document, const char *where, struct hb_config *config, struct hb_error *error) {
    if (is_image(document, "smp"))
        return check_absent(document, where, config, error);
    if (is_image(document, "amp") && config->harts < 2) {
        hb_error_set(error,
                     "%s: machine.harts: 1 is too few for image \"amp\": a master and a worker or more (2 to %d)",
                     where, HB_HARTS_LIMIT);
        return false;
    }
    if (is_image(document, "amp") && !check_recovery(where, config, error))
        return false;
    return settle_roles(where, config, error) && check_groups(where, config, error);
}
