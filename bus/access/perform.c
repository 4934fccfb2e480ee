#include "bus/access/perform.h"

static int64_t sign_extend(uint64_t value, uint8_t bytes) {
    return bytes == 4 ? (int32_t)value : (int64_t)value;
}

static uint64_t zero_extend(uint64_t value, uint8_t bytes) {
    return bytes == 4 ? (uint32_t)value : value;
}

static uint64_t amo_result(uint8_t amo, uint8_t bytes, uint64_t old, uint64_t operand) {
    int64_t a = sign_extend(old, bytes), b = sign_extend(operand, bytes);
    uint64_t ua = zero_extend(old, bytes), ub = zero_extend(operand, bytes);
    switch (amo) {
    case HB_AMO_SWAP: return operand;
    case HB_AMO_ADD: return old + operand;
    case HB_AMO_XOR: return old ^ operand;
    case HB_AMO_AND: return old & operand;
    case HB_AMO_OR: return old | operand;
    case HB_AMO_MIN: return a < b ? old : operand;
    case HB_AMO_MAX: return a > b ? old : operand;
    case HB_AMO_MINU: return ua < ub ? old : operand;
    default: return ua > ub ? old : operand;
    }
}

/* Guest memory is little-endian; so are the hosts that the project runs on (checked at start-up). */
uint64_t hb_perform_other(const struct hb_request *request, uint8_t *at) {
    uint64_t value = 0;
    switch (request->kind) {
    case HB_ACCESS_FETCH:
    case HB_ACCESS_LR: hb_copy_access(&value, at, request->bytes); return value;
    case HB_ACCESS_SC: hb_copy_access(at, &request->operand, request->bytes); return 0;
    case HB_ACCESS_AMO: {
        hb_copy_access(&value, at, request->bytes);
        uint64_t result = request->amo == HB_AMO_CAS
                              ? (value == request->expected ? request->operand : value)
                              : amo_result(request->amo, request->bytes, value, request->operand);
        hb_copy_access(at, &result, request->bytes);
        return value;
    }
    default: return 0;
    }
}
