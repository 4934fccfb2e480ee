#include "bus/devices/plic.h"

#define PENDING        0x1000u
#define ENABLE         0x2000u
#define ENABLE_STRIDE  0x80u
#define CONTEXT        0x200000u
#define CONTEXT_STRIDE 0x1000u
#define NO_SOURCE      1u /* source 0, whose bits are hardwired to 0 */

enum { THRESHOLD = 0, CLAIM = 4 };

static bool is_set(const uint32_t *words, uint32_t source) {
    return words[source / 32] >> (source % 32) & 1;
}

static void set(uint32_t *words, uint32_t source, bool value) {
    uint32_t bit = 1u << (source % 32);
    words[source / 32] = value ? words[source / 32] | bit : words[source / 32] & ~bit;
}

bool hb_plic_signal(struct hb_plic *plic, uint32_t source) {
    bool before = is_set(plic->pending, source);
    set(plic->pending, source, true);
    return !before;
}

/* The enabled pending source of the highest priority above `threshold`, the lowest number among equals; 0: none. */
static uint32_t best(const struct hb_plic *plic, uint32_t context, uint32_t threshold) {
    uint32_t source = 0, priority = threshold;
    for (uint32_t word = 0; word < HB_PLIC_WORDS; word++) {
        uint32_t asking = plic->pending[word] & ~plic->claimed[word] & plic->context[context].enabled[word];
        for (; asking; asking &= asking - 1) {
            uint32_t candidate = 32 * word + (uint32_t)__builtin_ctz(asking);
            if (plic->priority[candidate] <= priority)
                continue;
            source = candidate;
            priority = plic->priority[candidate];
        }
    }
    return source;
}

bool hb_plic_interrupts(const struct hb_plic *plic, uint32_t context) {
    return best(plic, context, plic->context[context].threshold) != 0;
}

static uint32_t claim(struct hb_plic *plic, uint32_t context) {
    uint32_t source = best(plic, context, 0);
    if (source != 0) {
        set(plic->pending, source, false);
        set(plic->claimed, source, true);
    }
    return source;
}

static void complete(struct hb_plic *plic, uint32_t context, uint64_t source) {
    if (source == 0 || source >= HB_PLIC_SOURCES || !is_set(plic->context[context].enabled, (uint32_t)source))
        return;
    set(plic->claimed, (uint32_t)source, false);
}

/* The context whose enable bits are at `offset`, and which word of them. False: none. */
static bool find_enable_word(uint64_t offset, uint32_t contexts, uint32_t *context, uint32_t *word) {
    uint64_t number = (offset - ENABLE) / ENABLE_STRIDE;
    if (offset < ENABLE || number >= contexts)
        return false;
    *context = (uint32_t)number;
    *word = (uint32_t)((offset - ENABLE) % ENABLE_STRIDE / 4);
    return *word < HB_PLIC_WORDS;
}

/* The register of a context at `offset`, and which context; any other number if there is none. */
static uint64_t context_register(uint64_t offset, uint32_t contexts, uint32_t *context) {
    uint64_t number = (offset - CONTEXT) / CONTEXT_STRIDE;
    if (offset < CONTEXT || number >= contexts)
        return UINT64_MAX;
    *context = (uint32_t)number;
    return offset % CONTEXT_STRIDE;
}

bool hb_plic_read_claims(uint64_t offset) {
    return offset >= CONTEXT && offset % CONTEXT_STRIDE == CLAIM;
}

bool hb_plic_read(struct hb_plic *plic, uint64_t offset, uint32_t bytes, uint32_t contexts, uint64_t *value) {
    uint32_t context, word;
    *value = 0;
    if (bytes != 4)
        return false;
    if (offset / 4 < HB_PLIC_SOURCES)
        *value = plic->priority[offset / 4];
    else if (offset - PENDING < 4 * HB_PLIC_WORDS)
        *value = plic->pending[(offset - PENDING) / 4];
    else if (find_enable_word(offset, contexts, &context, &word))
        *value = plic->context[context].enabled[word];
    else
        switch (context_register(offset, contexts, &context)) {
        case THRESHOLD: *value = plic->context[context].threshold; break;
        case CLAIM: *value = claim(plic, context); break;
        default: break;
        }
    return true;
}

bool hb_plic_write(struct hb_plic *plic, uint64_t offset, uint32_t bytes, uint64_t value, uint32_t contexts) {
    uint32_t context, word;
    if (bytes != 4)
        return false;
    if (offset / 4 < HB_PLIC_SOURCES)
        plic->priority[offset / 4] = offset < 4 ? 0 : value & HB_PLIC_PRIORITY_MAX;
    else if (find_enable_word(offset, contexts, &context, &word))
        plic->context[context].enabled[word] = (uint32_t)value & ~(word == 0 ? NO_SOURCE : 0u);
    else
        switch (context_register(offset, contexts, &context)) {
        case THRESHOLD: plic->context[context].threshold = value & HB_PLIC_PRIORITY_MAX; break;
        case CLAIM: complete(plic, context, value); break;
        default: break;
        }
    return true;
}
