#include "base/json_scan.h"

bool lqi_json_exceeds(const uint8_t *json, size_t size, size_t depth_max, size_t values_max, lqi_json_excess *excess)
{
    size_t depth = 0, values = 1;
    bool text = false;
    for (size_t i = 0; i < size; i++) {
        uint8_t c = json[i];
        if (text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                text = false;
            continue;
        }
        if (c == '"') text = true;
        if (c == '{' || c == '[') depth++;
        if ((c == '}' || c == ']') && depth) depth--;
        if (c == '{' || c == '[' || c == ',') values++;
        if (depth > depth_max || values > values_max) {
            *excess = (lqi_json_excess){i, depth, values, depth > depth_max};
            return true;
        }
    }
    return false;
}
