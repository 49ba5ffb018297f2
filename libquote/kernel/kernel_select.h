/* Which variant of each kernel to run: the only place that asks the CPU. */
#ifndef LQI_KERNEL_SELECT_H
#define LQI_KERNEL_SELECT_H

#include <stdint.h>

#include "kernel/kernel_list.h"

/* What this CPU can do, as a mask of LQ_ISA_... */
uint32_t lqi_cpu_isa(void);

/* The table for a mask of allowed sets (sets without a variant fall back to the level below). Static, never freed. */
const lqi_kernels *lqi_kernels_for(uint32_t isa_mask);

/* Name of the highest set in a mask. */
const char *lqi_isa_name(uint32_t isa_mask);

#endif
