/* The kernels: plain arrays in, sums out. The list generates the table, the selection and the loop of the tests, so
 * that a kernel cannot exist untested. Each has a scalar reference, written to be read and always built. */
#ifndef LQI_KERNEL_LIST_H
#define LQI_KERNEL_LIST_H

#include "kernel/certificate.h"
#include "kernel/column_cover.h"
#include "kernel/corner_rows.h"
#include "kernel/facet_text.h"
#include "kernel/moments.h"
#include "kernel/plane_words.h"
#include "kernel/records.h"
#include "kernel/slivers.h"
#include "kernel/stars.h"
#include "kernel/tetrahedra.h"
#include "kernel/xml_scan.h"

#define LQI_KERNEL_LIST(X) \
    X(corner_rows)         \
    X(certificate)         \
    X(facet_text)          \
    X(stars)               \
    X(xml_vertices)        \
    X(xml_triangles)       \
    X(moments)             \
    X(slivers)             \
    X(tetrahedra)          \
    X(column_cover)        \
    X(record_rows)         \
    X(record_normals)      \
    X(record_certificate)  \
    X(plane_words)         \
    X(plane_count)

typedef struct lqi_kernels {
#define LQI_KERNEL_FIELD(name) lqi_##name##_fn *name;
    LQI_KERNEL_LIST(LQI_KERNEL_FIELD)
#undef LQI_KERNEL_FIELD
    uint32_t isa_used; /* mask of the instruction sets that some kernel of the table really uses */
} lqi_kernels;

#endif
