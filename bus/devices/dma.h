/* What a device wants moved between itself and memory: plain data that bus/shared/dma.h carries out as bus
 * transactions. */
#ifndef HB_BUS_DEVICES_DMA_H
#define HB_BUS_DEVICES_DMA_H

#include <stdint.h>

#define HB_DMA_BYTES 512u

enum hb_dma_kind {
    HB_DMA_NONE,
    HB_DMA_READ,  /* memory to device */
    HB_DMA_WRITE, /* device to memory */
};

struct hb_dma {
    uint8_t kind;     /* enum hb_dma_kind */
    uint64_t address; /* physical; the whole range lies in RAM */
    uint32_t bytes;   /* 1 .. HB_DMA_BYTES - at */
    uint32_t at;      /* the range goes to or comes from data[at .. at + bytes) */
    uint32_t done;    /* bytes moved so far */
    uint8_t data[HB_DMA_BYTES];
};

#endif
