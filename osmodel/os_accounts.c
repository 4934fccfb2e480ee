#include "osmodel/os_accounts.h"

#include "osmodel/guest/workloads/arrivals.h"
#include "osmodel/guest/workloads/groups.h"
#include "osmodel/guest/workloads/transactions.h"

static bool has_accounts(const struct hb_group *group) {
    return group->kind == HB_KIND_SERVER && group->service == HB_SERVICE_TRANSACTION && group->locks >= 1 &&
           group->locks <= HB_LOCKS_MAX;
}

/* Between what may be in the account. */
struct due {
    uint64_t least, most;
};

static struct due due_of(const struct hb_os_view *view, const struct hb_params *params, uint32_t number,
                         uint32_t account) {
    const struct hb_group *group = &params->group[number];
    uint64_t first = hb_requests_before(params, number);
    struct due due = {0, 0};
    for (uint32_t request = 0; request < group->requests && first + request < HB_REQUESTS_MAX; request++) {
        const struct hb_os_request *seen = &view->requests[first + request];
        if (!seen->taken || hb_payment_account(params->seed, request, group->locks) != account)
            continue;
        uint32_t amount = hb_payment_amount(params->seed, request);
        due.least += seen->answered_cycle ? amount : 0;
        due.most += amount;
    }
    return due;
}

bool hb_os_accounts_fill(const struct hb_os_view *view, const struct hb_params *params, hb_os_read_word *read,
                         const void *context, struct hb_os_accounts *accounts) {
    *accounts = (struct hb_os_accounts){0};
    for (uint32_t g = 0; g < params->workload_groups && g < HB_GROUPS_MAX; g++) {
        for (uint32_t i = 0; has_accounts(&params->group[g]) && i < params->group[g].locks; i++) {
            const struct due due = due_of(view, params, g, i);
            uint64_t word;
            if (!read(context, hb_group_offset(params, g) + i * HB_ACCOUNT_BYTES, &word))
                continue;
            uint64_t balance = hb_account_balance(word);
            accounts->accounts++;
            accounts->wrong += balance < due.least || balance > due.most;
            accounts->balance += balance;
            accounts->expected += due.least;
        }
    }
    return accounts->accounts > 0;
}
