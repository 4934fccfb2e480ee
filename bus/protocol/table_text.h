/* A protocol for reading: its table as text or Markdown, its states as a diagram for Graphviz. */
#ifndef HB_BUS_TABLE_TEXT_H
#define HB_BUS_TABLE_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "bus/protocol/protocol.h"

/* Events down, states across, with the source and a legend. */
void hb_protocol_print_table(const struct hb_protocol *protocol, bool markdown, FILE *out);

/* A digraph: what a cache's own side asks for in solid lines, what it sees in dashed ones. */
void hb_protocol_print_dot(const struct hb_protocol *protocol, FILE *out);

#endif
