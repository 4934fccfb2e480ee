/* What a bundled system would refuse when it starts, found before it does: the kernels can only give up, the host can
 * say which key is wrong. */
#ifndef HB_SIM_IMAGE_FITS_H
#define HB_SIM_IMAGE_FITS_H

#include "memory/elf.h"
#include "sim/base/error.h"
#include "sim/config/config.h"

/* Does what `config` asks of the image fit it: is there room for the tasks' memory, and is what is linked from outside
 * the kernel ("mine") there, and any image's word that ends its run? False: `error` names the key. */
bool hb_image_fits(const struct hb_config *config, const struct hb_elf *elf, const struct hb_symbols *symbols,
                   struct hb_error *error);

#endif
