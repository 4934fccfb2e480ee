#include "sim/harvest/slurm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/base/output.h"
#include "sim/campaign/folder.h"

#define QUOTED_BYTES (4 * HB_PATH_BYTES)

/* What the scripts name, quoted for the shell. */
struct names {
    char hartbeat[QUOTED_BYTES], campaign[QUOTED_BYTES], dir[QUOTED_BYTES];
    char job[HB_NAME_BYTES];
    uint32_t tasks;
};

/* ---- Names ----------------------------------------------------------------------------------------------------- */

/* In single quotes nothing has a meaning but the quote itself. */
static void quote(const char *text, char quoted[QUOTED_BYTES]) {
    char *at = quoted;
    *at++ = '\'';
    for (; *text; text++)
        at = *text == '\'' ? stpcpy(at, "'\\''") : (*at = *text, at + 1);
    stpcpy(at, "'");
}

/* The absolute path of what is there, quoted. */
static bool find(const char *path, char quoted[QUOTED_BYTES], struct hb_error *error) {
    char *real = realpath(path, NULL);
    if (real)
        quote(real, quoted);
    else
        hb_error_set(error, "%.600s: cannot be found", path);
    free(real);
    return real != NULL;
}

/* Of the job: what of the campaign's name surely needs no quotes. */
static void name_job(const struct hb_campaign *campaign, char job[HB_NAME_BYTES]) {
    snprintf(job, HB_NAME_BYTES, "%s", campaign->name[0] ? campaign->name : "campaign");
    for (char *at = job; *at; at++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", *at))
            *at = '-';
}

/* ---- Scripts --------------------------------------------------------------------------------------------------- */

static void write_array(FILE *out, const struct names *names) {
    fprintf(out,
            "#!/bin/bash\n"
            "#SBATCH --job-name=%s\n"
            "#SBATCH --array=0-%" PRIu32 "\n"
            "#SBATCH --requeue\n"
            "#SBATCH --open-mode=append\n"
            "#SBATCH --output=shard%%a.log\n"
            "# One shard of the campaign. A task that was stopped and requeued goes on where it was.\n"
            "set -eu\n"
            "dir=%s/shard$SLURM_ARRAY_TASK_ID\n"
            "resume=()\n"
            "[ ! -e \"$dir/campaign.json\" ] || resume=(--resume)\n"
            "exec %s campaign %s --shard \"$SLURM_ARRAY_TASK_ID/%" PRIu32 "\" \"${resume[@]}\" \\\n"
            "    --jobs \"${SLURM_CPUS_PER_TASK:-1}\" --quiet --out \"$dir\"\n",
            names->job, names->tasks - 1, names->dir, names->hartbeat, names->campaign, names->tasks);
}

static void write_merge(FILE *out, const struct names *names) {
    fprintf(out,
            "#!/bin/bash\n"
            "#SBATCH --job-name=%s-merge\n"
            "#SBATCH --open-mode=append\n"
            "#SBATCH --output=merge.log\n"
            "# The shards become the folder that one computer would have written.\n"
            "set -eu\n"
            "cd %s\n"
            "exec %s merge $(seq -f shard%%.0f 0 %" PRIu32 ") --out merged\n",
            names->job, names->dir, names->hartbeat, names->tasks - 1);
}

static void write_submit(FILE *out, const struct names *names) {
    fprintf(out,
            "#!/bin/bash\n"
            "# submit.sh [OPTION...]: submits the campaign's shards, and the job that merges them once all have ended; "
            "prints\n"
            "# the numbers of both jobs. The options go to sbatch: --partition, --time, --cpus-per-task.\n"
            "set -eu\n"
            "cd %s\n"
            "array=$(sbatch --parsable \"$@\" array.sbatch)\n"
            "merge=$(sbatch --parsable --dependency=afterok:\"${array%%%%;*}\" --kill-on-invalid-dep=yes \"$@\" "
            "merge.sbatch)\n"
            "echo \"$array $merge\"\n",
            names->dir);
}

/* ---- The folder ------------------------------------------------------------------------------------------------ */

static bool write_script(const char *dir, const char *name, void (*write)(FILE *, const struct names *),
                         const struct names *names, struct hb_error *error) {
    char path[HB_PATH_BYTES], *text = NULL;
    size_t bytes = 0;
    FILE *out = open_memstream(&text, &bytes);
    if (!out)
        abort();
    write(out, names);
    fclose(out);
    if (!hb_folder_write(dir, name, text, error) || !hb_folder_path(dir, name, path, error))
        return false;
    (void)chmod(path, 0755); /* where it cannot be executed, bash can be told to */
    return true;
}

bool hb_slurm_write(const struct hb_campaign *campaign, uint32_t tasks, const char *dir, struct hb_error *error) {
    struct names *names = calloc(1, sizeof *names);
    if (!names)
        abort();
    names->tasks = tasks;
    name_job(campaign, names->job);
    bool ok = !campaign->stop.wanted;
    if (!ok)
        hb_error_set(error, "%.300s: sampling.stop: a shard does not know when to stop", campaign->path);
    ok = ok && find("/proc/self/exe", names->hartbeat, error) && find(campaign->path, names->campaign, error) &&
         hb_output_folder(dir, error) && find(dir, names->dir, error) &&
         write_script(dir, "array.sbatch", write_array, names, error) &&
         write_script(dir, "merge.sbatch", write_merge, names, error) &&
         write_script(dir, "submit.sh", write_submit, names, error);
    free(names);
    return ok;
}
