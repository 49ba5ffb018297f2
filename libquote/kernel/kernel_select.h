/* Which variant of each kernel to run: the only place that asks the CPU. */
#ifndef LQI_KERNEL_SELECT_H
#define LQI_KERNEL_SELECT_H

#include <stdint.h>

#include "kernel/kernel_list.h"

/* What this CPU can do, as a mask of LQ_ISA_... */
uint32_t lqi_cpu_isa(void);

/* Every table that this CPU can run, from the scalar one upwards; NULL behind the last. Static, never freed. */
const lqi_kernels *lqi_kernels_at(size_t index);

/* The table for a mask of allowed sets (sets without a variant fall back to the level below). */
const lqi_kernels *lqi_kernels_for(uint32_t isa_mask);

/* Name of the highest set in a mask. */
const char *lqi_isa_name(uint32_t isa_mask);

#endif
