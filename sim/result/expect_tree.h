/* The tree of an expectation: what the parser (sim/result/expect_parse.c) makes and the evaluator (sim/result/expect.c)
 * walks. */
#ifndef HB_SIM_EXPECT_TREE_H
#define HB_SIM_EXPECT_TREE_H

#include <stdint.h>

#define HB_EXPECT_TEXT_MAX  4000u
#define HB_EXPECT_NODES_MAX 500u
#define HB_EXPECT_DEPTH_MAX 50u
#define HB_EXPECT_NONE      UINT32_MAX

enum hb_expect_kind {
    HB_EXPECT_NUMBER,
    HB_EXPECT_STRING,
    HB_EXPECT_PATH,
    HB_EXPECT_TRUE,
    HB_EXPECT_FALSE,
    HB_EXPECT_NULL,
    HB_EXPECT_OR,
    HB_EXPECT_AND,
    HB_EXPECT_NOT,
    HB_EXPECT_LESS,
    HB_EXPECT_LESS_EQUAL,
    HB_EXPECT_GREATER,
    HB_EXPECT_GREATER_EQUAL,
    HB_EXPECT_EQUAL,
    HB_EXPECT_UNEQUAL,
    HB_EXPECT_ADD,
    HB_EXPECT_SUBTRACT,
    HB_EXPECT_MULTIPLY,
    HB_EXPECT_DIVIDE,
    HB_EXPECT_NEGATE,
    HB_EXPECT_ABS,
    HB_EXPECT_MIN, /* of left and right; more arguments nest */
    HB_EXPECT_MAX,
};

struct hb_expect_node {
    enum hb_expect_kind kind;
    uint32_t left, right; /* indices of nodes, or HB_EXPECT_NONE */
    double number;
    char *text; /* of a string or path */
};

struct hb_expect {
    uint32_t nodes;
    uint32_t top;
    struct hb_expect_node node[HB_EXPECT_NODES_MAX];
};

#endif
