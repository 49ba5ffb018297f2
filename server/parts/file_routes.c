#include "parts/files.h"

static const sv_route routes[] = {
    SV_ROUTE("POST", "/uploads", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_make_upload),
    {"PUT", "/signed/{id}", NULL, SV_BODY_FILE, SV_WRITES, sv_take_upload, sv_keep_upload},
    SV_READ("/signed/{id}", NULL, sv_read_signed_file),
    SV_ROUTE("POST", "/files/signed-urls", "parts:read", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_sign_files),

    {"GET", "/parts/{id}/file", "parts:read", SV_BODY_NONE, 0, sv_read_file, sv_make_repaired},
    {"GET", "/parts/{id}/thumbnail", "parts:read", SV_BODY_NONE, SV_CATALOGUE, sv_read_picture, sv_make_picture},
    SV_READ("/parts/{id}/versions", "parts:read", sv_list_versions),
    SV_READ("/parts/{id}/entries", "parts:read", sv_list_entries),
    {"GET", "/parts/{id}/plates", "parts:read", SV_BODY_NONE, 0, sv_list_plates, sv_find_plates},
    {"POST", "/parts/{id}/pin", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_pin_part, sv_check_pin},
    {"POST", "/parts/{id}/split", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY,
     sv_split_part, sv_check_split},

    SV_ROUTE("POST", "/parts/batch-update", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_update_parts),
    SV_ROUTE("POST", "/parts/batch-delete", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES, sv_delete_parts),

    SV_ROUTE("POST", "/parts/{id}/submit", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_BODY_MAY_BE_EMPTY,
             sv_submit_part),
    SV_ROUTE("POST", "/parts/{id}/review/decide", "parts:write", SV_BODY_JSON, SV_IDEM | SV_WRITES | SV_TEST_ONLY,
             sv_decide_part),
};

const sv_routes sv_part_file_routes = {routes, sizeof routes / sizeof routes[0]};
