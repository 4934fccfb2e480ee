/* Where the bundled images and experiments are, from any working directory: beside the running program, and for
 * programs elsewhere (tests) where they were built. Also what images are loaded into.
 */
#ifndef HB_SIM_IMAGES_H
#define HB_SIM_IMAGES_H

#include <stdbool.h>
#include <stddef.h>

#include "memory/elf.h"
#include "sim/base/error.h"
#include "sim/config/config.h"

/* A bundled image, with a short description. */
struct hb_image {
    const char *name, *about;
};

/* The images in the order of `hartbeat list`; NULL: there are no more. */
const struct hb_image *hb_image_at(size_t i);

/* Is it the name of a bundled image ("smp", "amp", "sharing", "by-hand", ...)? */
bool hb_image_is_bundled(const char *name);

/* The bundled image that is to run: "smp" has another one where its kernel's data are flushed. `config->image` is a
 * name still. */
const char *hb_image_variant(const struct hb_config *config);

/* The path of a bundled image. False: it is not there, and `error` says where it was looked for. */
bool hb_image_find(const char *name, char path[HB_PATH_BYTES], struct hb_error *error);

/* The path of an experiment that the user named: an existing file of that name, else a bundled experiment: "smp4",
 * "smp4.json" and "configs/smp4.json" are one. False: there is neither; `path` then is `name`. */
bool hb_experiment_find(const char *name, char path[HB_PATH_BYTES]);

/* Write the names of the bundled experiments, in alphabetical order and without ".json"; at most `most`. Returns how
 * many there are. */
size_t hb_experiment_names(char names[][HB_NAME_BYTES], size_t most);

/* The same of the bundled campaigns, whose files are in configs/campaigns/. */
size_t hb_campaign_names(char names[][HB_NAME_BYTES], size_t most);

/* The same of the claims: experiments with what they are to show. hb_experiment_find() knows "claims/NAME". */
size_t hb_claim_names(char names[][HB_NAME_BYTES], size_t most);

/* What was meant by an experiment's name that does not exist; "": nothing is near. */
void hb_experiment_nearest(const char *name, char nearest[HB_NAME_BYTES]);

/* What git calls the sources that the command was built from, "" where that is not known: a file beside the images. */
void hb_commit_name(char *name, size_t bytes);

/* What every image is loaded into, or looked at with: RAM of `ram_bytes`, by `write`; hartbeat's note is asked for. */
struct hb_elf_target hb_image_target(uint64_t ram_bytes, hb_elf_write *write, void *context);

/* The sentence of a warning for an image of which a part lies outside RAM and was not loaded. False: there is none. */
bool hb_image_is_partly_outside(const char *path, const struct hb_elf *elf, char *text, size_t bytes);

#endif
