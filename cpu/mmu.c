#include "cpu/mmu.h"

#include "cpu/hart/lookups.h"
#include "cpu/hart/pmp.h"
#include "cpu/hart/trap.h"

#define PAGE_SHIFT 12
#define PAGE_MASK  0xfffull
#define LEVELS     3

#define PTE_V        0x01u
#define PTE_R        0x02u
#define PTE_W        0x04u
#define PTE_X        0x08u
#define PTE_U        0x10u
#define PTE_A        0x40u
#define PTE_D        0x80u
#define PTE_RESERVED (0x3ffull << 54) /* Svnapot and Svpbmt are not implemented */

static uint64_t page_fault(enum hb_intent intent) {
    static const uint64_t causes[] = {HB_EXC_LOAD_PAGE, HB_EXC_STORE_PAGE, HB_EXC_FETCH_PAGE};
    return causes[intent];
}

static uint64_t access_fault(enum hb_intent intent) {
    static const uint64_t causes[] = {HB_EXC_LOAD_ACCESS, HB_EXC_STORE_ACCESS, HB_EXC_FETCH_ACCESS};
    return causes[intent];
}

/* What the PTE grants (section 4.3.1), A and D apart. */
static bool allows(const struct hb_hart *hart, uint64_t flags, uint8_t mode, enum hb_intent intent) {
    if (mode == HB_PRIV_U && !(flags & PTE_U))
        return false;
    if (mode == HB_PRIV_S && flags & PTE_U && (intent == HB_INTENT_EXECUTE || !(hart->mstatus & HB_MSTATUS_SUM)))
        return false;
    switch (intent) {
    case HB_INTENT_READ: return flags & PTE_R || (hart->mstatus & HB_MSTATUS_MXR && flags & PTE_X);
    case HB_INTENT_WRITE: return flags & PTE_W;
    default: return flags & PTE_X;
    }
}

static uint64_t marks_needed(enum hb_intent intent) {
    return intent == HB_INTENT_WRITE ? PTE_A | PTE_D : PTE_A;
}

/* ---- TLB ------------------------------------------------------------------------------------------------------- */

static uint32_t slot_of(uint64_t address) {
    uint64_t page = address >> PAGE_SHIFT;
    return (uint32_t)(page ^ page >> 7) % HB_TLB_ENTRIES;
}

static enum hb_tlb tlb_of(enum hb_intent intent) {
    return intent == HB_INTENT_EXECUTE ? HB_TLB_CODE : HB_TLB_DATA;
}

bool hb_mmu_look_up(const struct hb_hart *hart, uint64_t address, uint8_t mode, enum hb_intent intent,
                    uint64_t *physical) {
    const struct hb_tlb_entry *entry = &hart->tlb[tlb_of(intent)][slot_of(address)];
    uint64_t marks = marks_needed(intent);
    if (entry->page != (address & ~PAGE_MASK) || !allows(hart, entry->flags, mode, intent) ||
        (entry->flags & marks) != marks)
        return false;
    *physical = entry->physical | (address & PAGE_MASK);
    return true;
}

static void fill(struct hb_core *core, enum hb_intent intent, uint64_t address, uint64_t physical, uint64_t pte) {
    struct hb_tlb_entry *entry = &core->hart->tlb[tlb_of(intent)][slot_of(address)];
    if (entry->page != HB_TLB_NONE)
        hb_lookups_drop_page(core, entry->page, tlb_of(intent));
    *entry =
        (struct hb_tlb_entry){.page = address & ~PAGE_MASK, .physical = physical & ~PAGE_MASK, .flags = pte & 0xff};
}

void hb_mmu_flush(struct hb_core *core) {
    for (uint32_t i = 0; i < HB_TLB_ENTRIES; i++)
        core->hart->tlb[HB_TLB_DATA][i].page = core->hart->tlb[HB_TLB_CODE][i].page = HB_TLB_NONE;
    hb_lookups_translation_changed(core);
}

/* ---- The table ------------------------------------------------------------------------------------------------- */

static bool is_canonical(uint64_t address) {
    return (uint64_t)((int64_t)(address << 25) >> 25) == address;
}

static uint64_t table_root(const struct hb_hart *hart) {
    return (hart->satp & ((1ull << 44) - 1)) << PAGE_SHIFT;
}

static uint64_t entry_address(uint64_t table, uint64_t address, uint32_t level) {
    return table + (address >> (PAGE_SHIFT + 9 * level) & 0x1ff) * 8;
}

static uint64_t target_of(uint64_t pte) {
    return (pte >> 10 & ((1ull << 44) - 1)) << PAGE_SHIFT;
}

static bool is_valid(uint64_t pte) {
    return pte & PTE_V && (pte & (PTE_R | PTE_W)) != PTE_W && !(pte & PTE_RESERVED);
}

static bool is_leaf(uint64_t pte) {
    return pte & (PTE_R | PTE_X);
}

static uint64_t offset_mask(uint32_t level) {
    return (1ull << (PAGE_SHIFT + 9 * level)) - 1;
}

/* ---- The walk -------------------------------------------------------------------------------------------------- */

struct walk {
    struct hb_core *core;
    uint64_t address;
    enum hb_intent intent;
    uint8_t mode;
    uint64_t now;
    uint64_t *cause;
};

static enum hb_progress fault(const struct walk *walk, uint64_t cause) {
    *walk->cause = cause;
    return HB_PROGRESS_FAULT;
}

