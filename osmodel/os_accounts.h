/* What transactions have left in the accounts of servers, against what they should have: the host adds up what those
 * requests pay that were answered. One that was taken and not answered yet, or never will be, may have paid or not. */
#ifndef HB_OSMODEL_OS_ACCOUNTS_H
#define HB_OSMODEL_OS_ACCOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "osmodel/abi.h"
#include "osmodel/os_view.h"

struct hb_os_accounts {
    uint64_t accounts; /* of all servers with transactions together */
    uint64_t wrong;    /* in which there is too little or too much */
    uint64_t balance;  /* what is in them */
    uint64_t expected; /* what the answered requests pay */
};

/* The 64-bit word at `offset` bytes from the beginning of the tasks' memory. False: it cannot be read. */
typedef bool hb_os_read_word(const void *context, uint64_t offset, uint64_t *word);

/* Fill `accounts` from the view, which is up to date, and from the accounts themselves. False: there are none. */
bool hb_os_accounts_fill(const struct hb_os_view *view, const struct hb_params *params, hb_os_read_word *read,
                         const void *context, struct hb_os_accounts *accounts);

#endif
