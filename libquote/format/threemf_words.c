#include "format/threemf_words.h"

#include <string.h>
#include <strings.h>

#include "format/threemf_xml.h"

#define MICROSOFT "http://schemas.microsoft.com/3dmanufacturing/"
#define CONSORTIUM "http://schemas.3mf.io/3dmanufacturing/"

static const struct {
    const char *uri;
    lqi_space space;
} spaces[] = {
    {MICROSOFT "core/2015/02", LQI_SPACE_CORE},
    {MICROSOFT "2013/01", LQI_SPACE_OLD},
    {MICROSOFT "material/2015/02", LQI_SPACE_MATERIAL},
    {MICROSOFT "production/2015/06", LQI_SPACE_PRODUCTION},
    {MICROSOFT "production/alternatives/2021/04", LQI_SPACE_ALTERNATIVES},
    {MICROSOFT "beamlattice/2017/02", LQI_SPACE_BEAMS},
    {MICROSOFT "beamlattice/balls/2020/07", LQI_SPACE_BEAMS},
    {MICROSOFT "slice/2015/07", LQI_SPACE_SLICE},
    {MICROSOFT "securecontent/2019/04", LQI_SPACE_SECURE},
    {MICROSOFT "trianglesets/2021/07", LQI_SPACE_TRIANGLE_SETS},
    {MICROSOFT "mirroring/2021/07", LQI_SPACE_MIRRORING},
    {CONSORTIUM "booleanoperations/2023/07", LQI_SPACE_BOOLEAN},
    {CONSORTIUM "displacement/2023/10", LQI_SPACE_DISPLACEMENT},
    {MICROSOFT "displacement/2023/10", LQI_SPACE_DISPLACEMENT}, /* the published samples, drafts */
    {MICROSOFT "displacement/2022/07", LQI_SPACE_DISPLACEMENT},
    {CONSORTIUM "displacement/2022/07", LQI_SPACE_DISPLACEMENT},
    {CONSORTIUM "volumetric/2022/01", LQI_SPACE_VOLUMETRIC},
    {MICROSOFT "volumetric/2022/01", LQI_SPACE_VOLUMETRIC},
    {MICROSOFT "volumetric/2015/02", LQI_SPACE_VOLUMETRIC}, /* 3D Builder, 2013 */
    {CONSORTIUM "implicit/2023/12", LQI_SPACE_VOLUMETRIC},
    {MICROSOFT "implicit/2023/12", LQI_SPACE_VOLUMETRIC},
    {"http://software.ultimaker.com/xml/cura/3mf/2015/10", LQI_SPACE_CURA},
    {"http://schemas.openxmlformats.org/package/2006/relationships", LQI_SPACE_RELATIONSHIPS},
};

lqi_space lqi_space_of_uri(const char *uri, size_t size)
{
    if (size == 0) return LQI_SPACE_NONE;
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
        if (strlen(spaces[i].uri) == size && memcmp(spaces[i].uri, uri, size) == 0) return spaces[i].space;
    return LQI_SPACE_UNKNOWN;
}

lqi_space lqi_space_of_name(const char *name, const char **local)
{
    const char *separator = strchr(name, LQI_XML_SEPARATOR);
    *local = separator ? separator + 1 : name;
    return separator ? lqi_space_of_uri(name, (size_t)(separator - name)) : LQI_SPACE_NONE;
}

lqi_object_type lqi_object_type_of(const char *word)
{
    static const char *const words[] = {"model", "solidsupport", "support", "surface", "other"};
    if (word[0] == 0) return LQI_TYPE_MODEL;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0) return (lqi_object_type)i;
    return LQI_TYPE_UNKNOWN;
}

bool lqi_is_paint(const char *attribute)
{
    static const char prusa[] = "mmu_segmentation";
    if (strcmp(attribute, "paint_color") == 0) return true;
    size_t size = strlen(attribute), tail = sizeof prusa - 1;
    if (size <= tail || strcmp(attribute + size - tail, prusa) != 0) return false;
    return attribute[size - tail - 1] == LQI_XML_SEPARATOR;
}

static const struct {
    const char *word;
    lq_unit unit;
    double mm;
} units[] = {
    {"millimeter", LQ_UNIT_MM, 1},  {"inch", LQ_UNIT_INCH, 25.4},  {"micron", LQ_UNIT_MICRON, 0.001},
    {"centimeter", LQ_UNIT_CM, 10}, {"foot", LQ_UNIT_FOOT, 304.8}, {"meter", LQ_UNIT_M, 1000},
};

bool lqi_unit_of(const char *word, lq_unit *unit, bool *exact)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcasecmp(word, units[i].word) != 0) continue;
        *unit = units[i].unit;
        *exact = strcmp(word, units[i].word) == 0;
        return true;
    }
    return false;
}

double lqi_threemf_unit_mm(lq_unit unit)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (units[i].unit == unit) return units[i].mm;
    return 1;
}
