/* The protocol tables, one per file: protocol_NAME.c; and the macros in which they are written. */
#ifndef HB_BUS_PROTOCOLS_H
#define HB_BUS_PROTOCOLS_H

#include "bus/protocol/protocol.h"
#include "memory/cache.h"

/* An own event that needs a transaction: the state after it without and with the shared line. */
#define OWN(txn, unshared, shared)                                                                                     \
    { .defined = true, .transaction = (txn), .next = (unshared), .next_shared = (shared) }
#define OWN_ACTS(txn, unshared, shared, acts)                                                                          \
    { .defined = true, .transaction = (txn), .next = (unshared), .next_shared = (shared), .actions = (acts) }
/* An own event that needs none. */
#define HIT(to)                                                                                                        \
    { .defined = true, .next = (to), .next_shared = (to) }
/* Another cache's transaction. */
#define SEES(to, acts)                                                                                                 \
    { .defined = true, .next = (to), .actions = (acts) }

#define HB_CLEAN_COPY   HB_LINE_READABLE
#define HB_CLEAN_ALONE  (HB_LINE_READABLE | HB_LINE_WRITABLE)
#define HB_DIRTY_SHARED (HB_LINE_READABLE | HB_LINE_DIRTY)
#define HB_DIRTY_ALONE  (HB_LINE_READABLE | HB_LINE_WRITABLE | HB_LINE_DIRTY)

extern const struct hb_protocol hb_protocol_vi;
extern const struct hb_protocol hb_protocol_write_once;
extern const struct hb_protocol hb_protocol_msi;
extern const struct hb_protocol hb_protocol_mesi;
extern const struct hb_protocol hb_protocol_mesif;
extern const struct hb_protocol hb_protocol_moesi;
extern const struct hb_protocol hb_protocol_berkeley;
extern const struct hb_protocol hb_protocol_firefly;
extern const struct hb_protocol hb_protocol_dragon;

#endif
