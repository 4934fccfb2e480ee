/* Litmus shapes, told once: the guest makes straight code of them, the host a model that it searches. Names and
 * outcomes are those of the literature (Alglave, Maranget and Tautschnig, Herding Cats, TOPLAS 36(2), 2014; SB+rfis:
 * store buffering in which each hart also reads what it has just written).
 *
 * W(location, value) and R(location, register) are accesses of one hart, in program order; locations are x and y, both
 * 0 at first; registers r0 to r3. What stands last is true of the outcomes that sequential consistency forbids, in
 * terms of the registers and of what x and y hold in the end. */
#ifndef LITMUS_SHAPES_H
#define LITMUS_SHAPES_H

#define LITMUS_HARTS        4
#define LITMUS_REGISTERS    4
#define LITMUS_ACCESSES_MAX 3 /* of one hart */
#define LITMUS_NONE

#define LITMUS_SHAPES(SHAPE)                                                                                           \
    SHAPE(SB, W(x, 1) R(y, 0), W(y, 1) R(x, 1), LITMUS_NONE, LITMUS_NONE, r0 == 0 && r1 == 0)                          \
    SHAPE(SB_rfis, W(x, 1) R(x, 0) R(y, 1), W(y, 1) R(y, 2) R(x, 3), LITMUS_NONE, LITMUS_NONE, r1 == 0 && r3 == 0)     \
    SHAPE(MP, W(x, 1) W(y, 1), R(y, 0) R(x, 1), LITMUS_NONE, LITMUS_NONE, r0 == 1 && r1 == 0)                          \
    SHAPE(LB, R(x, 0) W(y, 1), R(y, 1) W(x, 1), LITMUS_NONE, LITMUS_NONE, r0 == 1 && r1 == 1)                          \
    SHAPE(S, W(x, 2) W(y, 1), R(y, 0) W(x, 1), LITMUS_NONE, LITMUS_NONE, r0 == 1 && x == 2)                            \
    SHAPE(R, W(x, 1) W(y, 1), W(y, 2) R(x, 0), LITMUS_NONE, LITMUS_NONE, r0 == 0 && y == 2)                            \
    SHAPE(2_2W, W(x, 1) W(y, 2), W(y, 1) W(x, 2), LITMUS_NONE, LITMUS_NONE, x == 1 && y == 1)                          \
    SHAPE(IRIW, W(x, 1), W(y, 1), R(x, 0) R(y, 1), R(y, 2) R(x, 3), r0 == 1 && r1 == 0 && r2 == 1 && r3 == 0)          \
    SHAPE(WRC, W(x, 1), R(x, 0) W(y, 1), R(y, 1) R(x, 2), LITMUS_NONE, r0 == 1 && r1 == 1 && r2 == 0)                  \
    SHAPE(CoRR, W(x, 1), R(x, 0) R(x, 1), R(x, 2) R(x, 3), LITMUS_NONE, r0 > r1 || r2 > r3)                            \
    SHAPE(CoWW, W(x, 1) W(x, 2), R(x, 0) R(x, 1), LITMUS_NONE, LITMUS_NONE, r0 > r1 || x == 1)                         \
    SHAPE(CoWR, W(x, 1) R(x, 0), W(x, 2), LITMUS_NONE, LITMUS_NONE, r0 == 0 || (r0 == 2 && x == 1))

/* How the accesses of a hart are kept in order. */
enum litmus_sync {
    LITMUS_PLAIN,
    LITMUS_ACQUIRE_RELEASE, /* fence r,rw after loads and fence rw,w before stores: what C11 compilers make of them */
    LITMUS_FENCES,          /* fence rw,rw between all */
    LITMUS_ATOMICS,         /* stores are amoswap.rl, loads are lr.aq */
    LITMUS_SYNCS
};

/* An outcome as a number: two bits for each register, then x and y. */
#define LITMUS_OUTCOMES         4096
#define LITMUS_OUTCOME(r, x, y) ((r)[0] | (r)[1] << 2 | (r)[2] << 4 | (r)[3] << 6 | (x) << 8 | (y) << 10)

/* What the guest writes down: an outcome a run, shape after shape and sync after sync. */
#define LITMUS_RUNS_MAX 1000 /* of a shape with a sync */

#endif
