/* The configuration of a cache and of RAM: plain data, filled by sim/config and valid when it arrives here. */
#ifndef HB_MEMORY_CONFIG_H
#define HB_MEMORY_CONFIG_H

#include <stdint.h>

#define HB_LINE_BYTES_MIN 16
#define HB_LINE_BYTES_MAX 128

enum hb_replacement { HB_REPLACE_LRU, HB_REPLACE_PLRU, HB_REPLACE_FIFO, HB_REPLACE_RANDOM };

struct hb_cache_config {
    uint32_t size_bytes;   /* power of two */
    uint32_t ways;         /* 1, 2, 4, 8 or 16; size_bytes / ways / line_bytes is a power of two */
    uint32_t line_bytes;   /* 16 to 128; the same in every cache of a machine: it is the unit of coherence */
    uint32_t hit_cycles;   /* cost of a hit; 1 is hidden by the pipeline, more stalls the hart by hit_cycles - 1 */
    uint8_t replacement;   /* enum hb_replacement */
    uint8_t write_through; /* L1D: 1 with write-through protocols (then without write-allocate), 0 with the others */
};

struct hb_memory_config {
    uint64_t size_bytes;     /* RAM, from 0x80000000 up; a multiple of 4 KiB */
    uint32_t latency_cycles; /* from the end of the address phase to the first data */
};

#endif
