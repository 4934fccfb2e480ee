#include "bus/access/access.h"

enum hb_event hb_access_event(const struct hb_protocol *protocol, uint8_t kind) {
    switch (kind) {
    case HB_ACCESS_LR: return protocol->incoherent ? HB_EVENT_ATOMIC : HB_EVENT_READ;
    case HB_ACCESS_STORE:
    case HB_ACCESS_SC: return HB_EVENT_WRITE;
    case HB_ACCESS_AMO: return HB_EVENT_ATOMIC;
    case HB_ACCESS_EVICT: return HB_EVENT_EVICT;
    case HB_ACCESS_CLEAN: return HB_EVENT_CLEAN;
    case HB_ACCESS_FLUSH: return HB_EVENT_FLUSH;
    case HB_ACCESS_INVALIDATE: return HB_EVENT_INVALIDATE;
    default: return HB_EVENT_READ;
    }
}
