#include "bus/access/in_flight.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void hb_transaction_broken(const struct hb_transaction *t, uint64_t now, const char *what) {
    fprintf(stderr,
            "hartbeat: broken invariant in cycle %" PRIu64 ": %s (hart %u, %s of line 0x%" PRIx64 ", granted %" PRIu64
            ")\n",
            now, what, t->port, hb_txn_name(t->kind), t->line, t->grant_cycle);
    abort();
}
