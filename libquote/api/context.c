/* Contexts with their kernels, versions, names. */
#include "base/context.h"

#include <time.h>

#include <expat.h>
#include <jansson.h>
#include <libdeflate.h>
#include <xxhash.h>
#include <zlib.h>

#include "api/objects.h"
#include "kernel/kernel_select.h"

#define LQI_TEXT_OF_(x) #x
#define LQI_TEXT_OF(x) LQI_TEXT_OF_(x)

lq_status lq_context_create(const lq_context_options *options, lq_context **context)
{
    if (!context) return LQ_ERR_ARGUMENT;
    *context = NULL;
    lq_context_options given;
    lqi_copy_options(&given, sizeof given, options);
    uint32_t cpu = lqi_cpu_isa();
    uint32_t mask = given.isa_mask ? given.isa_mask : cpu;
    if (mask & ~cpu) return LQ_ERR_ARGUMENT;
    lq_status status = lqi_context_create(options, context);
    if (status != LQ_OK) return status;
    (*context)->isa_mask = mask;
    (*context)->kernels = lqi_kernels_for(mask);
    return LQ_OK;
}

const char *lq_context_isa(const lq_context *context) { return lqi_isa_name(context->kernels->isa_used); }

const char *lq_version(void) { return LQ_VERSION_STRING; }

const char *lq_version_library(size_t index, const char **version)
{
    const struct {
        const char *name, *version;
    } libraries[] = {
        {"expat", XML_ExpatVersion()},
        {"zlib", zlibVersion()},
        {"libdeflate", LIBDEFLATE_VERSION_STRING},
        {"xxhash",
         LQI_TEXT_OF(XXH_VERSION_MAJOR) "." LQI_TEXT_OF(XXH_VERSION_MINOR) "." LQI_TEXT_OF(XXH_VERSION_RELEASE)},
        {"jansson", jansson_version_str()},
    };
    if (index >= sizeof libraries / sizeof libraries[0]) return NULL;
    if (version) *version = libraries[index].version;
    return libraries[index].name;
}

const char *lq_format_name(lq_format format)
{
    switch (format) {
    case LQ_FORMAT_STL_BINARY: return "stl_binary";
    case LQ_FORMAT_STL_ASCII: return "stl_ascii";
    case LQ_FORMAT_3MF: return "3mf";
    case LQ_FORMAT_ZIP: return "zip";
    case LQ_FORMAT_OTHER: return "other";
    default: return "unknown";
    }
}

const char *lq_role_name(lq_role role)
{
    switch (role) {
    case LQ_ROLE_MODEL: return "model";
    case LQ_ROLE_NEGATIVE: return "negative";
    case LQ_ROLE_MODIFIER: return "modifier";
    case LQ_ROLE_SUPPORT: return "support";
    default: return "other";
    }
}

const char *lq_verdict_name(lq_verdict verdict)
{
    switch (verdict) {
    case LQ_VERDICT_OK: return "ok";
    case LQ_VERDICT_OK_REPAIRED: return "ok_repaired";
    case LQ_VERDICT_REVIEW: return "review";
    default: return "reject";
    }
}

const char *lqi_unit_name(lq_unit unit)
{
    switch (unit) {
    case LQ_UNIT_CM: return "cm";
    case LQ_UNIT_M: return "m";
    case LQ_UNIT_INCH: return "inch";
    case LQ_UNIT_MICRON: return "micron";
    case LQ_UNIT_FOOT: return "foot";
    default: return "mm";
    }
}

double lqi_unit_mm(lq_unit unit)
{
    switch (unit) {
    case LQ_UNIT_CM: return 10;
    case LQ_UNIT_M: return 1000;
    case LQ_UNIT_INCH: return 25.4;
    case LQ_UNIT_MICRON: return 0.001;
    case LQ_UNIT_FOOT: return 304.8;
    default: return 1;
    }
}

double lqi_clock_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
