/* What the tasks of each kind run in U mode: each gives the task's checksum. */
#ifndef HB_GUEST_PROGRAMS_H
#define HB_GUEST_PROGRAMS_H

#include <stdint.h>

#include "osmodel/guest/user/user.h"

uint64_t hb_program_batch(const struct hb_job *job);
uint64_t hb_program_contend(const struct hb_job *job);
uint64_t hb_program_share(const struct hb_job *job);
uint64_t hb_program_stencil(const struct hb_job *job);
uint64_t hb_program_matmul(const struct hb_job *job);
uint64_t hb_program_mapreduce(const struct hb_job *job);
uint64_t hb_program_pipeline(const struct hb_job *job);
uint64_t hb_program_philosophers(const struct hb_job *job);
uint64_t hb_program_selftest(const struct hb_job *job);
uint64_t hb_program_echo(const struct hb_job *job);
uint64_t hb_program_interactive(const struct hb_job *job);
uint64_t hb_program_server(const struct hb_job *job);

/* Somebody's own (./lab), which runs in the place of the one of its kind; most images have none. */
uint64_t hb_program_mine(const struct hb_job *job) __attribute__((weak));

#endif
