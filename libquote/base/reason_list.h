/* Every reason a call can fail for: X(NAME, word, status). Words are append-only and never renamed: programs match
 * them. The names come from the 3MF and STL notes in lower case without the severity prefix. */
#ifndef LQI_REASON_LIST_H
#define LQI_REASON_LIST_H

#define LQI_REASON_LIST(X)                                                      \
    /* the caller */                                                            \
    X(ARGUMENT, "argument", LQ_ERR_ARGUMENT)                                    \
    X(MATERIAL_UNKNOWN, "material_unknown", LQ_ERR_ARGUMENT)                    \
    X(COLOR_NOT_IN_MATERIAL, "color_not_in_material", LQ_ERR_ARGUMENT)          \
    X(FINISH_NOT_IN_MATERIAL, "finish_not_in_material", LQ_ERR_ARGUMENT)        \
    X(LAYER_HEIGHT_UNSUPPORTED, "layer_height_unsupported", LQ_ERR_ARGUMENT)    \
    X(INFILL_UNSUPPORTED, "infill_unsupported", LQ_ERR_ARGUMENT)                \
    X(CURRENCY_UNSUPPORTED, "currency_unsupported", LQ_ERR_ARGUMENT)            \
    X(DISCOUNT_INVALID, "discount_invalid", LQ_ERR_ARGUMENT)                    \
    X(QUANTITY_UNSUPPORTED, "quantity_unsupported", LQ_ERR_ARGUMENT)            \
    X(INVALID_COUNTRY, "invalid_country", LQ_ERR_ARGUMENT)                      \
    X(COUNTRY_NOT_SERVED, "country_not_served", LQ_ERR_ARGUMENT)                \
    X(DESTINATION_NOT_SERVED, "destination_not_served", LQ_ERR_ARGUMENT)        \
    X(PRICE_OVERFLOW, "price_overflow", LQ_ERR_ARGUMENT)                        \
    X(BOOK_INVALID, "book_invalid", LQ_ERR_INPUT)                               \
    X(PROFILE_KEY, "profile_key", LQ_ERR_ARGUMENT)                              \
    X(PROFILE_INVALID, "profile_invalid", LQ_ERR_INPUT)                         \
    X(PROCESS_UNKNOWN, "process_unknown", LQ_ERR_ARGUMENT)                      \
    X(SAVED_INVALID, "saved_invalid", LQ_ERR_INPUT)                             \
    /* the file as a whole */                                                   \
    X(EMPTY_FILE, "empty_file", LQ_ERR_INPUT)                                   \
    X(UNSUPPORTED_FORMAT, "unsupported_format", LQ_ERR_UNSUPPORTED)             \
    X(UNSUPPORTED_COMPRESSION, "unsupported_compression", LQ_ERR_UNSUPPORTED)   \
    X(GZIP_CORRUPT, "gzip_corrupt", LQ_ERR_INPUT)                               \
    X(GZIP_BOMB, "gzip_bomb", LQ_ERR_LIMIT)                                     \
    X(ARCHIVE_NO_MODEL, "archive_no_model", LQ_ERR_INPUT)                       \
    /* STL */                                                                   \
    X(STL_SYNTAX, "stl_syntax", LQ_ERR_INPUT)                                   \
    X(STL_TRUNCATED, "stl_truncated", LQ_ERR_INPUT)                             \
    X(STL_NONFINITE, "stl_nonfinite", LQ_ERR_INPUT)                             \
    X(STL_DECIMAL_COMMA, "stl_decimal_comma", LQ_ERR_INPUT)                     \
    /* ZIP */                                                                   \
    X(ZIP_CORRUPT, "zip_corrupt", LQ_ERR_INPUT)                                 \
    X(ZIP_METHOD, "zip_method", LQ_ERR_UNSUPPORTED)                             \
    X(ZIP_ENCRYPTED, "zip_encrypted", LQ_ERR_UNSUPPORTED)                       \
    X(ZIP_CRC, "zip_crc", LQ_ERR_INPUT)                                         \
    X(ZIP_DUPLICATE, "zip_duplicate", LQ_ERR_INPUT)                             \
    X(ZIP_OVERLAP, "zip_overlap", LQ_ERR_INPUT)                                 \
    X(ZIP_BOMB, "zip_bomb", LQ_ERR_LIMIT)                                       \
    X(ZIP_NESTED, "zip_nested", LQ_ERR_UNSUPPORTED)                             \
    X(NEED_SELECTION, "need_selection", LQ_ERR_SELECTION)                       \
    X(ENTRY_NOT_FOUND, "entry_not_found", LQ_ERR_SELECTION)                     \
    X(OBJECT_NOT_FOUND, "object_not_found", LQ_ERR_SELECTION)                   \
    X(PLATE_NOT_FOUND, "plate_not_found", LQ_ERR_SELECTION)                     \
    X(PLATE_EMPTY, "plate_empty", LQ_ERR_SELECTION)                             \
    /* 3MF package and XML */                                                   \
    X(OPC_EXTERNAL, "opc_external", LQ_ERR_INPUT)                               \
    X(OPC_CASE_CLASH, "opc_case_clash", LQ_ERR_INPUT)                           \
    X(OPC_MISSING_PART, "opc_missing_part", LQ_ERR_INPUT)                       \
    X(XML_SYNTAX, "xml_syntax", LQ_ERR_INPUT)                                   \
    X(XML_ENCODING, "xml_encoding", LQ_ERR_INPUT)                               \
    X(XML_DTD, "xml_dtd", LQ_ERR_INPUT)                                         \
    X(XML_DEPTH, "xml_depth", LQ_ERR_LIMIT)                                     \
    X(THREEMF_NO_MODEL, "3mf_no_model", LQ_ERR_INPUT)                           \
    X(THREEMF_ROOT, "3mf_root", LQ_ERR_INPUT)                                   \
    X(THREEMF_MISSING_ATTR, "3mf_missing_attr", LQ_ERR_INPUT)                   \
    X(THREEMF_BAD_NUMBER, "3mf_bad_number", LQ_ERR_INPUT)                       \
    X(THREEMF_DECIMAL_COMMA, "3mf_decimal_comma", LQ_ERR_INPUT)                 \
    X(THREEMF_BAD_TRANSFORM, "3mf_bad_transform", LQ_ERR_INPUT)                 \
    X(RANGE, "range", LQ_ERR_INPUT)                                             \
    X(THREEMF_DUP_ID, "3mf_dup_id", LQ_ERR_INPUT)                               \
    X(THREEMF_BAD_REF, "3mf_bad_ref", LQ_ERR_INPUT)                             \
    X(THREEMF_BAD_INDEX, "3mf_bad_index", LQ_ERR_INPUT)                         \
    X(THREEMF_CYCLE, "3mf_cycle", LQ_ERR_INPUT)                                 \
    X(THREEMF_DEPTH, "3mf_depth", LQ_ERR_LIMIT)                                 \
    X(THREEMF_INSTANCES, "3mf_instances", LQ_ERR_LIMIT)                         \
    X(THREEMF_SINGULAR_TRANSFORM, "3mf_singular_transform", LQ_ERR_INPUT)       \
    X(THREEMF_NO_CONTENT, "3mf_no_content", LQ_ERR_INPUT)                       \
    X(THREEMF_BOTH_CONTENT, "3mf_both_content", LQ_ERR_INPUT)                   \
    X(THREEMF_EMPTY_BUILD, "3mf_empty_build", LQ_ERR_INPUT)                     \
    X(THREEMF_GCODE_ONLY, "3mf_gcode_only", LQ_ERR_UNSUPPORTED)                 \
    X(THREEMF_ENCRYPTED, "3mf_encrypted", LQ_ERR_UNSUPPORTED)                   \
    X(THREEMF_REQUIRED_EXTENSION, "3mf_required_extension", LQ_ERR_UNSUPPORTED) \
    X(THREEMF_LOWRES_MESH, "3mf_lowres_mesh", LQ_ERR_UNSUPPORTED)               \
    X(THREEMF_BEAMLATTICE, "3mf_beamlattice", LQ_ERR_UNSUPPORTED)               \
    X(THREEMF_BOOLEAN, "3mf_boolean", LQ_ERR_UNSUPPORTED)                       \
    X(THREEMF_DISPLACEMENT, "3mf_displacement", LQ_ERR_UNSUPPORTED)             \
    X(THREEMF_VOLUMETRIC, "3mf_volumetric", LQ_ERR_UNSUPPORTED)                 \
    X(THREEMF_MIRRORMESH, "3mf_mirrormesh", LQ_ERR_UNSUPPORTED)                 \
    X(PRUSA_BAD_RANGE, "prusa_bad_range", LQ_ERR_INPUT)                         \
    /* the mesh */                                                              \
    X(MESH_EMPTY, "mesh_empty", LQ_ERR_INPUT)                                   \
    X(SURFACE_NOT_SOLID, "surface_not_solid", LQ_ERR_INPUT)                     \
    /* the machine */                                                           \
    X(LIMIT, "limit", LQ_ERR_LIMIT)                                             \
    X(NOT_FOUND, "not_found", LQ_ERR_IO)                                        \
    X(PERMISSION, "permission", LQ_ERR_IO)                                      \
    X(IO, "io", LQ_ERR_IO)                                                      \
    X(OUT_OF_MEMORY, "out_of_memory", LQ_ERR_MEMORY)                            \
    X(CANCELLED, "cancelled", LQ_ERR_CANCELLED)                                 \
    X(INTERNAL, "internal", LQ_ERR_INTERNAL)

typedef enum lqi_reason {
#define LQI_REASON_ENUM(name, word, status) LQI_##name,
    LQI_REASON_LIST(LQI_REASON_ENUM)
#undef LQI_REASON_ENUM
        LQI_REASON_COUNT
} lqi_reason;

#endif
