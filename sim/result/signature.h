/* The answer of a program whose results hartbeat cannot judge itself: what a run that reports success must have in
 * common with the golden run. Another answer is silent data corruption.
 *
 *     uint64_t hash;
 *     if (hb_signature_hash(&campaign.signature, machine, &hash)) ... compare it with the golden run's ...
 */
#ifndef HB_SIM_SIGNATURE_H
#define HB_SIM_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/error.h"
#include "sim/config/config.h"

#define HB_SIGNATURE_MAX 16

struct hb_machine;

struct hb_signature {
    bool console;       /* all that was written there */
    uint32_t variables; /* 0: what lies between the symbols begin_signature and end_signature, if the image has them */
    char variable[HB_SIGNATURE_MAX][HB_NAME_BYTES];
};

/* Does the machine's image have these variables, with their sizes? False: `error`, without the file's name. */
bool hb_signature_check(const struct hb_signature *signature, const struct hb_machine *machine, struct hb_error *error);

/* The hash of the present answer; memory as a debugger would read it. False: the program has no signature. */
bool hb_signature_hash(const struct hb_signature *signature, const struct hb_machine *machine, uint64_t *hash);

#endif
