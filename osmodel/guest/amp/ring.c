#include "osmodel/guest/amp/ring.h"

#include "osmodel/guest/machine/atomic.h"

/* Bits of a word: 0..15 task, 16..31 attempt, 32..35 kind, 36..55 the message's number, counted from 1, 56..63 term. An
 * entry's number is seen again after 2^20 messages, its term after 256 masters: both are long overwritten by then. */
#define ATTEMPT_SHIFT 16
#define KIND_SHIFT    32
#define NUMBER_SHIFT  36
#define TERM_SHIFT    56

/* What tells this message from all that were in its entry before. */
static uint64_t name_of(const struct hb_ring_end *end) {
    return end->term | (end->count + 1) << (NUMBER_SHIFT + 64 - TERM_SHIFT) >> (64 - TERM_SHIFT);
}

static uint64_t word_of(const struct hb_message *message, const struct hb_ring_end *end) {
    return name_of(end) | (uint64_t)message->kind << KIND_SHIFT | message->attempt << ATTEMPT_SHIFT | message->task;
}

void hb_ring_begin(struct hb_ring *ring, struct hb_ring_end *end, uint64_t term) {
    *end = (struct hb_ring_end){.term = term << TERM_SHIFT};
    if (ring)
        hb_store(&ring->taken, 0);
}

/* The receiver's count is looked at, over the bus, only when the ring seems to be full. */
bool hb_ring_has_room(const struct hb_ring *ring, struct hb_ring_end *sender) {
    if (sender->count - sender->taken >= HB_RING_ENTRIES)
        sender->taken = hb_load(&ring->taken);
    return sender->count - sender->taken < HB_RING_ENTRIES;
}

void hb_ring_send(struct hb_ring *ring, struct hb_ring_end *sender, const struct hb_message *message) {
    if (!hb_ring_has_room(ring, sender))
        return;
    struct hb_ring_entry *entry = &ring->entry[sender->count % HB_RING_ENTRIES];
    hb_store(&entry->value, message->value);
    hb_store(&entry->word, word_of(message, sender)); /* from here on it is sent */
    sender->count++;
}

bool hb_ring_take(struct hb_ring *ring, struct hb_ring_end *receiver, struct hb_message *message) {
    const struct hb_ring_entry *entry = &ring->entry[receiver->count % HB_RING_ENTRIES];
    uint64_t word = hb_load(&entry->word);
    if (word >> NUMBER_SHIFT != name_of(receiver) >> NUMBER_SHIFT)
        return false;
    hb_fence_reads(); /* the value was written before the word: read it after */
    *message = (struct hb_message){
        .kind = (enum hb_message_kind)(word >> KIND_SHIFT & 0xf),
        .task = word & 0xffff,
        .attempt = word >> ATTEMPT_SHIFT & 0xffff,
        .value = hb_load(&entry->value),
    };
    receiver->count++;
    hb_store(&ring->taken, receiver->count);
    return true;
}
