#include "parts/files.h"

static const sv_route routes[] = {
    SV_ROUTE("POST", "/uploads", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_make_upload),
    {"PUT", "/signed/{id}", NULL, SV_BODY_FILE, SV_WRITES, sv_take_upload, sv_keep_upload},
    SV_READ("/signed/{id}", NULL, sv_read_signed_file),
    SV_ROUTE("POST", "/files/signed-urls", "parts:read", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_sign_files),
};

const sv_routes sv_part_file_routes = {routes, sizeof routes / sizeof routes[0]};
