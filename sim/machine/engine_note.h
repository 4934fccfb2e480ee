/* What makes the fast engine leave a machine to lockstep (docs/engine.md): a row a reason, with the words that a result
 * has for it. Nothing else of a result depends on it. */
#ifndef HB_SIM_ENGINE_NOTE_H
#define HB_SIM_ENGINE_NOTE_H

/* NOTE(ID, words for result.json) */
#define HB_ENGINE_NOTES(NOTE)                                                                                          \
    NOTE(VALUES, "machine.check \"values\" looks at every access")                                                     \
    NOTE(MISSES, "stats.misses and stats.lines look at every access")                                                  \
    NOTE(ACCESSES, "a trace of accesses looks at every access")                                                        \
    NOTE(RETIRED, "a log of commits or a fault's trigger looks at every instruction")                                  \
    NOTE(MEM_TRACE, "memory traces have no instructions")                                                              \
    NOTE(STORE_BUFFER, "machine.store_buffer")                                                                         \
    NOTE(PROTOCOL, "the protocol is your own, or has a mutation")

enum hb_engine_note {
#define NOTE(id, words) HB_ENGINE_NOTE_##id,
    HB_ENGINE_NOTES(NOTE)
#undef NOTE
        HB_ENGINE_NOTES_KNOWN
};

#endif
