/* Seeds, and the mistakes that they stand for. */
#ifndef HB_TESTS_MISTAKES_H
#define HB_TESTS_MISTAKES_H

enum {
    MISTAKE_NONE = 1,
    MISTAKE_LOSES,
    MISTAKE_FORGETS_REBUILT,
    MISTAKE_KEEPS_LAST,
    MISTAKE_INVENTS,
    MISTAKE_REPEATS,
};

#endif
