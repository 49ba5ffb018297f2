// The header alone, included twice, as C++: it compiles, links, and quotes a tetrahedron.
#include "libquote.h"

#include <cmath>
#include <cstring>
#include <memory>

namespace
{

const char tetrahedron[] =
    "solid t\n"
    "facet normal 0 0 -1\nouter loop\nvertex 0 0 0\nvertex 0 6 0\nvertex 6 0 0\nendloop\nendfacet\n"
    "facet normal 0 -1 0\nouter loop\nvertex 0 0 0\nvertex 6 0 0\nvertex 0 0 6\nendloop\nendfacet\n"
    "facet normal -1 0 0\nouter loop\nvertex 0 0 0\nvertex 0 0 6\nvertex 0 6 0\nendloop\nendfacet\n"
    "facet normal 1 1 1\nouter loop\nvertex 6 0 0\nvertex 0 6 0\nvertex 0 0 6\nendloop\nendfacet\n"
    "endsolid t\n";

int run()
{
    lq_context *context = nullptr;
    if (lq_context_create(nullptr, &context) != LQ_OK) return 1;
    std::unique_ptr<lq_context, decltype(&lq_context_destroy)> owner(context, lq_context_destroy);
    lq_source source = {};
    lq_source_memory(tetrahedron, sizeof tetrahedron - 1, "t.stl", &source);
    lq_model *model = nullptr;
    lq_part *part = nullptr;
    lq_report *report = nullptr;
    int failed = lq_model_open(context, &source, nullptr, &model) != LQ_OK ||
                 lq_part_read(model, nullptr, &part) != LQ_OK ||
                 lq_part_analyse(context, part, nullptr, &report) != LQ_OK;
    if (!failed) failed = std::fabs(lq_report_facts(report)->volume_mm3 - 36) > 1e-9;
    lq_report_destroy(report);
    lq_part_destroy(part);
    lq_model_close(model);
    return failed;
}

} // namespace

int main()
{
    static_assert(LQ_OK == 0, "a status of 0 is success");
    if (std::strcmp(lq_version(), LQ_VERSION_STRING) != 0) return 2;
    return run();
}
