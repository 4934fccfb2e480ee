/* Dragon on an atomic bus, one line, N caches; see mesi.pml. A store to a shared line goes to every copy (BusUpd), a store
 * that misses reads the line first (BusRdUpd); the last writer owns the line, and memory is stale until it gives it up.
 */
#ifndef N
#define N 2
#endif

#define I  0
#define SC 1 /* shared, clean */
#define E  2
#define SM 3 /* shared, modified: the owner */
#define M  4

#define NONE  0
#define LOAD  1
#define STORE 2
#define EVICT 3

#define IDLE    0
#define POSTED  1
#define GRANTED 2
#define SNOOPED 3

byte state[N];
bit newest[N];
byte request[N];
byte phase[N];
byte before[N];
bit shared[N];
bit updates[N];    /* the bytes of the store go to all copies */
bit carries[N];
bit fresh[N];
bit memory_newest = 1;

hidden byte j;
hidden byte holders;
hidden byte writers;
hidden byte safe;
hidden byte asserted;

#if N == 2
#define BUS_IS_IDLE (phase[0] < GRANTED && phase[1] < GRANTED)
#else
#define BUS_IS_IDLE (phase[0] < GRANTED && phase[1] < GRANTED && phase[2] < GRANTED)
#endif
#define OWNS(c) (state[c] >= SM)

inline done(c) {
    request[c] = NONE; phase[c] = IDLE; before[c] = I;
    shared[c] = 0; updates[c] = 0; carries[c] = 0; fresh[c] = 0
}

inline write(c, to_all) {
    assert(newest[c]);
    j = 0;
    do
    :: j < N ->
        if :: j != c && !(to_all) -> newest[j] = 0 :: else fi;
        if :: j != c -> fresh[j] = 0 :: else fi;
        j++
    :: else -> break
    od;
    memory_newest = 0
}

inline check() {
    j = 0; holders = 0; writers = 0; safe = memory_newest;
    do
    :: j < N ->
        if :: state[j] != I -> holders++ :: else fi;
        if :: state[j] == E || state[j] == M -> writers++ :: else fi;
        if :: newest[j] && (OWNS(j) || phase[j] == SNOOPED) -> safe = 1 :: else fi;
        if :: fresh[j] -> safe = 1 :: else fi;
        j++
    :: else -> break
    od;
    assert(writers == 0 || holders == 1);
    assert(safe)
}

/* The read: owners supply, nobody else does, and who has the line says so. */
inline see_read(c) {
    j = 0;
    do
    :: j < N && (j == c || state[j] == I) -> j++
    :: j < N && j != c && state[j] != I ->
        asserted = 1;
        if :: OWNS(j) -> carries[c] = 1; fresh[c] = newest[j]; state[j] = SM
           :: else -> state[j] = SC
        fi;
        j++
    :: j == N -> break
    od
}

/* The update: an owner owns no more. */
inline see_update(c) {
    j = 0; asserted = 0;
    do
    :: j < N && (j == c || state[j] == I) -> j++
    :: j < N && j != c && state[j] != I ->
        assert(state[j] == SC || state[j] == SM);
        asserted = 1;
        state[j] = SC;
        j++
    :: j == N -> break
    od
}

inline snoop(c) {
    asserted = 0;
    if
    :: before[c] != I -> see_update(c); updates[c] = 1; carries[c] = 1; fresh[c] = newest[c]
    :: before[c] == I ->
        see_read(c);
        if :: request[c] == STORE && asserted -> updates[c] = 1; see_update(c) :: else fi
    fi;
    shared[c] = asserted
}

inline grant(c) {
    if
    :: request[c] == LOAD -> assert(state[c] == I); phase[c] = GRANTED
    :: request[c] == STORE -> assert(state[c] == I || state[c] == SC || state[c] == SM);
        before[c] = state[c]; phase[c] = GRANTED
    :: request[c] == EVICT && OWNS(c) ->
        before[c] = state[c]; phase[c] = SNOOPED; carries[c] = 1; fresh[c] = newest[c];
        state[c] = I; newest[c] = 0
    :: request[c] == EVICT && !OWNS(c) -> done(c)
    fi
}

inline finish(c) {
    if
    :: request[c] == EVICT -> memory_newest = fresh[c]
    :: request[c] != EVICT && before[c] == I -> newest[c] = (carries[c] -> fresh[c] : memory_newest)
    :: request[c] != EVICT && before[c] != I -> skip
    fi;
    if
    :: request[c] == LOAD -> state[c] = (shared[c] -> SC : E); assert(newest[c])
    :: request[c] == STORE -> state[c] = (shared[c] -> SM : M); write(c, updates[c])
    :: request[c] == EVICT -> skip
    fi;
    done(c);
}

#define CACHE(c) \
    :: atomic { request[c] == NONE && state[c] != I -> assert(newest[c]) } \
    :: atomic { request[c] == NONE && state[c] == I -> request[c] = LOAD; phase[c] = POSTED } \
    :: atomic { request[c] == NONE && (state[c] == E || state[c] == M) -> state[c] = M; write(c, 0); check() } \
    :: atomic { request[c] == NONE && (state[c] == I || state[c] == SC || state[c] == SM) -> \
           request[c] = STORE; phase[c] = POSTED } \
    :: atomic { request[c] == NONE && (state[c] == SC || state[c] == E) && BUS_IS_IDLE -> \
           state[c] = I; newest[c] = 0; check() } \
    :: atomic { request[c] == NONE && OWNS(c) -> request[c] = EVICT; phase[c] = POSTED } \
    :: atomic { phase[c] == POSTED && BUS_IS_IDLE -> grant(c); check() } \
    :: atomic { phase[c] == GRANTED -> snoop(c); phase[c] = SNOOPED; check() } \
    :: atomic { phase[c] == SNOOPED -> finish(c); check() }

active proctype bus() {
    do
    CACHE(0)
    CACHE(1)
#if N > 2
    CACHE(2)
#endif
    od
}
