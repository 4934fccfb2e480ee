/* The ELF note by which the host recognises our images: HB_IMAGE_NOTE(amp, jitter_cycles), once per image. */
#ifndef HB_GUEST_NOTE_H
#define HB_GUEST_NOTE_H

#include "osmodel/abi.h"

struct hb_elf_note {
    uint32_t name_bytes;
    uint32_t descriptor_bytes;
    uint32_t type;
    char name[12]; /* padded to a multiple of 4 */
    struct hb_note descriptor;
} __attribute__((packed));

#define HB_IMAGE_NOTE(is_amp, jitter)                                                                                  \
    const struct hb_elf_note hb_image_note __attribute__((section(".note.hartbeat"), aligned(4), used)) = {            \
        sizeof HB_NOTE_NAME, sizeof(struct hb_note), HB_NOTE_TYPE, HB_NOTE_NAME, {HB_ABI_VERSION, is_amp, jitter}}

#endif
