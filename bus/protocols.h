/* The protocol tables that are built, one a file: protocol_NAME.c. */
#ifndef HB_BUS_PROTOCOLS_H
#define HB_BUS_PROTOCOLS_H

#include "bus/protocol.h"

extern const struct hb_protocol hb_protocol_vi;
extern const struct hb_protocol hb_protocol_mesi;

#endif
