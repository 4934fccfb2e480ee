#include "bus/devices/power.h"

enum { COMMAND = 0x00, STATE = 0x04, ENTRY = 0x08, ARGUMENT = 0x10 };
enum { FENCE = 1, START, FLUSH, STOP, RESET };
enum { STARTED, STOPPED, FENCED };

bool hb_power_read(const struct hb_power *power, uint64_t offset, uint32_t bytes, uint32_t harts, uint64_t *value) {
    if (offset / HB_POWER_DEVICE_STRIDE >= harts)
        return false;
    const struct hb_power_hart *hart = &power->hart[offset / HB_POWER_DEVICE_STRIDE];
    switch (offset % HB_POWER_DEVICE_STRIDE) {
    case COMMAND: *value = hart->command; return bytes == 4;
    case STATE: *value = hart->state; return bytes == 4;
    case ENTRY: *value = hart->entry; return bytes == 8;
    case ARGUMENT: *value = hart->argument; return bytes == 8;
    default: return false;
    }
}

static bool command(struct hb_power_hart *hart, uint64_t value) {
    static const uint8_t state_after[] = {[FENCE] = FENCED, [START] = STARTED, [STOP] = STOPPED};
    if (value < FENCE || value > RESET)
        return false;
    hart->command = (uint8_t)value;
    hart->requested = true;
    if (value != FLUSH && value != RESET)
        hart->state = state_after[value];
    return true;
}

bool hb_power_write(struct hb_power *power, uint64_t offset, uint32_t bytes, uint64_t value, uint32_t harts) {
    if (offset / HB_POWER_DEVICE_STRIDE >= harts)
        return false;
    struct hb_power_hart *hart = &power->hart[offset / HB_POWER_DEVICE_STRIDE];
    switch (offset % HB_POWER_DEVICE_STRIDE) {
    case COMMAND: return bytes == 4 && command(hart, value);
    case ENTRY: hart->entry = value; return bytes == 8;
    case ARGUMENT: hart->argument = value; return bytes == 8;
    default: return false;
    }
}

bool hb_power_take(struct hb_power *power, uint32_t harts, uint32_t *hart, uint32_t *command_taken) {
    for (*hart = 0; *hart < harts; ++*hart) {
        if (!power->hart[*hart].requested)
            continue;
        power->hart[*hart].requested = false;
        *command_taken = power->hart[*hart].command;
        return true;
    }
    return false;
}

bool hb_power_waits(const struct hb_power *power, uint32_t harts) {
    for (uint32_t hart = 0; hart < harts; hart++)
        if (power->hart[hart].requested)
            return true;
    return false;
}
