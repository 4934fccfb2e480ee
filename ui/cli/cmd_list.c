/* hartbeat list: names that commands and keys take, with their meaning. */
#include <stdio.h>

#include "sim/config/images.h"
#include "sim/config/key_text.h"
#include "sim/experiment/experiment.h"
#include "ui/cli/commands.h"

#define EXPERIMENTS_MAX 256
#define ABOUT_BYTES     256

/* Sections of names that a key takes. */
static const struct {
    const char *title, *path;
} sections[] = {
    {"protocols", "machine.bus.protocol"},      {"arbiters", "machine.bus.arbiter"},
    {"replacement", "machine.l1d.replacement"}, {"schedulers", "os.scheduler"},
    {"workloads", "os.workload.kind"},          {"faults", "faults.*.model"},
};

static void print_experiments(void) {
    char names[EXPERIMENTS_MAX][HB_NAME_BYTES], about[ABOUT_BYTES];
    size_t n = hb_experiment_names(names, EXPERIMENTS_MAX);
    puts("experiments (hartbeat run NAME)");
    for (size_t i = 0; i < n; i++) {
        hb_experiment_about(names[i], about, sizeof about);
        printf("  %-18s %s\n", names[i], about);
    }
}

static void print_campaigns(void) {
    char names[EXPERIMENTS_MAX][HB_NAME_BYTES], path[HB_NAME_BYTES + 16], about[ABOUT_BYTES];
    size_t n = hb_campaign_names(names, EXPERIMENTS_MAX);
    puts("\ncampaigns (hartbeat campaign NAME --out DIR)");
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof path, "campaigns/%s", names[i]);
        hb_experiment_about(path, about, sizeof about);
        printf("  %-18s %s\n", names[i], about);
    }
}

static void print_images(void) {
    const struct hb_image *image;
    puts("\nimages (\"image\")");
    for (size_t i = 0; (image = hb_image_at(i)); i++)
        printf("  %-18s %s\n", image->name, image->about);
}

static void print_names(const char *title, const struct hb_key *key) {
    printf("\n%s (\"%s\")\n", title, key->path);
    for (const struct hb_key_name *name = key->names; name->name; name++) {
        const char *about = hb_key_about_name(key->path, name->name);
        printf("  %-18s %s\n", name->name, name->built ? (about ? about : "") : "not built yet");
    }
}

int hb_cmd_list(const struct hb_options *options) {
    (void)options;
    print_experiments();
    print_campaigns();
    print_images();
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        print_names(sections[i].title, hb_key_find(sections[i].path));
    return HB_EXIT_OK;
}
