#include "parts/routes.h"

#include "parts/parts.h"
#include "parts/receive.h"

static const sv_route routes[] = {
    SV_LIST("/parts", "parts:read", sv_list_parts),
    {"POST", "/parts", "parts:write", SV_BODY_ANY, SV_IDEM | SV_WRITES, sv_make_part, sv_receive_part},
    SV_READ("/parts/{id}", "parts:read", sv_read_part),
    SV_ROUTE("PATCH", "/parts/{id}", "parts:write", SV_BODY_MERGE, SV_IDEM | SV_WRITES, sv_change_part),
    SV_ROUTE("DELETE", "/parts/{id}", "parts:write", SV_BODY_NONE, SV_IDEM | SV_WRITES, sv_delete_part),
    {"PUT", "/parts/{id}/file", "parts:write", SV_BODY_FILE, SV_WRITES, sv_put_part_file, sv_receive_file},
    SV_ROUTE("POST", "/parts/{id}/analyze", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY,
             sv_analyse_part),
    SV_READ("/parts/{id}/analysis", "parts:read", sv_read_analysis),
};

const sv_routes sv_part_routes = {routes, sizeof routes / sizeof routes[0]};
