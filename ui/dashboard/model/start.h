/* The start page: what can be opened, as plain data that whoever opens the window owns. */
#ifndef HB_DASHBOARD_START_H
#define HB_DASHBOARD_START_H

#include <stdint.h>

struct hb_start_entry {
    const char *title, *about; /* about: a line, may be empty */
    const char *open;          /* what is to be opened; empty: the machine behind the page; NULL: this is a heading */
};

struct hb_start {
    uint32_t entries; /* the first is no heading */
    const struct hb_start_entry *entry;
};

#endif
