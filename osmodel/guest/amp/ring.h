/* Rings: all that is said between the master and one worker. Workers say nothing to each other.
 *
 * A ring goes one way and has eight entries of 64 bytes, each a typed message. Each word has one writer, so nothing is
 * ever locked, and a writer that dies either has written a word or has not:
 *
 *     the sender writes     entry[n % 8]   message number n: first what it carries, then, in one store, its word
 *     the receiver writes   taken          how many messages it has taken: so many entries are free again
 *
 * The word carries the message's number, so an entry's old contents are never taken for its next message, and a message
 * is there as soon as its word is. What a dead sender had sent stays in its ring: recovery takes it like any other.
 *
 * It carries the sender's term, too (reign.h). With a new master both ends of every ring begin again, in the new term,
 * and whatever an old term has left in it is no message any more.
 *
 * Memory order: the word is stored after the rest (hb_store), and the rest is read after the word; an entry counts as
 * taken only after it has been read. */
#ifndef HB_AMP_RING_H
#define HB_AMP_RING_H

#include <stdbool.h>
#include <stdint.h>

#define HB_RING_ENTRIES 8u
#define HB_LINE_ALIGN   128 /* the longest cache line there is: no line has two writers */

enum hb_message_kind {
    HB_MESSAGE_RUN = 1, /* master to worker: run this attempt of the task */
    HB_MESSAGE_BEGUN,   /* worker to master: it is about to execute the attempt's first instruction */
    HB_MESSAGE_DONE,    /* worker to master: it has ended; value: its checksum */
    HB_MESSAGE_FAULTED, /* worker to master: it was stopped; value: the cause of its trap */
    HB_MESSAGE_KEPT,    /* master to worker: what became of the attempt is in the books */
    HB_MESSAGE_HOLDS,   /* worker to new master: it has been given this attempt; value: whether it has begun */
    HB_MESSAGE_JOINED,  /* worker to new master: it has nothing that it has not told of */
};

/* A message as its sender and its receiver see it. */
struct hb_message {
    enum hb_message_kind kind;
    uint32_t task;
    uint32_t attempt; /* 0 .. 65535 */
    uint64_t value;
};

/* ... and as it stands in a ring. Word and value are within 16 bytes, so no cache line is so short that a dead cache
 * can take the one along and leave the other. */
struct hb_ring_entry {
    uint64_t word;
    uint64_t value;
    uint64_t unused[6];
} __attribute__((aligned(64)));

struct hb_ring {
    struct hb_ring_entry entry[HB_RING_ENTRIES] __attribute__((aligned(HB_LINE_ALIGN)));
    uint64_t taken __attribute__((aligned(HB_LINE_ALIGN)));
};

/* What each side keeps for itself. All zeroes, like the ring, before the first message. */
struct hb_ring_end {
    uint64_t count; /* messages sent or taken so far */
    uint64_t taken; /* sender: what the receiver had taken when last looked at */
    uint64_t term;  /* of the messages, in the bits of a word that hold it */
};

/* Both ends begin again in `term`: each calls this for its own, and the receiver's is first. `ring`: what the receiver
 * reads; NULL: this is the sender's end. */
void hb_ring_begin(struct hb_ring *ring, struct hb_ring_end *end, uint64_t term);

/* Is there room for a message? A receiver that died with its cache may have taken its count along: then the ring of a
 * dead hart seems full. */
bool hb_ring_has_room(const struct hb_ring *ring, struct hb_ring_end *sender);

/* Send a message; without room, nothing happens. */
void hb_ring_send(struct hb_ring *ring, struct hb_ring_end *sender, const struct hb_message *message);

/* Take the next message. False: there is none. */
bool hb_ring_take(struct hb_ring *ring, struct hb_ring_end *receiver, struct hb_message *message);

#endif
