#include "osmodel/guest/workloads/transactions.h"

#include <stdbool.h>

#define AMOUNT_MAX 1000u

/* Of an account: bits 0..31: balance; 32..43: task + 1 of the last payment; 44..63: its request. */
#define TASK_SHIFT    32
#define REQUEST_SHIFT 44

_Static_assert(HB_TASKS_MAX < 1u << (REQUEST_SHIFT - TASK_SHIFT), "a task's number + 1 has 12 bits");
_Static_assert(HB_REQUESTS_MAX <= 1u << (64 - REQUEST_SHIFT), "a request's number has 20 bits");
_Static_assert(AMOUNT_MAX *(uint64_t)HB_REQUESTS_MAX <= UINT32_MAX, "a balance has 32 bits");

/* SplitMix64's finalizer, as in batch.c. */
static uint64_t draw(uint64_t seed, uint32_t request) {
    uint64_t x = (seed + 2) * 0x9e3779b97f4a7c15u + request;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return x ^ x >> 31;
}

uint32_t hb_payment_amount(uint64_t seed, uint32_t request) {
    return 1 + (uint32_t)((draw(seed, request) >> 32) % AMOUNT_MAX);
}

uint32_t hb_payment_account(uint64_t seed, uint32_t request, uint64_t accounts) {
    return (uint32_t)((draw(seed, request) & UINT32_MAX) % accounts);
}

uint64_t hb_transactions_bytes(const volatile struct hb_group *group) {
    uint64_t bytes = group->locks * HB_ACCOUNT_BYTES + group->requests;
    return group->service == HB_SERVICE_TRANSACTION
               ? (bytes + HB_ACCOUNT_BYTES - 1) / HB_ACCOUNT_BYTES * HB_ACCOUNT_BYTES
               : 0;
}

/* Note that the account's last payment was made. */
static void settle(uint64_t word, uint8_t *paid) {
    if (word >> TASK_SHIFT != 0)
        paid[word >> REQUEST_SHIFT] = true;
}

/* The release: whoever sees the new word, or takes over after a death, sees the note, too. */
void hb_payment_make(uint8_t *shared, uint64_t accounts, uint64_t seed, uint32_t task, uint32_t request) {
    uint8_t *paid = shared + accounts * HB_ACCOUNT_BYTES;
    uint64_t *account = (uint64_t *)(void *)(shared + hb_payment_account(seed, request, accounts) * HB_ACCOUNT_BYTES);
    uint64_t word = *account;
    settle(word, paid);
    if (paid[request])
        return;
    uint32_t balance = hb_account_balance(word) + hb_payment_amount(seed, request);
    uint64_t next = balance | (uint64_t)(task + 1) << TASK_SHIFT | (uint64_t)request << REQUEST_SHIFT;
    __atomic_store_n(account, next, __ATOMIC_RELEASE);
}
