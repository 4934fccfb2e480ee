#include "bus/shared/line.h"

#include "bus/shared/watch.h"

void hb_tell_reservation_lost(const struct hb_bus *bus, uint32_t hart, uint64_t line, uint64_t now) {
    HB_TELL(bus, reservation_lost, hart, line, now);
}

void hb_line_tell(const struct hb_bus *bus, uint8_t agent, const struct hb_line *line, uint8_t state,
                  const struct hb_transaction *t, uint64_t now) {
    if (line->state != state)
        HB_TELL(bus, line, agent, line->address, line->state, state, t, now);
}
