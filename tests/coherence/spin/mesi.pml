/* MESI (Illinois) on an atomic bus, one line, N caches: what hartbeat's own search walks over when there are loads, stores
 * and evictions only, written once more for SPIN, by hand and without its tables.
 *
 * One process whose every move is one atomic step, so that SPIN's states are the values of the variables below. Data are
 * newest or stale; what is not in use is 0.
 */
#ifndef N
#define N 2
#endif

#define I 0
#define S 1
#define E 2
#define M 3

#define NONE  0
#define LOAD  1
#define STORE 2
#define EVICT 3

#define IDLE    0
#define POSTED  1
#define GRANTED 2
#define SNOOPED 3

byte state[N];
bit newest[N];     /* the copy */
byte request[N];
byte phase[N];
byte before[N];    /* state at the grant */
bit shared[N];     /* somebody keeps a copy */
bit takes[N];      /* memory takes what is on its way */
bit carries[N];    /* a cache's data are on their way ... */
bit fresh[N];      /* ... and are the newest */
bit memory_newest = 1;

hidden byte j;
hidden byte holders;
hidden byte writers;
hidden byte safe;

#if N == 2
#define BUS_IS_IDLE (phase[0] < GRANTED && phase[1] < GRANTED)
#else
#define BUS_IS_IDLE (phase[0] < GRANTED && phase[1] < GRANTED && phase[2] < GRANTED)
#endif

inline done(c) {
    request[c] = NONE; phase[c] = IDLE; before[c] = I;
    shared[c] = 0; takes[c] = 0; carries[c] = 0; fresh[c] = 0
}

/* A store into the copy of c, which must not miss what was written before. */
inline write(c) {
    assert(newest[c]);
    j = 0;
    do
    :: j < N -> if :: j != c -> newest[j] = 0; fresh[j] = 0 :: else fi; j++
    :: else -> break
    od;
    memory_newest = 0
}

/* One writer or many readers; the newest is in memory, in a modified copy, on its way, or with a requester that all have
 * answered. */
inline check() {
    j = 0; holders = 0; writers = 0; safe = memory_newest;
    do
    :: j < N ->
        if :: state[j] != I -> holders++ :: else fi;
        if :: state[j] >= E -> writers++ :: else fi;
        if :: newest[j] && (state[j] == M || phase[j] == SNOOPED) -> safe = 1 :: else fi;
        if :: fresh[j] -> safe = 1 :: else fi;
        j++
    :: else -> break
    od;
    assert(writers == 0 || holders == 1);
    assert(safe)
}

/* The cache j offers its copy; the first that does is taken, unless another's must go to memory. */
inline supply(c) {
    if
    :: !carries[c] || state[j] == M -> carries[c] = 1; fresh[c] = newest[j]
    :: else
    fi
}

inline snoop(c) {
    j = 0;
    do
    :: j < N && (j == c || state[j] == I) -> j++
    :: j < N && j != c && state[j] != I && request[c] == LOAD ->
        supply(c);
        shared[c] = 1;
        if :: state[j] == M -> takes[c] = 1 :: else fi;
        state[j] = S;
        j++
    :: j < N && j != c && state[j] != I && request[c] == STORE && before[c] == I ->
        supply(c);
        state[j] = I; newest[j] = 0;
        j++
    :: j < N && j != c && state[j] != I && request[c] == STORE && before[c] == S ->
        assert(state[j] == S);
        state[j] = I; newest[j] = 0;
        j++
    :: j == N -> break
    od
}

inline grant(c) {
    if
    :: request[c] == LOAD -> assert(state[c] == I); phase[c] = GRANTED
    :: request[c] == STORE -> assert(state[c] <= S); before[c] = state[c]; phase[c] = GRANTED
    :: request[c] == EVICT && state[c] == M ->
        before[c] = M; phase[c] = SNOOPED; carries[c] = 1; fresh[c] = newest[c];
        state[c] = I; newest[c] = 0
    :: request[c] == EVICT && state[c] != M -> done(c)
    fi
}

inline finish(c) {
    if
    :: request[c] == EVICT -> memory_newest = fresh[c]
    :: request[c] != EVICT && before[c] == I ->
        if :: !carries[c] -> fresh[c] = memory_newest :: else fi;
        if :: takes[c] -> memory_newest = fresh[c] :: else fi;
        newest[c] = fresh[c]
    :: request[c] != EVICT && before[c] == S -> skip
    fi;
    if
    :: request[c] == LOAD -> state[c] = (shared[c] -> S : E); assert(newest[c])
    :: request[c] == STORE -> state[c] = M; write(c)
    :: request[c] == EVICT -> skip
    fi;
    done(c);
}

#define CACHE(c) \
    :: atomic { request[c] == NONE && state[c] != I -> assert(newest[c]) } \
    :: atomic { request[c] == NONE && state[c] == I -> request[c] = LOAD; phase[c] = POSTED } \
    :: atomic { request[c] == NONE && state[c] >= E -> state[c] = M; write(c); check() } \
    :: atomic { request[c] == NONE && state[c] <= S -> request[c] = STORE; phase[c] = POSTED } \
    :: atomic { request[c] == NONE && (state[c] == S || state[c] == E) && BUS_IS_IDLE -> \
           state[c] = I; newest[c] = 0; check() } \
    :: atomic { request[c] == NONE && state[c] == M -> request[c] = EVICT; phase[c] = POSTED } \
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
