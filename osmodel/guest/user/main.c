/* Where tasks begin: run the program of the kind, deliver its checksum. */
#include "osmodel/abi.h"
#include "osmodel/guest/user/programs.h"
#include "osmodel/guest/user/syscall.h"

static uint64_t (*const programs[HB_KINDS])(const struct hb_job *job) = {
    [HB_KIND_SERVER] = hb_program_server,
    [HB_KIND_BATCH] = hb_program_batch,
    [HB_KIND_CONTEND] = hb_program_contend,
    [HB_KIND_SHARE] = hb_program_share,
    [HB_KIND_STENCIL] = hb_program_stencil,
    [HB_KIND_MATMUL] = hb_program_matmul,
    [HB_KIND_MAPREDUCE] = hb_program_mapreduce,
    [HB_KIND_PIPELINE] = hb_program_pipeline,
    [HB_KIND_PHILOSOPHERS] = hb_program_philosophers,
    [HB_KIND_SELFTEST] = hb_program_selftest,
    [HB_KIND_ECHO] = hb_program_echo,
    [HB_KIND_INTERACTIVE] = hb_program_interactive,
};

_Noreturn void hb_user_main(const struct hb_job *job) {
    uint64_t checksum = hb_program_mine ? hb_program_mine(job) : programs[job->kind](job);
    for (;;)
        hb_syscall(HB_SYS_EXIT, checksum, 0);
}
