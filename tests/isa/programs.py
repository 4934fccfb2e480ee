"""Random RV64IMAC programs: assembly text from a seed, to stand on runtime.S.

A program is a body of blocks, gone through PASSES times with the registers carried on. It uses every instruction of the
machine, compressed ones included; loads and stores aligned and misaligned; traps of every synchronous kind that QEMU's
board has in common with ours; and changes between M and U mode. Two registers are never written: gp (data) and tp
(context). Everything else may hold anything at any time, so that each access makes its own base address first.
"""

import random

DATA_BYTES = 16384
REGISTERS = ("zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 "
             "s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6").split()
FIXED = {"gp", "tp"}
WRITABLE = [r for r in REGISTERS if r not in FIXED]
SHORT = "s0 s1 a0 a1 a2 a3 a4 a5".split()

R_TYPE = ("add sub sll slt sltu xor srl sra or and addw subw sllw srlw sraw "
          "mul mulh mulhsu mulhu mulw div divu rem remu divw divuw remw remuw").split()
DIVISIONS = R_TYPE[-8:]
I_TYPE = "addi slti sltiu xori ori andi addiw".split()
SHIFTS = {"slli": 64, "srli": 64, "srai": 64, "slliw": 32, "srliw": 32, "sraiw": 32}
LOADS = {"lb": 1, "lbu": 1, "lh": 2, "lhu": 2, "lw": 4, "lwu": 4, "ld": 8}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}
AMOS = "amoswap amoadd amoxor amoand amoor amomin amomax amominu amomaxu".split()
ORDERS = ["", ".aq", ".rl", ".aqrl"]
BRANCHES = "beq bne blt bge bltu bgeu".split()
CSR_OPS = "csrrw csrrs csrrc csrrwi csrrsi csrrci".split()
FREE_CSRS = "mscratch mcause mtval".split()
READ_ONLY_CSRS = "mvendorid mhartid cycle time instret".split()
ABSENT_CSRS = [0x5C0, 0x7C0, 0x9C0, 0xBC0, 0xDC0, 0xFC0, 0x6C0]
SPECIAL = [0, 1, 2, 3, 63, 64, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 0xFFFFFFFF80000000, (1 << 63) - 1, 1 << 63,
           (1 << 64) - 1, (1 << 64) - 2]
# Words that are no instruction, neither here nor on QEMU without F, D, V, S and bit manipulation. "?" is any bit.
ILLEGAL_WORDS = [
    "?" * 25 + "0001011", "?" * 25 + "0101011", "?" * 25 + "1111011",   # custom-0, -1, -3
    "?" * 17 + "111" + "?" * 5 + "0000011",                             # a load of 16 bytes
    "?" * 17 + "1" + "?" * 7 + "0100011",                               # stores wider than 8 bytes
    "?" * 17 + "01" + "?" * 6 + "1100011",                              # branches that there are not
    "?" * 17 + "1" + "?" * 7 + "1100111",                               # jalr with funct3
    "1" + "?" * 16 + "000" + "?" * 5 + "0110011",                       # OP with an unknown funct7
    "1" + "?" * 16 + "101" + "?" * 5 + "0011011",                       # shifts of words
    "11111" + "?" * 12 + "010" + "?" * 5 + "0101111",                   # AMO
    "?" * 17 + "000" + "?" * 5 + "0101111",                             # AMO of a byte
    "?" * 17 + "0" + "?" * 7 + "0000111", "?" * 17 + "0" + "?" * 7 + "0100111",  # floating-point memory
    "?" * 25 + "1000011", "?" * 25 + "1010011",                         # floating-point arithmetic
    "?" * 17 + "100" + "?" * 5 + "1110011",                             # SYSTEM 4
    "0" * 11 + "1" + "0" * 12 + "1" + "1110011",                        # ebreak with a rd
    "1" * 32, "0" * 25 + "0011111",
]
ILLEGAL_HALVES = [0x0000, 0x2000, 0x2004, 0xA000, 0x8000, 0x2001, 0x6101, 0x6081, 0x8002, 0x4002, 0x6002, 0x9C41, 0x9C61,
                  0x2002, 0xA002]