static enum hb_progress access_entry(const struct walk *walk, struct hb_request *request, uint64_t *value) {
    bool marks = request->kind == HB_ACCESS_AMO;
    uint8_t need = marks ? HB_PMP_R | HB_PMP_W : HB_PMP_R;
    if (!hb_bus_cacheable(walk->core->bus, request->address, 8) || (marks && hb_bus_is_rom(request->address)) ||
        !hb_pmp_allows(walk->core->hart, request->address, 8, HB_PRIV_S, need))
        return fault(walk, access_fault(walk->intent));
    return hb_one_access(walk->core, request, HB_STALL_WALK, walk->now, value);
}

/* Sets A, and D for a store, unless the PTE has changed meanwhile: then `*pte` is what it is now. */
static enum hb_progress mark(const struct walk *walk, uint64_t at, uint64_t *pte, bool *changed) {
    uint64_t marked = *pte | marks_needed(walk->intent);
    *changed = false;
    if (marked == *pte)
        return HB_PROGRESS_DONE;
    struct hb_request request = {
        .kind = HB_ACCESS_AMO, .amo = HB_AMO_CAS, .address = at, .bytes = 8, .operand = marked, .expected = *pte};
    uint64_t found;
    enum hb_progress progress = access_entry(walk, &request, &found);
    if (progress != HB_PROGRESS_DONE)
        return progress;
    *changed = found != *pte;
    *pte = marked;
    return HB_PROGRESS_DONE;
}

static enum hb_progress use_leaf(const struct walk *walk, uint64_t at, uint64_t pte, uint32_t level, bool *again) {
    if (!allows(walk->core->hart, pte, walk->mode, walk->intent) || target_of(pte) & offset_mask(level) & ~PAGE_MASK)
        return fault(walk, page_fault(walk->intent));
    enum hb_progress progress = mark(walk, at, &pte, again);
    if (progress == HB_PROGRESS_DONE && !*again)
        fill(walk->core, walk->intent, walk->address, target_of(pte) | (walk->address & offset_mask(level)), pte);
    return progress;
}

/* One pass from the root; `*again`: the PTE changed under it. */
static enum hb_progress pass(const struct walk *walk, bool *again) {
    uint64_t table = table_root(walk->core->hart);
    for (uint32_t level = LEVELS; level-- > 0;) {
        struct hb_request request = {
            .kind = HB_ACCESS_LOAD, .address = entry_address(table, walk->address, level), .bytes = 8};
        uint64_t pte;
        enum hb_progress progress = access_entry(walk, &request, &pte);
        if (progress != HB_PROGRESS_DONE)
            return progress;
        if (!is_valid(pte))
            break;
        if (is_leaf(pte))
            return use_leaf(walk, request.address, pte, level, again);
        if (pte & (PTE_A | PTE_D | PTE_U))
            break; /* reserved in pointers */
        table = target_of(pte);
    }
    return fault(walk, page_fault(walk->intent));
}

/* The walk's accesses are over: the latches are free for what comes next. */
static void end_stage(struct hb_core *core) {
    core->hart->in_flight.latched = 0;
    core->access_index = 0;
}

static enum hb_progress walk_table(struct hb_core *core, uint64_t address, uint8_t mode, enum hb_intent intent,
                                   uint64_t now, /* NOLINTNEXTLINE(readability-non-const-parameter): by fault() */
                                   uint64_t *cause) {
    struct walk walk = {.core = core, .address = address, .intent = intent, .mode = mode, .now = now, .cause = cause};
    if (!is_canonical(address))
        return fault(&walk, page_fault(intent));
    for (;;) {
        bool again = false;
        enum hb_progress progress = pass(&walk, &again);
        if (progress != HB_PROGRESS_DONE || !again)
            return progress;
        end_stage(core);
    }
}

enum hb_progress hb_mmu_translate(struct hb_core *core, uint64_t address, uint8_t mode, enum hb_intent intent,
                                  uint32_t place, uint64_t now, uint64_t *physical, uint64_t *cause) {
    struct hb_hart *hart = core->hart;
    struct hb_in_flight *flight = &hart->in_flight;
    if (flight->translated > place) {
        *physical = flight->physical[place];
        return HB_PROGRESS_DONE;
    }
    *physical = address;
    if (hb_mmu_is_on(hart, mode) && !hb_mmu_look_up(hart, address, mode, intent, physical)) {
        enum hb_progress progress = walk_table(core, address, mode, intent, now, cause);
        if (progress == HB_PROGRESS_FAULT && *cause == 0)
            *cause = access_fault(intent);
        if (progress != HB_PROGRESS_DONE)
            return progress;
        end_stage(core);
        hb_mmu_look_up(hart, address, mode, intent, physical);
    }
    flight->physical[place] = *physical;
    flight->translated = (uint8_t)(place + 1);
    return HB_PROGRESS_DONE;
}

bool hb_mmu_debug_translate(const struct hb_core *core, uint64_t address, uint64_t *physical) {
    uint64_t table = table_root(core->hart);
    *physical = address;
    if (!hb_mmu_is_on(core->hart, hb_data_mode(core->hart)))
        return true;
    if (!is_canonical(address))
        return false;
    for (uint32_t level = LEVELS; level-- > 0;) {
        uint64_t pte;
        if (!hb_bus_debug_read(core->bus, entry_address(table, address, level), &pte, sizeof pte) || !is_valid(pte))
            return false;
        if (is_leaf(pte)) {
            *physical = (target_of(pte) & ~offset_mask(level)) | (address & offset_mask(level));
            return true;
        }
        table = target_of(pte);
    }
    return false;
}
