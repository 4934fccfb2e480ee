/* The flattened device tree that a hart is started with: the board, and the experiment's parameters. */
#ifndef HB_GUEST_DEVICETREE_H
#define HB_GUEST_DEVICETREE_H

/* Fill hb_board from the tree, and overwrite hb_params with every parameter under /chosen. Called once, by the boot
 * hart. A damaged or missing tree leaves one hart, no memory and the defaults. */
void hb_devicetree_read(const void *tree);

#endif