COMPRESSED_HINTS = [0x0001, 0x0005, 0x0081, 0x4005, 0x6005, 0x0006, 0x8006, 0x9006, 0x8401, 0x8001 | 1 << 10]


class Program:
    """Builds one program; `text()` gives its source."""

    def __init__(self, seed, blocks, items):
        self.random = random.Random(seed)
        self.lines = []
        self.labels = 0
        self.avoid = set(FIXED)
        self.user = False
        self.used = {}
        self.seed = seed
        for number in range(blocks):
            self.block(number, items)
        if self.user:
            self.op("ecall")
        self.lines.append("    j end_of_pass")

    # ---- Choosing --------------------------------------------------------------------------------------------------

    def pick(self, values):
        return self.random.choice(values)

    def any(self):
        return self.pick(REGISTERS)

    def dest(self):
        return self.pick([r for r in WRITABLE if r not in self.avoid])

    def free(self, registers=WRITABLE, but=()):
        return self.pick([r for r in registers if r not in self.avoid and r not in but and r != "zero"])

    def label(self):
        self.labels += 1
        return ".L%d" % self.labels

    # ---- Writing ---------------------------------------------------------------------------------------------------

    def op(self, mnemonic, operands=""):
        self.used[mnemonic] = self.used.get(mnemonic, 0) + 1
        prefix = "C " if mnemonic.startswith("c.") else ""
        self.lines.append("    %s%s %s" % (prefix, mnemonic, operands))

    def place(self, label):
        self.lines.append(label + ":")

    def holding(self, *registers):
        return Holding(self, registers)

    def set(self, register, value):
        self.lines.append("    li %s, 0x%x" % (register, value))

    def base(self, register, align, mask=0x7FF):
        """Point `register` into the data, at any offset of the given alignment."""
        self.op("andi", "%s, %s, %d" % (register, self.any(), mask & ~(align - 1)))
        self.op("add", "%s, %s, gp" % (register, register))

    # ---- Kinds of items --------------------------------------------------------------------------------------------

    def register(self):
        self.op(self.pick(R_TYPE), "%s, %s, %s" % (self.dest(), self.any(), self.any()))

    def immediate(self):
        self.op(self.pick(I_TYPE), "%s, %s, %d" % (self.dest(), self.any(), self.random.randint(-2048, 2047)))

    def shift(self):
        mnemonic = self.pick(list(SHIFTS))
        self.op(mnemonic, "%s, %s, %d" % (self.dest(), self.any(), self.random.randrange(SHIFTS[mnemonic])))

    def upper(self):
        self.op(self.pick(["lui", "auipc"]), "%s, 0x%x" % (self.dest(), self.random.randrange(1 << 20)))

    def edge(self):
        a = self.free()
        b = self.free(but=[a])
        division = self.random.random() < 0.4
        self.set(a, self.pick(SPECIAL))
        self.set(b, self.pick([0, (1 << 64) - 1] if division else SPECIAL))
        for _ in range(4):
            with self.holding(a, b):
                self.op(self.pick(DIVISIONS if division else R_TYPE), "%s, %s, %s" % (self.dest(), a, b))

    def fresh(self):
        """A new random value (Marsaglia's xorshift): without them all values soon depend on constants only."""
        value = self.free()
        with self.holding(value):
            shifted = self.free()
        self.op("ld", "%s, FRESH(tp)" % value)
        for mnemonic, amount in (("slli", 13), ("srli", 7), ("slli", 17)):
            self.op(mnemonic, "%s, %s, %d" % (shifted, value, amount))
            self.op("xor", "%s, %s, %s" % (value, value, shifted))
        self.op("sd", "%s, FRESH(tp)" % value)

    def memory(self):
        base = self.free()
        aligned = self.random.random() < 0.7
        self.base(base, 8 if aligned else 1)
        with self.holding(base):
            for _ in range(self.random.randint(1, 4)):
                kind = self.pick([LOADS, STORES])
                mnemonic = self.pick(list(kind))
                step = kind[mnemonic] if aligned else 1
                offset = self.random.randrange(-2048, 2048, step)
                register = self.dest() if kind is LOADS else self.any()
                self.op(mnemonic, "%s, %d(%s)" % (register, offset, base))

    def amo(self):
        base, width = self.free(), self.pick(["w", "d"])
        self.base(base, 8 if width == "d" else 4)
        with self.holding(base):
            for _ in range(self.random.randint(1, 3)):
                self.op("%s.%s" % (self.pick(AMOS), width) + self.pick(ORDERS),
                        "%s, %s, (%s)" % (self.dest(), self.any(), base))

    def reserved(self):
        base, width = self.free(), self.pick(["w", "d"])
        self.base(base, 8 if width == "d" else 4)
        with self.holding(base):
            self.op("lr." + width + self.pick(ORDERS), "%s, (%s)" % (self.dest(), base))
            if self.random.random() < 0.5:
                self.op("addi", "%s, %s, %d" % (self.dest(), self.any(), self.random.randint(-2048, 2047)))
            self.op("sc." + width + self.pick(ORDERS), "%s, %s, (%s)" % (self.dest(), self.any(), base))
            if self.random.random() < 0.3: # the reservation is gone
                self.op("sc." + width, "%s, %s, (%s)" % (self.dest(), self.any(), base))

    def misaligned_atomic(self):
        base = self.free()
        self.base(base, 8)
        self.op("addi", "%s, %s, %d" % (base, base, self.pick([1, 2, 3])))
        with self.holding(base):
            if self.random.random() < 0.3:
                self.op("lr." + self.pick("wd"), "%s, (%s)" % (self.dest(), base))
            else:
                self.op("%s.%s" % (self.pick(AMOS), self.pick("wd")),
                        "%s, %s, (%s)" % (self.dest(), self.any(), base))

    def guarded(self):
        """Pages that U mode, and M mode under MPRV, may only read or not touch at all."""
        base = self.free()
        page = self.pick(["read_only_page", "forbidden_page"])
        self.lines.append("    la %s, %s + %d" % (base, page, self.random.randrange(16, 4000, 8)))
        with self.holding(base):
            for _ in range(self.random.randint(1, 3)):
                choice = self.random.random()
                if choice < 0.45:
                    self.op(self.pick(list(LOADS)), "%s, %d(%s)" % (self.dest(), self.random.randint(-8, 8), base))
                elif choice < 0.9:
                    self.op(self.pick(list(STORES)), "%s, %d(%s)" % (self.any(), self.random.randint(-8, 8), base))
                else:
                    self.op(self.pick(AMOS) + ".d", "%s, %s, (%s)" % (self.dest(), self.any(), base))

    def nowhere(self):
        """Loads and stores where nothing is, and jumps there."""
        base = self.free()
        where = (self.random.getrandbits(20) << 36 | self.random.getrandbits(30)) + (1 << 40)
        if self.random.random() < 0.5:
            self.set(base, where & ~7)
            with self.holding(base):
                self.op("ld", "%s, %d(%s)" % (self.dest(), self.random.randrange(-2048, 2048, 8), base))
                self.op("sd", "%s, %d(%s)" % (self.any(), self.random.randrange(-2048, 2048, 8), base))
            return
        back = self.label()
        self.lines.append("    la %s, %s\n    sd %s, RESUME(tp)" % (base, back, base))
        if self.user and self.random.random() < 0.5:
            self.lines.append("    la %s, forbidden_page + 64" % base)
        else:
            self.set(base, where & ~1)
        with self.holding(base):
            self.op("jalr", "%s, %d(%s)" % (self.dest(), self.random.randint(-16, 16), base))
        self.place(back)

    def compressed(self):
        short, other = self.free(SHORT), self.pick(SHORT)
        register, source = self.free(), self.free()
        signed = self.random.randint(-32, 31)
        self.pick([
            lambda: self.op("c.addi", "%s, %d" % (register, signed or 1)),
            lambda: self.op("c.addiw", "%s, %d" % (register, signed)),
            lambda: self.op("c.li", "%s, %d" % (register, signed)),
            lambda: self.op("c.lui", "%s, 0x%x" % (self.free(but=["sp"]), self.pick([1, 31, 0xFFFE0, 0xFFFFF]))),
            lambda: self.op("c.slli", "%s, %d" % (register, self.random.randint(1, 63))),
            lambda: self.op(self.pick(["c.srli", "c.srai"]), "%s, %d" % (short, self.random.randint(1, 63))),
            lambda: self.op("c.andi", "%s, %d" % (short, signed)),
            lambda: self.op(self.pick("c.sub c.xor c.or c.and c.subw c.addw".split()), "%s, %s" % (short, other)),
            lambda: self.op(self.pick(["c.mv", "c.add"]), "%s, %s" % (register, source)),
            lambda: self.op("c.addi4spn", "%s, sp, %d" % (short, self.random.randrange(4, 1024, 4))),
            lambda: self.op("c.nop"),
            lambda: self.compressed_stack_move(),
            lambda: self.lines.append("    .half 0x%x" % self.pick(COMPRESSED_HINTS)),
        ])()

    def compressed_stack_move(self):
        if "sp" not in self.avoid:
            self.op("c.addi16sp", "sp, %d" % self.pick([-512, -16, 16, 496]))

    def compressed_memory(self):
        if self.random.random() < 0.5 and "sp" not in self.avoid:
            self.base("sp", self.pick([8, 8, 1]))
            with self.holding("sp"):
                for _ in range(3):
                    bytes_, mnemonic = self.pick([(4, "c.lwsp"), (8, "c.ldsp"), (4, "c.swsp"), (8, "c.sdsp")])
                    register = self.free() if mnemonic.startswith("c.l") else self.any()
                    self.op(mnemonic, "%s, %d(sp)" % (register, self.random.randrange(0, 64 * bytes_, bytes_)))
            return
        base = self.free(SHORT)
        self.base(base, self.pick([8, 8, 1]))
        with self.holding(base):
            for _ in range(3):
                bytes_, mnemonic = self.pick([(4, "c.lw"), (8, "c.ld"), (4, "c.sw"), (8, "c.sd")])
                register = self.free(SHORT) if mnemonic.startswith("c.l") else self.pick(SHORT)
                self.op(mnemonic, "%s, %d(%s)" % (register, self.random.randrange(0, 32 * bytes_, bytes_), base))

    def csr(self):
        mnemonic = self.pick(CSR_OPS)
        operand = str(self.random.randrange(32)) if mnemonic.endswith("i") else self.any()
        choice = self.random.random()
        if choice < 0.5:
            self.op(mnemonic, "%s, %s, %s" % (self.dest(), self.pick(FREE_CSRS), operand))
        elif choice < 0.6:
            self.csr_with_mask("mepc", (1 << 64) - 2)
        elif choice < 0.65:
            register = self.free()
            self.op("srli", "%s, %s, 10" % (register, self.any()))
            self.op(self.pick(["csrrw", "csrrs"]), "%s, pmpaddr%d, %s" % (self.dest(), self.pick([3, 7, 15]), register))
        elif choice < 0.75:
            self.status()
        elif choice < 0.85:
            name = self.pick(READ_ONLY_CSRS)
            write = self.pick(["csrrw", "csrrwi", "csrrsi", "csrrci"])
            operand = "5" if write != "csrrw" else self.any()
            self.op(write, "%s, %s, %s" % (self.dest(), name, operand))
        elif choice < 0.95:
            self.op(mnemonic, "%s, 0x%x, %s" % (self.dest(), self.pick(ABSENT_CSRS), operand))
        else:
            self.op("csrrs", "%s, %s, zero" % (self.dest(), self.pick(["mhartid", "mvendorid"])))

    def csr_with_mask(self, name, mask):
        register = self.free()
        self.op("andi", "%s, %s, %d" % (register, self.any(), mask - (1 << 64)))
        self.op(self.pick(["csrrw", "csrrs", "csrrc"]), "%s, %s, %s" % (self.dest(), name, register))

    def status(self):
        """mstatus: MPRV, MPP, MPIE, MIE; the other bits that boards show differ, so they are masked away."""
        register = self.free()
        with self.holding(register):
            result = self.free()
        bits = self.pick([0, 0x20000]) | self.pick([0, 0x1800]) | self.pick([0, 0x80]) | self.pick([0, 8])
        self.set(register, bits)
        self.op(self.pick(["csrrw", "csrrs", "csrrc"]), "%s, mstatus, %s" % (result, register))
        self.set(register, 0x21888)
        self.op("and", "%s, %s, %s" % (result, result, register))

    def illegal(self):
        if self.random.random() < 0.4:
            self.lines.append("    .half 0x%04x" % self.pick(ILLEGAL_HALVES))
            return
        pattern = self.pick(ILLEGAL_WORDS)
        bits = "".join(self.pick("01") if bit == "?" else bit for bit in pattern)
        self.lines.append("    .half 0x%04x, 0x%04x" % (int(bits, 2) & 0xFFFF, int(bits, 2) >> 16))

    def breakpoint(self):
        self.op(self.pick(["ebreak", "c.ebreak"]))

    def fence(self):
        sets = ["iorw", "rw", "r", "w", "i", "o"]
        if self.random.random() < 0.3:
            self.op("fence.i")
        else:
            self.op("fence", "%s, %s" % (self.pick(sets), self.pick(sets)))

    def hint(self):
        self.op(self.pick(["slti", "addi", "andi"]), "zero, %s, %d" % (self.any(), self.random.randint(1, 2047)))

    def interrupt(self):
        """The timer is due for ever: it comes as soon as it is enabled, and the handler disables it. M mode only."""
        register = self.free()
        self.set(register, 0x80)
        if self.random.random() < 0.5:
            self.op("csrrsi", "zero, mstatus, 8")
            self.op("csrrs", "zero, mie, %s" % register)
        else:
            self.op("csrrci", "zero, mstatus, 8")
            self.op("csrrs", "zero, mie, %s" % register)
            self.op("wfi")
            self.op("csrrw", "%s, mie, zero" % self.dest())

    SIMPLE = [(fresh, 3), (register, 12), (immediate, 8), (shift, 5), (upper, 2), (edge, 4), (memory, 8), (amo, 3), (reserved, 2),
              (compressed, 12), (compressed_memory, 5), (csr, 3), (fence, 0.4), (hint, 0.4), (illegal, 0.6),
              (breakpoint, 0.3), (misaligned_atomic, 0.4), (guarded, 0.8), (nowhere, 0.3)]

    # ---- Control flow ----------------------------------------------------------------------------------------------

    def simple(self):
        kinds, weights = zip(*self.SIMPLE)
        self.random.choices(kinds, weights)[0](self)

    def skip(self):
        """A conditional or an unconditional jump forward, over something."""
        over = self.label()
        kind = self.random.randrange(7)
        register = self.free()
        if kind == 0:
            self.op(self.pick(["c.beqz", "c.bnez"]), "%s, %s" % (self.pick(SHORT), over))
            self.small()
        elif kind == 1:
            self.op("c.j", over)
            self.simple()
        elif kind == 2:
            self.op("jal", "%s, %s" % (self.dest(), over))
            self.simple()
        elif kind == 3:
            offset = self.random.randrange(-1024, 1024, 2)
            self.lines.append("    la %s, %s - (%d)" % (register, over, offset))
            self.op("jalr", "%s, %d(%s)" % (self.dest(), offset, register))
            self.simple()
        elif kind == 4:
            self.lines.append("    la %s, %s" % (register, over))
            if "ra" in self.avoid:
                self.op("c.jr", register)
            else:
                self.op(self.pick(["c.jr", "c.jalr"]), register)
            self.simple()
        else:
            self.op(self.pick(BRANCHES), "%s, %s, %s" % (self.any(), self.any(), over))
            for _ in range(self.random.randint(1, 3)):
                self.simple()
        self.place(over)

    def far(self):
        """A jump far forward, or far back, over bytes that are no instructions."""
        target, done = self.label(), self.label()
        short, register = self.free(SHORT), self.any()
        mnemonic, operands, reach = self.pick([
            ("c.j", "", 2000), ("c.j", "", 2000), ("c.beqz", short + ", ", 220), ("c.bnez", short + ", ", 220),
            (self.pick(["beq", "bge", "bgeu"]), "%s, %s, " % (register, register), 4000),
            ("jal", self.dest() + ", ", 9000)])
        if mnemonic in ("c.beqz", "c.bnez"):
            self.op("c.li", "%s, %d" % (short, mnemonic == "c.bnez"))
        gap = "    .skip %d" % self.random.randrange(reach // 2, reach, 2)
        if self.random.random() < 0.5:
            self.op(mnemonic, operands + target)
            self.lines.append(gap)
            self.place(target)
            return
        entry = self.label()
        self.op("jal", "zero, " + entry)
        self.place(target)
        self.op("jal", "zero, " + done)
        self.lines.append(gap)
        self.place(entry)
        self.op(mnemonic, operands + target)
        self.place(done)

    def small(self):
        """Something that a compressed branch reaches over."""
        for _ in range(self.random.randint(1, 3)):
            self.pick([Program.register, Program.immediate, Program.shift, Program.compressed])(self)

    def loop(self):
        counter, top = self.free(), self.label()
        self.set(counter, self.random.randint(2, 6))
        self.place(top)
        with self.holding(counter):
            for _ in range(self.random.randint(2, 6)):
                self.pick([Program.simple, Program.simple, Program.simple, Program.skip])(self)
        self.op("addi", "%s, %s, -1" % (counter, counter))
        self.op("bne", "%s, zero, %s" % (counter, top))

    def block(self, number, items):
        self.lines.append("block_%d:" % number)
        for _ in range(items):
            choice = self.random.random()
            if choice < 0.04:
                self.op("ecall")
                self.user = not self.user
            elif choice < 0.05 and not self.user:
                self.interrupt()
            elif choice < 0.05:
                self.op("mret") # illegal in U mode
            elif choice < 0.08:
                self.far()
            elif choice < 0.20:
                self.skip()
            elif choice < 0.26:
                self.loop()
            else:
                self.simple()
        self.lines.append("    END_OF_BLOCK %d" % number)

    # ---- The whole -------------------------------------------------------------------------------------------------

    def dwords(self, count):
        values = [self.pick(SPECIAL) if self.random.random() < 0.25 else self.random.getrandbits(64) for _ in range(count)]
        rows = [values[i:i + 8] for i in range(0, count, 8)]
        return "\n".join("    .dword " + ", ".join("0x%x" % value for value in row) for row in rows)

    def text(self):
        return TEMPLATE.format(seed=self.seed, body="\n".join(self.lines), registers=self.dwords(32),
                               data=self.dwords(DATA_BYTES // 8), page=self.dwords(512))


class Holding:
    """While it lasts, nothing writes the given registers."""

    def __init__(self, program, registers):
        self.program, self.added = program, set(registers) - program.avoid

    def __enter__(self):
        self.program.avoid |= self.added

    def __exit__(self, *_):
        self.program.avoid -= self.added


TEMPLATE = """/* Made by tests/isa/programs.py from seed {seed}. */
#include "runtime.S"
    .macro C instruction:vararg
    .option push
    .option rvc
    \\instruction
    .option pop
    .endm
    .macro END_OF_BLOCK number
    sd ra, 8(tp)
    li ra, \\number
    sd ra, RESUME(tp)
    call end_of_block
    ld ra, 8(tp)
    .endm
    .text
    .balign 64
    .globl body
body:
{body}
    .section .rodata
    .balign 8
initial_registers:
{registers}
    .data
    .balign 4096
read_only_page:
{page}
forbidden_page:
    .skip 4096
data:
{data}
data_end:
"""
