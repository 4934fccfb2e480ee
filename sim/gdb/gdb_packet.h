/* Packets of gdb's remote protocol: framing, checksums, hexadecimal numbers. Every length is bounded: anything can come
 * from the network.
 *
 *     switch (hb_gdb_reader_take(&reader, byte)) { case HB_GDB_PACKET: answer(reader.data, reader.length); ... }
 */
#ifndef HB_SIM_GDB_PACKET_H
#define HB_SIM_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HB_GDB_PACKET_MAX 16384u /* bytes of a packet's contents, either way */

/* What a byte has completed. */
enum hb_gdb_received {
    HB_GDB_NOTHING,
    HB_GDB_PACKET,    /* whole, its checksum right */
    HB_GDB_BAD,       /* a wrong checksum, or too long: it has to be sent again */
    HB_GDB_AGAIN,     /* what was sent last arrived damaged */
    HB_GDB_INTERRUPT, /* Ctrl-C */
};

/* All zeros: nothing has been received yet. */
struct hb_gdb_reader {
    uint8_t state;
    uint8_t sum;
    uint8_t said; /* the checksum as received */
    bool escaped; /* the next byte is */
    bool unfit;   /* too long, or the checksum is not a number */
    size_t length;
    char data[HB_GDB_PACKET_MAX + 1]; /* ends with 0 once the packet is whole */
};

enum hb_gdb_received hb_gdb_reader_take(struct hb_gdb_reader *reader, uint8_t byte);

/* Text under construction; what does not fit is left out, and that is noted. */
struct hb_gdb_text {
    size_t length;
    bool cut;
    char data[HB_GDB_PACKET_MAX + 1];
};

void hb_gdb_put(struct hb_gdb_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hb_gdb_put_bytes(struct hb_gdb_text *text, const char *bytes, size_t n);
/* As pairs of hexadecimal digits. */
void hb_gdb_put_hex(struct hb_gdb_text *text, const void *bytes, size_t n);

#define HB_GDB_FRAME_MAX (2 * HB_GDB_PACKET_MAX + 4)

/* Frame a packet: $contents#checksum, escaped where necessary. Returns the number of bytes in `out`. */
size_t hb_gdb_frame(const struct hb_gdb_text *text, char out[HB_GDB_FRAME_MAX]);

/* Read a hexadecimal number of at most 16 digits and move past it. False: there is none. */
bool hb_gdb_number(const char **at, uint64_t *number);

/* The same, and `separator` must follow; move past that, too. */
bool hb_gdb_number_then(const char **at, char separator, uint64_t *number);

/* Read `n` bytes from pairs of digits. False: there are fewer, or something else. */
bool hb_gdb_bytes(const char **at, void *bytes, size_t n);

#endif
