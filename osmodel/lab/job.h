/* The job with which a task of ./lab is tried on the host: the only task of a group, so that it waits for nobody. */
#ifndef HB_LAB_JOB_H
#define HB_LAB_JOB_H

#include <stdbool.h>

#include "osmodel/abi.h"
#include "osmodel/guest/user/user.h"

/* The group of a command line: KIND WORK SIZE, and the first task is its only one. False: not of that form, or a kind
 * whose tasks need others. */
bool hb_lab_params(int argc, char **argv, struct hb_params *params);

/* Its job, with memory of its own. Aborts when there is none. */
struct hb_job hb_lab_job(const struct hb_params *params);

#endif
