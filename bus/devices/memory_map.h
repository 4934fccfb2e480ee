/* Where things are: the physical address map, that of QEMU's `virt` board plus one device of our own, the power
 * controller.
 *
 * Boot ROM and RAM are cacheable memory; the rest are device registers. An address outside every region is an access
 * fault. RAM is as large as configured.
 */
#ifndef HB_BUS_DEVICES_MEMORY_MAP_H
#define HB_BUS_DEVICES_MEMORY_MAP_H

#define HB_ROM_BASE       0x1000ull
#define HB_ROM_BYTES      0xf000u
#define HB_FINISHER_BASE  0x100000ull
#define HB_FINISHER_BYTES 0x1000u
#define HB_POWER_BASE     0x500000ull /* as in osmodel/abi.h, which guest code includes instead of this */
#define HB_POWER_BYTES    0x1000u
#define HB_CLINT_BASE     0x2000000ull
#define HB_CLINT_BYTES    0x10000u
#define HB_PLIC_BASE      0xc000000ull
#define HB_PLIC_BYTES     0x600000u
#define HB_UART_BASE      0x10000000ull
#define HB_UART_BYTES     0x100u
#define HB_VIRTIO_BASE    0x10001000ull /* slot 0; the board has eight */
#define HB_VIRTIO_STRIDE  0x1000u
#define HB_VIRTIO_SLOTS   8u
#define HB_RAM_BASE       0x80000000ull

#endif
