/* Why an access missed: cold, capacity, conflict, true sharing or false sharing; each miss has exactly one class.
 *
 * For each real cache (an "agent": a hart's L1D or its L1I) three caches are considered, which see the same accesses
 * and lose what others' writes take away:
 *
 *     unbounded   nothing is ever evicted for lack of room
 *     full        as large as the real one, fully associative, with LRU replacement
 *     real
 *
 * What a shared cache below the real one (an inclusive L2) takes back is evicted for lack of room there; it leaves the
 * full cache, too, and the next miss is one of capacity.
 *
 * A miss of the real cache that the unbounded one has as well is COLD or one of sharing; else, if the full one has it
 * as well, it is one of CAPACITY, else of CONFLICT (the three Cs: M. D. Hill, "Aspects of Cache Memory and Instruction
 * Buffer Performance", dissertation, Berkeley 1987).
 *
 * COLD: the cache has never held the line, or software has removed it (cbo.flush, cbo.inval, the start of the hart). A
 * store that brings no line (write-through) to a line that was never held is cold, however often it comes.
 *
 * Sharing misses are divided as in M. Dubois, J. Skeppstedt, L. Ricciulli, K. Ramamurthy, P. Stenström, "The Detection
 * and Elimination of Useless Misses in Multiprocessors", ISCA 1993 (more in Dubois, Skeppstedt, Stenström, "Essential
 * Misses and Data Traffic in Coherence Protocols", JPDC 29, 1995), for unbounded caches. The lifetime of a copy lasts
 * from the miss to the write of another that ends it. A miss is ESSENTIAL if it is cold, or if during the lifetime its
 * cache accesses a byte that another has written since the cache's last essential miss on the line. An essential miss
 * that is not cold is one of TRUE SHARING; a miss that is not essential is one of FALSE SHARING: had the line been left
 * where it was, every access would have found the value that it needed. So the class of a miss may become known only
 * later. Where the paper leaves a choice: a store counts as an access (two harts that only store to one word do share
 * it, and padding would not help them); the unit is the byte; a store of the value that is already there is a store;
 * for an L1I, "another" includes its own hart's L1D; and a device that writes memory counts as another.
 *
 * A lifetime that has not ended is judged by what has been seen so far. A miss that was never performed (the hart died)
 * or that brought no line has no lifetime: it is judged by the bytes that it asked for.
 *
 * The unbounded cache follows the protocol of the real one: while the real cache holds a copy, whatever ends that copy
 * ends the other; when it does not, another's write ends it unless the protocol leaves copies in place (updates, or no
 * coherence at all).
 *
 *     struct hb_misses *misses = hb_misses_new(agents, line_bytes, lines_of_each);
 *     hb_misses_fill(misses, agent, line, true);            // it missed; its copy has come
 *     hb_misses_access(misses, agent, address, bytes);      // hits, and the access for which the copy came
 *     hb_misses_write(misses, agent, address, bytes, true); // that was a store
 *     hb_misses_free(misses);
 *
 * Belongs to the host; knows no bus and no clock, only the order of the calls. Running out of memory aborts.
 */
#ifndef HB_SIM_MISSES_H
#define HB_SIM_MISSES_H

#include <stdbool.h>
#include <stdint.h>

enum hb_miss {
    HB_MISS_COLD,
    HB_MISS_CAPACITY,
    HB_MISS_CONFLICT,
    HB_MISS_TRUE_SHARING,
    HB_MISS_FALSE_SHARING,
    HB_MISSES
};

#define HB_MISSES_NOBODY UINT8_MAX /* not an agent: a device */

struct hb_misses;

/* `lines`: how many lines the cache of each agent holds. Agents are numbered as in bus/protocol/coherence.h. */
struct hb_misses *hb_misses_new(uint32_t agents, uint32_t line_bytes, const uint32_t *lines);
void hb_misses_free(struct hb_misses *misses);

/* A copy of the line comes into the agent's cache. `counts`: it is a miss that counts; otherwise it is only history.
 * The access that it was for is reported next. */
void hb_misses_fill(struct hb_misses *misses, uint8_t agent, uint64_t line, bool counts);

/* The class of a miss on these bytes if it brought no copy. */
enum hb_miss hb_misses_judge(const struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes);

/* A miss that counts and brings no copy. */
void hb_misses_bypass(struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes);

/* The agent's cache holds the line, and this access finds it there. */
void hb_misses_access(struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes);

/* The agent (or HB_MISSES_NOBODY) has written these bytes. `ends_copies`: under this protocol L1Ds keep no copy of a
 * line that another writes. L1Is never do. */
void hb_misses_write(struct hb_misses *misses, uint8_t agent, uint64_t address, uint32_t bytes, bool ends_copies);

/* Another's write takes the agent's copy away. */
void hb_misses_invalidate(struct hb_misses *misses, uint8_t agent, uint64_t line);

/* A shared cache below the agent's has no more room for the line and takes the copy back: the full cache loses its
 * copy, too, so that the next miss is one of capacity. */
void hb_misses_take_back(struct hb_misses *misses, uint8_t agent, uint64_t line);

/* The agent's software removes the line (cbo.flush, cbo.inval): from all caches or, without coherence, from its own and
 * from the L1Is. */
void hb_misses_forget_line(struct hb_misses *misses, uint8_t agent, uint64_t line, bool everywhere);

/* The hart starts: its cache is empty, as new. */
void hb_misses_forget_agent(struct hb_misses *misses, uint8_t agent);

/* Misses of a cache by class, as if every lifetime ended now. */
void hb_misses_of_agent(const struct hb_misses *misses, uint8_t agent, uint64_t counts[HB_MISSES]);

/* The same for one line, in all caches. */
void hb_misses_of_line(const struct hb_misses *misses, uint64_t line, uint64_t counts[HB_MISSES]);

/* All classes together. */
uint64_t hb_misses_sum(const uint64_t counts[HB_MISSES]);

/* How often an access found bytes that others had written into a copy that stayed where it was (updates). */
uint64_t hb_misses_updates_used(const struct hb_misses *misses, uint64_t line);

/* The key of a class in results ("true_sharing"), and its name for people ("true sharing"). */
const char *hb_miss_key(enum hb_miss miss);
const char *hb_miss_name(enum hb_miss miss);

#endif
