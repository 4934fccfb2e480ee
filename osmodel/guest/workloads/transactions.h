/* Transactions: requests of a server that change something. Each pays an amount into one of some accounts, which are in
 * the memory that the workers share; each has a mutex, of the same number.
 *
 * A payment is one store: it changes the balance and names itself, by task and request, in one word. That it was made
 * is noted later, but before the word is overwritten. So a worker that is started again with the same request finds out
 * whether that is paid already, wherever its predecessor died: no payment is made twice, and none is left out. */
#ifndef HB_WORKLOAD_TRANSACTIONS_H
#define HB_WORKLOAD_TRANSACTIONS_H

#include <stdint.h>

#include "osmodel/abi.h"

#define HB_ACCOUNT_BYTES 64u /* account i is a word at 64 i; after the accounts a byte for each request: is it paid? */

/* What `request` pays, and into which of `accounts` accounts. */
uint32_t hb_payment_amount(uint64_t seed, uint32_t request);
uint32_t hb_payment_account(uint64_t seed, uint32_t request, uint64_t accounts);

/* What is in an account, by its word. */
static inline uint32_t hb_account_balance(uint64_t word) {
    return (uint32_t)word;
}

/* The memory that the workers of a group share, in bytes, a multiple of 64; 0 without transactions. */
uint64_t hb_transactions_bytes(const volatile struct hb_group *group);

/* Worker `task`, which has the account's mutex, pays for `request`, unless that is paid. `shared`: the memory. */
void hb_payment_make(uint8_t *shared, uint64_t accounts, uint64_t seed, uint32_t task, uint32_t request);

#endif
