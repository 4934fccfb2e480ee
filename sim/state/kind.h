/* Are two machines of one kind? Before two runs are compared cycle by cycle: what their configurations say differently,
 * and whether there is anything to compare. */
#ifndef HB_SIM_KIND_H
#define HB_SIM_KIND_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/machine/machine.h"

/* Write a line for each key of the experiment in which the machines differ: "machine.harts: 4 and 2". When a run stops,
 * what is measured and what is traced count for nothing. */
void hb_kind_write(FILE *out, const struct hb_machine *left, const struct hb_machine *right);

/* Is there a value of one for each value of the other: as many harts, ports and transactions, caches and RAM of one
 * size, a disk or none? And have they booted the same image, without which all of RAM differs? */
bool hb_kind_is_one(const struct hb_machine *left, const struct hb_machine *right);

#endif
