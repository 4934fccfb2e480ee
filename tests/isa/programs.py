"""Random RV64GC programs: assembly text from a seed, to stand on runtime.S.

A program is a body of blocks, gone through PASSES times with the registers carried on. It uses every instruction of the
machine, compressed ones included; loads and stores aligned and misaligned; floating point in all rounding modes with
special values, and its flags; traps of every synchronous kind that QEMU's board has in common with ours, to M mode and
delegated to S mode; changes between M, S and U mode, with translation and without; and pages with rights of all kinds.
Two registers are never written: gp (data) and tp (context). Everything else may hold anything at any time, so that each
access makes its own base address first.

In which mode an item runs is known here: what changes the mode, or what the modes may do, stands in a block itself, not
in what is jumped over or repeated.
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
BIT_TYPE = ("add.uw sh1add sh2add sh3add sh1add.uw sh2add.uw sh3add.uw andn orn xnor max maxu min minu rol rolw ror rorw "
            "bclr bext binv bset").split()
BIT_SHIFTS = {"slli.uw": 64, "rori": 64, "roriw": 32, "bclri": 64, "bexti": 64, "binvi": 64, "bseti": 64}
UNARY = "clz clzw ctz ctzw cpop cpopw sext.b sext.h zext.h orc.b rev8".split()
I_TYPE = "addi slti sltiu xori ori andi addiw".split()
SHIFTS = {"slli": 64, "srli": 64, "srai": 64, "slliw": 32, "srliw": 32, "sraiw": 32}
LOADS = {"lb": 1, "lbu": 1, "lh": 2, "lhu": 2, "lw": 4, "lwu": 4, "ld": 8}
F_MEMORY = {"flw": 4, "fld": 8, "fsw": 4, "fsd": 8}
STORES = {"sb": 1, "sh": 2, "sw": 4, "sd": 8}
AMOS = "amoswap amoadd amoxor amoand amoor amomin amomax amominu amomaxu".split()
ORDERS = ["", ".aq", ".rl", ".aqrl"]
BRANCHES = "beq bne blt bge bltu bgeu".split()
CSR_OPS = "csrrw csrrs csrrc csrrwi csrrsi csrrci".split()
FREE_CSRS = "mscratch mcause mtval sscratch scause stval".split()
SHARED_CSRS = "sie sip sstatus medeleg mideleg mie mip satp stvec mtvec scounteren misa".split() # read only
READ_ONLY_CSRS = "mvendorid mhartid cycle time instret".split()
ABSENT_CSRS = [0x5C0, 0x7C0, 0x9C0, 0xBC0, 0xDC0, 0xFC0, 0x6C0]
SPECIAL = [0, 1, 2, 3, 63, 64, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, 0xFFFFFFFF80000000, (1 << 63) - 1, 1 << 63,
           (1 << 64) - 1, (1 << 64) - 2]
FLOATS = ["f%d" % i for i in range(32)]
FLOATS_OF = {"s": FLOATS[::2], "d": FLOATS[1::2]} # what mostly holds numbers of one format
SHORT_FLOATS = ["f%d" % i for i in range(8, 16)]
F_ARITHMETIC = {"fadd": 2, "fsub": 2, "fmul": 2, "fdiv": 2, "fsqrt": 1, "fmadd": 3, "fmsub": 3, "fnmsub": 3, "fnmadd": 3}
F_EXACT = "fsgnj fsgnjn fsgnjx fmin fmax".split()
F_COMPARE = "feq flt fle".split()
INTEGERS = "w wu l lu".split()
# Half way between two floats, and beside it.
INTEGER_EDGES = [(1 << 24) + 1, (1 << 25) + 2, (1 << 25) + 6, (1 << 40) + (1 << 16), (1 << 53) + 1, (1 << 54) + 6, (1 << 63) - 512,
                 (1 << 64) - 1024, (1 << 64) - (1 << 39), (1 << 64) - (1 << 39) - 1, (1 << 32) - 128, (1 << 31) - 64, (1 << 55) - 4]
MODES = ["rne", "rtz", "rdn", "rup", "rmm", "dyn", "dyn", "dyn"]
# Sign, exponent and fraction are drawn from what is near an edge; "?" is a random bit.
EXPONENTS_S = [0, 0, 1, 2, 24, 64, 103, 126, 127, 127, 128, 150, 157, 158, 189, 190, 253, 254, 255]
EXPONENTS_D = [0, 0, 1, 2, 53, 512, 872, 873, 884, 896, 897, 970, 1022, 1023, 1023, 1024, 1054, 1075, 1085, 1086, 1087, 1150,
               1151, 2045, 2046, 2047]
FRACTIONS = ["0", "1", "?", "0000001", "1111111", "10", "01", "0?", "1?", "00000000000000000000000000001"]
# A program's own pages: 16 at WINDOW, then larger ones. All but the first of them show the whole image.
WINDOW = 0x100000000
WINDOW_PAGES = 16
ALIASES = [WINDOW + (1 << 21), 5 << 30, WINDOW + (2 << 21), 6 << 30, 7 << 30, WINDOW + (3 << 21), WINDOW + (5 << 21)]
DELEGATED = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 15] # causes; not the call from S mode, which leads to M mode
TSR, TW, TVM = 1 << 22, 1 << 21, 1 << 20
SPECIAL_FLOATS = 512
PMP_CONFIGS = [0x00, 0x03, 0x07, 0x09, 0x0D, 0x11, 0x1F, 0x18]
MODE_NUMBER = {"M": 3, "S": 1, "U": 0}
# Words that are no instruction, neither here nor on QEMU without V. "?" is any bit.
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
    "?" * 17 + "1" + "?" * 7 + "0000111", "?" * 17 + "00" + "?" * 6 + "0100111",  # flq and vectors, fsh
    "?" * 5 + "1" + "?" * 19 + "1000011",                               # fused, of 16 and of 128 bits
    "?" * 5 + "0" + "?" * 11 + "101" + "?" * 5 + "1001011",             # rounding modes that there are not
    "0000000" + "?" * 10 + "101" + "?" * 5 + "1010011", "0001001" + "?" * 10 + "110" + "?" * 5 + "1010011",
    "0000010" + "?" * 18 + "1010011", "0000011" + "?" * 18 + "1010011", # fadd of 16 and of 128 bits
    "0101100" + "1" + "?" * 17 + "1010011",                             # fsqrt with rs2
    "0010000" + "?" * 10 + "011" + "?" * 5 + "1010011", "0010101" + "?" * 10 + "010" + "?" * 5 + "1010011",
    "1010000" + "?" * 10 + "011" + "?" * 5 + "1010011",                 # comparisons
    "1100000" + "001" + "?" * 15 + "1010011", "1101001" + "01" + "?" * 16 + "1010011", # fcvt of other integers
    "0100000" + "00000" + "?" * 13 + "1010011", "0100001" + "00001" + "?" * 13 + "1010011", # fcvt.s.s, fcvt.d.d
    "1110000" + "00000" + "?" * 5 + "010" + "?" * 5 + "1010011", "1111000" + "00000" + "?" * 5 + "001" + "?" * 5 + "1010011",
    "1011??" + "?" * 19 + "1010011", "011????" + "?" * 18 + "1010011",
    "?" * 17 + "100" + "?" * 5 + "1110011",                             # SYSTEM 4
    "0" * 11 + "1" + "0" * 12 + "1" + "1110011",                        # ebreak with a rd
    "0001001" + "?" * 10 + "000" + "00001" + "1110011",                 # sfence.vma with a rd
    "1" * 32, "0" * 25 + "0011111",
]
ILLEGAL_HALVES = [0x0000, 0x8000, 0x2001, 0x6101, 0x6081, 0x8002, 0x4002, 0x6002, 0x9C41, 0x9C61]
COMPRESSED_HINTS = [0x0001, 0x0005, 0x0081, 0x4005, 0x6005, 0x0006, 0x8006, 0x9006, 0x8401, 0x8001 | 1 << 10]


class Program:
    """Builds one program; `text()` gives its source."""

    def __init__(self, seed, blocks, items):
        self.random = random.Random(seed)
        self.lines = []
        self.labels = 0
        self.avoid = set(FIXED)
        self.used = {}
        self.seed = seed
        self.shown = [None] * WINDOW_PAGES  # what the pages of the window show at this place; None: as a pass finds them
        self.loads_over_two = []  # line, page of the window, what that shows there, the line to write if that is no good
        self.begin()
        for number in range(blocks):
            self.block(number, items)
        self.end()
        self.window = [self.page() for _ in range(WINDOW_PAGES)]
        self.spare_quirk()

    def begin(self):
        """A pass begins in M mode and knows what the modes may do."""
        self.mode, self.paged = "M", False
        self.delegated, self.interrupts, self.forbidden = 0, 0, 0
        for name in ("medeleg", "mideleg", "mie", "mip", "menvcfg", "senvcfg"):
            self.op("csrrw", "zero, %s, zero" % name)
        register = self.free()
        self.set(register, 0x7C0000) # TSR, TW, TVM, MXR, SUM
        self.op("csrrc", "zero, mstatus, %s" % register)
        self.op("csrrci", "zero, mstatus, 10")

    def end(self):
        while self.mode != "M":
            self.another_mode()
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

    def bits(self):
        """Bit manipulation: of whatever is there, or of a value with few ones or few zeros."""
        source = self.any()
        if self.random.random() < 0.4:
            source = self.free()
            value = self.pick(SPECIAL) if self.random.random() < 0.5 else 1 << self.random.randrange(64)
            self.set(source, value ^ self.pick([0, (1 << 64) - 1]))
        kind = self.random.random()
        if kind < 0.5:
            operands = [source, self.any()]
            self.random.shuffle(operands)
            self.op(self.pick(BIT_TYPE), "%s, %s, %s" % (self.dest(), *operands))
        elif kind < 0.75:
            mnemonic = self.pick(list(BIT_SHIFTS))
            self.op(mnemonic, "%s, %s, %d" % (self.dest(), source, self.random.randrange(BIT_SHIFTS[mnemonic])))
        else:
            mnemonic = self.pick(UNARY)
            if mnemonic == "ctzw": # of 1 << 40 QEMU 7.2 says 40
                word = self.free()
                self.op("add.uw", "%s, %s, zero" % (word, source))
                source = word
            self.op(mnemonic, "%s, %s" % (self.dest(), source))

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
                kind = self.pick([LOADS, STORES, F_MEMORY])
                mnemonic = self.pick(list(kind))
                step = kind[mnemonic] if aligned else 1
                offset = self.random.randrange(-2048, 2048, step)
                register = self.dest() if kind is LOADS else self.any() if kind is STORES else self.pick(FLOATS)
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
            if self.paged: # no walk may come between LR and SC: it can cost a small cache the reservation
                self.op("amoor." + width, "zero, zero, (%s)" % base)
                self.lines.append("    .option push\n    .option rvc\n    .balign 16\n    .option pop")
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
        if self.mode != "M" and self.random.random() < 0.5:
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
                    bytes_, mnemonic = self.pick([(4, "c.lwsp"), (8, "c.ldsp"), (4, "c.swsp"), (8, "c.sdsp"),
                                                  (8, "c.fldsp"), (8, "c.fsdsp")])
                    register = self.free() if mnemonic.startswith("c.l") else self.any()
                    if mnemonic.startswith("c.f"):
                        register = self.pick(FLOATS)
                    self.op(mnemonic, "%s, %d(sp)" % (register, self.random.randrange(0, 64 * bytes_, bytes_)))
            return
        base = self.free(SHORT)
        self.base(base, self.pick([8, 8, 1]))
        with self.holding(base):
            for _ in range(3):
                bytes_, mnemonic = self.pick([(4, "c.lw"), (8, "c.ld"), (4, "c.sw"), (8, "c.sd"), (8, "c.fld"), (8, "c.fsd")])
                register = self.free(SHORT) if mnemonic.startswith("c.l") else self.pick(SHORT)
                if mnemonic.startswith("c.f"):
                    register = self.pick(SHORT_FLOATS)
                self.op(mnemonic, "%s, %d(%s)" % (register, self.random.randrange(0, 32 * bytes_, bytes_), base))

    def csr(self):
        mnemonic = self.pick(CSR_OPS)
        operand = str(self.random.randrange(32)) if mnemonic.endswith("i") else self.any()
        choice = self.random.random()
        if choice < 0.4:
            self.op(mnemonic, "%s, %s, %s" % (self.dest(), self.pick(FREE_CSRS), operand))
        elif choice < 0.5:
            self.csr_with_mask(self.pick(["mepc", "sepc"]), (1 << 64) - 2)
        elif choice < 0.55:
            register = self.free()
            self.op("srli", "%s, %s, 10" % (register, self.any()))
            self.op(self.pick(["csrrw", "csrrs"]), "%s, pmpaddr%d, %s" % (self.dest(), self.pick([3, 7, 15]), register))
        elif choice < 0.57: # pmp2 matches before them
            register = self.free()
            self.set(register, sum(self.pick(PMP_CONFIGS) << 8 * i for i in range(8)))
            self.op("csrrw", "%s, pmpcfg2, %s" % (self.dest(), register))
        elif choice < 0.62:
            self.status()
        elif choice < 0.69:
            self.supervisor_status()
        elif choice < 0.76:
            name = self.pick(READ_ONLY_CSRS)
            write = self.pick(["csrrw", "csrrwi", "csrrsi", "csrrci"])
            operand = "5" if write != "csrrw" else self.any()
            self.op(write, "%s, %s, %s" % (self.dest(), name, operand))
        elif choice < 0.82:
            self.op(mnemonic, "%s, 0x%x, %s" % (self.dest(), self.pick(ABSENT_CSRS), operand))
        elif choice < 0.9:
            self.shared_csr()
        elif choice < 0.95:
            self.op("csrrs", "zero, %s, zero" % self.pick(["cycle", "time", "instret"])) # whether it may
        else:
            self.op("csrrs", "%s, %s, zero" % (self.dest(), self.pick(["mhartid", "mvendorid"])))

    def shared_csr(self):
        """Those whose every bit is the same on both boards (of misa and mstatus not all are)."""
        name, register = self.pick(SHARED_CSRS), self.free()
        self.op("csrrs", "%s, %s, zero" % (register, name))
        if name in ("misa", "sstatus"):
            with self.holding(register):
                mask = self.free()
            self.set(mask, 0x14112D if name == "misa" else 0x80000002000C6122)
            self.op("and", "%s, %s, %s" % (register, register, mask))

    def supervisor_status(self):
        """sstatus: SUM and MXR, SPP and SPIE. In S mode SIE as well: sip is mostly clear."""
        register = self.free()
        self.set(register, self.pick([0x40000, 0x80000, 0xC0000, 0x40000, 0x120, 0x20, 0x100]))
        self.op(self.pick(["csrrs", "csrrc"]), "zero, sstatus, %s" % register)
        if self.random.random() < 0.3:
            mnemonic, name = self.pick(["csrrsi", "csrrci"]), self.pick(["sie", "sstatus", "sip"])
            if name == "sip":
                self.software_alone()
            self.op(mnemonic, "zero, %s, 2" % name)

    def software_alone(self):
        """Of S mode's interrupts enable but that by software: of several QEMU 7.2 takes the lowest number first, and not
        in the order of the specification (privileged, 3.1.9)."""
        register = self.free()
        self.set(register, 0x220)
        self.op("csrrc", "zero, sie, %s" % register)

    def csr_with_mask(self, name, mask):
        register = self.free()
        self.op("andi", "%s, %s, %d" % (register, self.any(), mask - (1 << 64)))
        self.op(self.pick(["csrrw", "csrrs", "csrrc"]), "%s, %s, %s" % (self.dest(), name, register))

    def status(self):
        """mstatus: MPRV, MPP, MPIE, MIE; the other bits that boards show differ, so they are masked away."""
        register = self.free()
        with self.holding(register):
            result = self.free()
        bits = self.pick([0, 0x20000]) | self.pick([0, 0x800, 0x1800]) | self.pick([0, 0x80]) | self.pick([0, 8])
        self.set(register, 0x1800)
        self.op("csrrc", "%s, mstatus, %s" % (result, register)) # MPP is never 2, which QEMU would take
        self.set(register, bits)
        self.op(self.pick(["csrrs", "csrrs", "csrrc"]), "%s, mstatus, %s" % (result, register))
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

    # ---- Floating point --------------------------------------------------------------------------------------------

    def special_float(self, double):
        """Bits of a number near some edge, or of a NaN."""
        exponents = EXPONENTS_D if double else EXPONENTS_S
        exponent = self.pick(exponents)
        width = 52 if double else 23
        pattern = self.pick(FRACTIONS)
        fraction = "".join(self.pick("01") if bit == "?" else bit for bit in pattern)
        if pattern[0] == "?":
            fraction = "".join(self.pick("01") for _ in range(width))
        fraction = int((fraction + fraction[-1] * width)[:width], 2)
        if self.random.random() < 0.2:
            fraction ^= self.pick([1, 2, 3])
        if self.random.random() < 0.08: # zero or infinity
            exponent, fraction = self.pick([exponents[0], exponents[-1]]), 0
        sign = self.random.getrandbits(1)
        return (sign << 63 | exponent << 52 | fraction) if double else (sign << 31 | exponent << 23 | fraction)

    def f_table(self, base):
        """Point into the table of such numbers; in every pass to others."""
        self.op("andi", "%s, %s, %d" % (base, self.any(), 127 * 16))
        with self.holding(base):
            table = self.free()
        self.lines.append("    la %s, special_floats + %d" % (table, 16 * self.random.randrange(SPECIAL_FLOATS - 128 - 16)))
        self.op("add", "%s, %s, %s" % (base, base, table))

    def f_take(self, base, format_, register):
        offset = 16 * self.random.randrange(16) + (8 if format_ == "s" else 0)
        self.op("flw" if format_ == "s" else "fld", "%s, %d(%s)" % (register, offset, base))

    def f_load(self):
        """New values: from the table, or from an x register."""
        base = self.free()
        if self.random.random() < 0.2:
            self.op("fmv.d.x" if self.random.random() < 0.5 else "fmv.w.x", "%s, %s" % (self.pick(FLOATS), self.any()))
            return
        self.f_table(base)
        for _ in range(self.random.randint(1, 4)):
            self.f_take(base, self.pick("sd"), self.pick(FLOATS))

    def rounded(self, mnemonic, operands):
        """gas takes no mode where there is nothing to round."""
        exact = mnemonic in ("fcvt.d.s", "fcvt.d.w", "fcvt.d.wu")
        self.op(mnemonic, operands + ("" if exact else ", " + self.pick(MODES)))

    def f_compute(self):
        """In one format, mostly with new operands (of results alone soon all are NaN); flags are looked at one by one, for
        once all are up, none can be seen to rise."""
        format_, base = self.pick("sd"), self.free()
        self.f_table(base)
        with self.holding(base):
            for _ in range(self.random.randint(1, 5)):
                few = self.random.sample(FLOATS_OF[format_], 3)
                for register in few:
                    if self.random.random() < 0.6:
                        self.f_take(base, format_, register)
                self.f_operation(format_, few)
                if self.random.random() < 0.4:
                    self.op("csrrwi", "%s, fflags, 0" % self.dest())

    def f_operation(self, format_, few):
        f = lambda: self.pick(few if self.random.random() < 0.9 else FLOATS)
        choice = self.random.random()
        if choice < 0.5:
            name = self.pick(list(F_ARITHMETIC))
            self.rounded("%s.%s" % (name, format_), ", ".join([f()] + [f() for _ in range(F_ARITHMETIC[name])]))
        elif choice < 0.55:
            self.cancellation(format_, few)
        elif choice < 0.63:
            self.op("%s.%s" % (self.pick(F_EXACT), format_), "%s, %s, %s" % (f(), f(), f()))
        elif choice < 0.71:
            self.op("%s.%s" % (self.pick(F_COMPARE), format_), "%s, %s, %s" % (self.dest(), f(), f()))
        elif choice < 0.8:
            self.rounded("fcvt.%s.%s" % (self.pick(INTEGERS), format_), "%s, %s" % (self.dest(), f()))
        elif choice < 0.88:
            source = self.any()
            if self.random.random() < 0.4:
                source = self.free()
                self.set(source, self.pick(INTEGER_EDGES) * self.pick([1, 1, -1]) % (1 << 64))
            self.rounded("fcvt.%s.%s" % (format_, self.pick(INTEGERS)), "%s, %s" % (f(), source))
        elif choice < 0.94:
            other = "s" if format_ == "d" else "d"
            self.rounded("fcvt.%s.%s" % (other, format_), "%s, %s" % (self.pick(FLOATS_OF[other]), f()))
        else:
            self.op(self.pick(["fclass." + format_, "fmv.x.d", "fmv.x.w"]), "%s, %s" % (self.dest(), f()))

    def cancellation(self, format_, few):
        """What rounding has taken from a product: the fused operations must find it, and all that is left is tiny."""
        a, b, c = few
        self.rounded("fmul." + format_, "%s, %s, %s" % (c, a, b))
        name = self.pick(["fmsub", "fnmsub"])
        self.rounded("%s.%s" % (name, format_), "%s, %s, %s, %s" % (self.pick(FLOATS_OF[format_]), a, b, c))

    def f_csr(self):
        """fflags is cleared now and then, for with all flags up no flag can be seen; frm is mostly a mode."""
        choice = self.random.random()
        if choice < 0.4:
            self.op("csrrwi", "%s, fflags, %d" % (self.dest(), self.pick([0, 0, 0, 1, 31])))
        elif choice < 0.8:
            self.op("csrrwi", "%s, frm, %d" % (self.dest(), self.pick([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7])))
        else:
            self.op(self.pick(["csrrw", "csrrs", "csrrc"]), "%s, %s, %s" % (self.dest(), self.pick(["fcsr", "fflags", "frm"]), self.any()))

    def f_off(self):
        """Without floating point all of it is illegal. (In U mode this changes nothing.)"""
        register = self.free()
        with self.holding(register):
            self.set(register, 0x6000)
            self.op("csrrc", "zero, sstatus, %s" % register)
            self.pick([Program.f_compute, Program.f_load, Program.f_csr])(self)
            self.set(register, 0x6000)
            self.op("csrrs", "zero, sstatus, %s" % register)

    def f_dirty(self):
        """What writes an f register makes the state dirty. (QEMU 7.2 does not think so of what raises flags only.)"""
        register = self.free()
        with self.holding(register):
            result = self.free()
            self.set(register, 0x6000)
            self.op("csrrc", "zero, sstatus, %s" % register)
            self.set(register, self.pick([0x2000, 0x4000]))
            self.op("csrrs", "zero, sstatus, %s" % register)
            if self.random.random() < 0.7:
                self.rounded("fadd." + self.pick("sd"), "%s, %s, %s" % tuple(self.random.sample(FLOATS, 3)))
            self.op("csrrs", "%s, sstatus, zero" % result)
            self.set(register, 0x8000000000006000)
            with self.holding(result):
                self.op("and", "%s, %s, %s" % (result, result, register))
            self.set(register, 0x6000)
            self.op("csrrs", "zero, sstatus, %s" % register)

    # ---- Translation -----------------------------------------------------------------------------------------------

    def page_flags(self, code):
        """Of a page of code (never to be written) or of data (never to be executed)."""
        flags = self.pick([0x8, 0xA, 0xA, 0xA, 0x2, 0xC]) if code else self.pick([0x2, 0x6, 0x6, 0x6, 0x6, 0x4, 0x0])
        flags |= 0x01 if self.random.random() < 0.95 else 0
        flags |= 0x10 if self.random.random() < 0.5 else 0
        flags |= self.pick([0, 0, 0x20]) | self.pick([0, 0x40]) | self.pick([0, 0x80]) | self.pick([0, 0, 0x100, 0x300])
        return flags | (1 << self.random.randrange(54, 64) if self.random.random() < 0.05 else 0)

    def page(self):
        """A target and what may be done with it."""
        kind = self.random.random()
        if kind < 0.35:
            return self.pick(["stub_pages", "stub_pages + 4096"]), self.page_flags(True)
        if kind < 0.45:
            return self.pick(["read_only_page", "forbidden_page"]), self.page_flags(False)
        return "data + %d" % (4096 * self.random.randrange(DATA_BYTES // 4096)), self.page_flags(False)

    def entries(self):
        """The tables' entries: table, index, target, flags."""
        rows = [("middle_s", 0, "pages_s", 1), ("middle_u", 0, "pages_u", 1), ("window_middle", 0, "window", 1)]
        image = [0x02, 0x12, 0x0A, 0x1A, 0x42, 0x52, 0x5A, 0x4A]
        for root in ("root_s", "root_u"):
            rows += [(root, 2, "middle_" + root[-1], 1), (root, 4, "window_middle", 1), (root, 5, "0x80000000", 1 | self.pick(image)),
                     (root, 6, "0x80200000", 1 | self.pick(image)), (root, 7, "forbidden_page", 1)]
        rows += [("window_middle", 1, "0x80000000", 1 | self.pick(image)),
                 ("window_middle", 2, "0x%x" % (0x80000000 + 4096 * self.random.randint(1, 511)), 1 | self.pick(image)),
                 ("window_middle", 3, "window", 1 | self.pick([0x10, 0x40, 0x80]))]
        rows += [("window", number) + page for number, page in enumerate(self.window)]
        return "\n".join("    .dword %s, %d, %s, 0x%x" % row for row in rows)

    def remap(self):
        """Another page, and a fence. (Without one, what is seen is QEMU's choice, and ours.)"""
        if self.mode == "U" or (self.mode == "S" and self.forbidden & TVM):
            return
        if self.mode == "M":
            self.clear_mprv()
        value = self.free()
        with self.holding(value):
            other = self.free()
        target, flags = self.page()
        self.lines.append("    la %s, %s" % (value, target))
        self.op("srli", "%s, %s, 2" % (value, value))
        self.set(other, flags)
        self.op("or", "%s, %s, %s" % (value, value, other))
        number = self.random.randrange(WINDOW_PAGES)
        self.shown[number] = target
        self.lines.append("    la %s, window + %d" % (other, 8 * number))
        self.op("sd", "%s, 0(%s)" % (value, other))
        self.op("sfence.vma")

    def window_address(self, register, page, offset):
        """The address of `offset` in a page of the window; or of the symbol `page` in one of the large pages."""
        if not isinstance(page, str):
            self.set(register, WINDOW + 4096 * page + offset)
            return
        with self.holding(register):
            distance = self.free()
        self.lines.append("    la %s, %s + %d" % (register, page, offset))
        self.set(distance, self.pick(ALIASES) - 0x80000000)
        self.op("add", "%s, %s, %s" % (register, register, distance))

    def clear_mprv(self):
        register = self.free()
        self.set(register, 0x20000)
        self.op("csrrc", "zero, mstatus, %s" % register)

    def as_another(self):
        """M mode, for the loads and stores that follow, is another mode with translation."""
        register = self.free()
        self.clear_mprv()
        self.op("ld", "%s, %s(tp)" % (register, self.pick(["SATP_S", "SATP_U"])))
        self.op("csrrw", "zero, satp, %s" % register)
        self.op("sfence.vma")
        self.set(register, 0x1800)
        self.op("csrrc", "zero, mstatus, %s" % register)
        self.set(register, 0x20000 | self.pick([0, 0x800]))
        self.op("csrrs", "zero, mstatus, %s" % register)

    def window_access(self):
        """Where nothing is translated there is nothing, and QEMU takes misaligned and atomic accesses there apart."""
        if self.mode == "M" and self.random.random() < 0.7:
            self.as_another()
        base = self.free()
        offset = self.random.randrange(0, 4088, 8)
        if self.paged and self.random.random() < 0.45:
            offset = self.random.randrange(4080, 4096)
        page = self.random.randrange(WINDOW_PAGES) if self.random.random() < 0.75 else "data"
        self.window_address(base, page, offset)
        with self.holding(base):
            for _ in range(self.random.randint(1, 4)):
                self.one_window_access(base, None if page == "data" else 4096 * page + offset)
        if self.mode == "M":
            self.clear_mprv()

    def one_window_access(self, base, place):
        """`base` points to byte `place` of the window, or into a large page (None)."""
        offset = self.random.randrange(-16, 24, 1 if self.paged else 8)
        if self.paged and place is not None and place % 4096 >= 4080 and self.random.random() < 0.6:
            offset = 4096 - place % 4096 - self.random.randint(1, 7) # over two pages, if it is long enough
        if self.paged and self.random.random() < 0.25:
            width = self.pick("wd")
            if self.random.random() < 0.2:
                self.op("lr." + width, "%s, (%s)" % (self.dest(), base))
            else:
                self.op("%s.%s" % (self.pick(AMOS), width), "%s, %s, (%s)" % (self.dest(), self.any(), base))
            return
        kind = self.pick([LOADS, STORES, F_MEMORY])
        register = self.dest() if kind is LOADS else self.any() if kind is STORES else self.pick(FLOATS)
        mnemonic = self.pick(list(kind))
        self.op(mnemonic, "%s, %d(%s)" % (register, offset, base))
        if place is not None and not mnemonic.startswith(("s", "fs")):
            self.note_load_over_two(mnemonic, register, base, offset, place + offset)

    def note_load_over_two(self, mnemonic, register, base, offset, place):
        page, beyond = place // 4096, place % 4096 + {**LOADS, **F_MEMORY}[mnemonic] - 4096
        if beyond > 0 and 0 <= page < WINDOW_PAGES:
            nearer = "    %s %s, %d(%s)" % (mnemonic, register, offset - beyond, base)
            self.loads_over_two.append((len(self.lines) - 1, page, self.shown[page], nearer))

    def spare_quirk(self):
        """No load over two pages begins in a page that shows `read_only_page`: it takes that page's last bytes instead.
        QEMU 7.2 asks the PMP for all its bytes at the first part's physical address, as if the second part came behind
        the first there, and refuses them, for they are only partly in the region of `read_only_page`. By the
        specification (privileged, "Priority and Matching Logic" of PMP) an access is matched where its bytes are, and two
        pages make two accesses of it. Stores are refused either way, as is all that begins in `forbidden_page`.

        A page that a pass has not changed yet shows what `entries` says, or what the pass before has left."""
        for line, page, shown, nearer in self.loads_over_two:
            may_show = [shown] if shown else [self.window[page][0], self.shown[page]]
            if "read_only_page" in may_show:
                self.lines[line] = nearer

    def turn_sum(self):
        """Clear SUM and set it, or the other way round. It opens U mode's pages to data only (privileged, 4.3.1); but QEMU
        7.2, having loaded from such a page that may be executed, keeps in its TLB that S mode may execute it. A change of
        SUM empties that TLB."""
        register = self.free()
        self.set(register, 0x40000)
        for mnemonic in self.pick([("csrrc", "csrrs"), ("csrrs", "csrrc")]):
            self.op(mnemonic, "zero, sstatus, %s" % register)

    def window_fetch(self):
        """Call a page of code (STUBS); if that may not be executed, go on at RESUME. Block level only: the pages change
        registers."""
        base, back = self.free(but=["ra"]), self.label()
        if self.mode == "M":
            self.clear_mprv()
        if self.mode == "S":
            self.turn_sum()
        self.lines.append("    la %s, %s\n    sd %s, RESUME(tp)" % (base, back, base))
        chunk, place = self.pick([1, 17, 30, 63, 63, 63]), self.random.randrange(15)
        offset = 64 * chunk + (2 + 4 * place if self.random.random() < 0.7 else 0)
        if self.random.random() < 0.8:
            self.window_address(base, self.random.randrange(WINDOW_PAGES), offset)
        else:
            self.window_address(base, "stub_pages", offset)
        self.op("jalr", "ra, 0(%s)" % base)
        self.place(back)

    def supervisor_fence(self):
        self.op("sfence.vma", self.pick(["", self.any(), "%s, %s" % (self.any(), self.any()), "zero, " + self.any()]))

    def no_such_translation(self):
        register = self.free()
        self.set(register, self.random.randint(1, 7) << 60 | self.random.getrandbits(44))
        self.op("csrrw", "%s, satp, %s" % (self.dest(), register))

    # ---- Modes: at block level only --------------------------------------------------------------------------------

    def change_mode(self, mode, paged):
        """The handler does it; RESUME, TARGET and the like are kept in the context."""
        if self.mode == "M":
            self.clear_mprv()
        register = self.free()
        self.set(register, MODE_NUMBER[mode] | (4 if paged else 0))
        self.op("sd", "%s, TARGET(tp)" % register)
        self.op("ecall")
        self.mode, self.paged = mode, paged and mode != "M"

    def another_mode(self):
        """An ecall that is delegated ends in S mode, which cannot make M mode of itself."""
        paged = self.random.random() < 0.75
        if self.mode == "U" and self.delegated >> 8 & 1:
            if self.random.random() < 0.3:
                self.change_mode("U", self.paged)
            else:
                self.change_mode("S", paged)
            return
        self.change_mode(self.pick([m for m in "MSU" if m != self.mode]), paged)

    def delegate(self):
        register = self.free()
        if self.forbidden & TSR:
            self.forbid(0)
        share = self.pick([0, 0.5, 0.8, 1])
        self.delegated = sum(1 << cause for cause in DELEGATED if self.random.random() < share)
        if self.forbidden & TVM:
            self.delegated &= ~(1 << 8)
        self.interrupts = self.pick([0, 0x222, 0x222, 0x22, 0x20, 2])
        self.set(register, self.delegated)
        self.op("csrrw", "zero, medeleg, %s" % register)
        self.set(register, self.interrupts)
        self.op("csrrw", "%s, mideleg, %s" % (self.dest(), register))

    def forbid(self, bits=None):
        """TSR, TW, TVM. The handler of S mode ends with sret: with TSR nothing may be delegated. And when U mode asks for
        S mode, it writes satp: that must not be delegated with TVM."""
        self.forbidden = self.pick([TSR, TSR | TW, TW, TVM, TVM, TVM | TW]) if bits is None else bits
        if self.delegated >> 8 & 1:
            self.forbidden &= ~TVM
        register = self.free()
        self.set(register, TSR | TW | TVM)
        self.op("csrrc", "zero, mstatus, %s" % register)
        self.set(register, self.forbidden)
        self.op("csrrs", "zero, mstatus, %s" % register)
        if self.forbidden & TSR:
            self.delegated = self.interrupts = 0
            self.op("csrrw", "zero, medeleg, zero")
            self.op("csrrw", "zero, mideleg, zero")

    def forbid_and_see(self):
        self.forbid()
        self.change_mode("S", self.random.random() < 0.75)
        for _ in range(3):
            self.pick([Program.supervisor_fence, Program.supervisor_return, Program.software_interrupt, Program.read_satp])(self)
            if self.mode != "S":
                return

    def read_satp(self):
        self.op("csrrs", "%s, satp, zero" % self.dest())

    def supervisor_return(self):
        """sret, from S mode or M mode. The table stays, so that with translation it cannot lead to U mode."""
        register, to = self.free(), self.label()
        if self.mode == "M":
            self.clear_mprv()
            self.op("csrrw", "zero, satp, zero")
            self.op("sfence.vma")
        self.lines.append("    la %s, %s" % (register, to))
        self.op("csrrw", "zero, sepc, %s" % register)
        self.set(register, 0x100)
        target = "S" if self.paged or self.random.random() < 0.5 else "U"
        self.op("csrrs" if target == "S" else "csrrc", "zero, sstatus, %s" % register)
        self.op("sret")
        self.place(to)
        if self.mode == "M" or (self.mode == "S" and not self.forbidden & TSR):
            self.mode = target

    def machine_return(self):
        register, to = self.free(), self.label()
        self.clear_mprv()
        self.lines.append("    la %s, %s" % (register, to))
        self.op("csrrw", "zero, mepc, %s" % register)
        self.set(register, 0x1800)
        self.op("csrrs", "zero, mstatus, %s" % register)
        self.op("mret")
        self.place(to)

    def interrupt(self):
        """The timer is due for ever: it comes as soon as it is enabled, and the handler disables it. The software
        interrupt is raised first, and taken back afterwards."""
        register = self.free()
        software = self.random.random() < 0.3
        if software:
            self.clear_mprv()
            self.raise_software(register, 1)
        self.set(register, 0x8 if software else 0x80)
        if self.random.random() < 0.5:
            self.op("csrrsi", "zero, mstatus, 8")
            self.op("csrrw", "zero, mie, %s" % register)
        else:
            self.op("csrrci", "zero, mstatus, 8")
            self.op("csrrw", "zero, mie, %s" % register)
            self.op("wfi")
            self.op("csrrs", "%s, mip, zero" % self.dest())
            self.op("csrrw", "%s, mie, zero" % self.dest())
        if software:
            self.raise_software(register, 0)

    def raise_software(self, register, level):
        """In the CLINT."""
        with self.holding(register):
            value = self.free()
        self.set(register, 0x2000000)
        self.set(value, level)
        self.op("sw", "%s, 0(%s)" % (value, register))

    def pending(self):
        """An interrupt of S mode, which comes when its mode is entered (or never). One at a time: QEMU has an order of
        its own."""
        register = self.free()
        self.set(register, self.pick([2, 0x20, 0x20, 0x200]))
        self.op("csrrw", "%s, mip, %s" % (self.dest(), register))
        self.set(register, self.pick([0x222, 0x222, 0x20, 2]))
        self.op("csrrw", "%s, mie, %s" % (self.dest(), register))
        if self.random.random() < 0.7:
            self.another_mode()

    def software_interrupt(self):
        """S mode interrupts itself, or finds its wfi at an end."""
        if self.random.random() < 0.5:
            self.software_alone()
            steps = ["sstatus", "sie", "sip"]
            self.random.shuffle(steps)
            for name in steps:
                self.op("csrrsi", "zero, %s, 2" % name)
            self.op("csrrci", "zero, sstatus, 2")
        elif self.interrupts & 2:
            self.op("csrrci", "zero, sstatus, 2")
            self.op("csrrsi", "zero, sie, 2")
            self.op("csrrsi", "zero, sip, 2")
            self.op("wfi") # illegal with TW
            self.op("csrrci", "zero, sip, 2")
            self.op("csrrci", "zero, sie, 2")

    def supervisor_timer(self):
        """Sstc, as far as it is the same whatever the time."""
        register = self.free()
        self.set(register, 1 << 63)
        self.op("csrrs", "zero, menvcfg, %s" % register)
        self.op("csrrw", "zero, 0x14d, zero")
        self.op("csrrs", "%s, mip, zero" % self.dest())
        self.op("addi", "%s, zero, -1" % register)
        self.op("csrrw", "%s, 0x14d, %s" % (self.dest(), register))
        self.op("csrrs", "%s, mip, zero" % self.dest())
        self.op("csrrw", "zero, menvcfg, zero")

    def counters(self):
        self.op("csrrwi", "%s, %s, %d" % (self.dest(), self.pick(["mcounteren", "scounteren"]), self.random.randrange(8)))

    def machine_only(self):
        self.pick([Program.interrupt, Program.delegate, Program.delegate] + 3 * [Program.forbid_and_see] + [Program.machine_return,
                   Program.pending, Program.pending, Program.pending, Program.supervisor_timer, Program.counters, Program.counters])(self)

    def supervisor_only(self):
        self.pick([Program.software_interrupt, Program.software_interrupt, Program.supervisor_return, Program.counters])(self)

    def user_only(self):
        """All of it is illegal."""
        self.op(*self.pick([("mret",), ("sret",), ("wfi",), ("sfence.vma",), ("csrrs", "zero, sstatus, zero")]))

    def privileged(self):
        {"M": Program.machine_only, "S": Program.supervisor_only, "U": Program.user_only}[self.mode](self)

    SIMPLE = [(fresh, 3), (register, 12), (immediate, 8), (shift, 5), (bits, 8), (upper, 2), (edge, 4), (memory, 8), (amo, 3), (reserved, 2),
              (compressed, 12), (compressed_memory, 5), (csr, 3), (fence, 0.4), (hint, 0.4), (illegal, 0.6),
              (breakpoint, 0.3), (misaligned_atomic, 0.4), (guarded, 0.8), (nowhere, 0.3), (f_load, 6), (f_compute, 18),
              (f_csr, 2.5), (f_off, 0.3), (f_dirty, 0.3), (window_access, 6), (supervisor_fence, 0.4),
              (no_such_translation, 0.1)]

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
                self.another_mode()
            elif choice < 0.075:
                self.privileged()
            elif choice < 0.085:
                self.far()
            elif choice < 0.1:
                self.window_fetch()
            elif choice < 0.11:
                self.remap()
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

    def float_pairs(self):
        """Of each 16 bytes the first 8 are a double, the next 4 a single."""
        rows = ["    .dword 0x%x, 0x%x" % (self.special_float(True), self.special_float(False)) for _ in range(SPECIAL_FLOATS)]
        return "\n".join(rows)

    def stubs(self):
        """Two pages of code that ends in a return after at most 64 bytes. An instruction reaches from the end of each page
        into what comes next: the first two bytes are the upper half of it."""
        pages = []
        for number in range(2):
            pages.append("    .half 0x%x # addi a5, a5, ..." % (0x1237 if number else 0x4567))
            for chunk in range(64):
                if chunk:
                    pages.append("    C c.addi a4, %d" % (1 + (chunk + number) % 31))
                pages.append("    .rept 15\n    addi a3, a3, %d\n    .endr" % (17 * chunk + number + 1))
                pages.append("    .half 0x8793" if chunk == 63 else "    C c.jr ra")
        return "\n".join(pages)

    def text(self):
        return TEMPLATE.format(seed=self.seed, body="\n".join(self.lines), registers=self.dwords(32),
                               floats=self.dwords(32), special_floats=self.float_pairs(), entries=self.entries(),
                               stubs=self.stubs(), data=self.dwords(DATA_BYTES // 8), page=self.dwords(512))


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
    .balign 4096
stub_pages:
{stubs}
    .section .rodata
    .balign 8
initial_registers:
{registers}
initial_f_registers:
{floats}
special_floats:
{special_floats}
entries:
{entries}
entries_end:
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
