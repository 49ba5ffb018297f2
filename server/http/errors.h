/* Every error code of the interface with its HTTP status. The envelope carries the code; clients may rely on it. */
#ifndef SV_ERRORS_H
#define SV_ERRORS_H

#define SV_ERRORS(X)                                                                                                   \
    X(invalid_json, 400)                                                                                               \
    X(invalid_request, 400)                                                                                            \
    X(unknown_field, 400) X(invalid_parameter, 400) X(invalid_filter, 400) X(invalid_sort, 400) X(                     \
        invalid_cursor, 400) X(invalid_fields, 400) X(invalid_include, 400) X(bad_multipart, 400)                      \
        X(digest_mismatch, 400) X(idempotency_key_required, 400) X(idempotency_key_invalid, 400) X(                    \
            invalid_if_match, 400) X(unauthenticated, 401) X(invalid_api_key, 401) X(api_key_expired, 401)             \
            X(plan_limit, 402) X(subscription_inactive, 402) X(insufficient_scope, 403) X(ip_not_allowed, 403) X(      \
                account_suspended, 403) X(ordering_not_enabled, 403) X(terms_not_accepted, 403) X(test_mode_only, 403) \
                X(scope_escalation, 403) X(bad_signature, 403) X(not_found, 404) X(route_not_found, 404) X(            \
                    sku_not_matched,                                                                                   \
                    404) X(method_not_allowed, 405)                                                                    \
                    X(not_acceptable, 406) X(request_timeout, 408) X(idempotency_in_progress, 409)                     \
                        X(conflict, 409) X(ref_taken, 409) X(sku_taken, 409) X(resource_in_use, 409) X(                \
                            part_processing,                                                                           \
                            409) X(part_not_ready,                                                                     \
                                   409) X(part_failed, 409)                                                            \
                            X(part_needs_selection, 409) X(not_an_archive, 409) X(single_plate, 409) X(                \
                                upload_not_ready,                                                                      \
                                409) X(upload_used, 409)                                                               \
                                X(already_submitted, 409) X(review_not_pending, 409) X(rights_not_confirmed, 409) X(   \
                                    cannot_activate,                                                                   \
                                    409) X(last_member, 409)                                                           \
                                    X(member_limit, 409) X(quote_pending, 409) X(quote_expired, 409) X(                \
                                        quote_superseded,                                                              \
                                        409) X(quote_already_ordered,                                                  \
                                               409) X(option_not_printable, 409)                                       \
                                        X(not_printable, 409) X(material_unavailable, 409) X(total_mismatch, 409) X(   \
                                            total_exceeds_max,                                                         \
                                            409) X(order_not_cancellable,                                              \
                                                   409) X(order_on_hold, 409)                                          \
                                            X(illegal_transition, 409) X(endpoint_disabled, 409) X(                    \
                                                delivery_in_progress,                                                  \
                                                409) X(endpoint_limit,                                                 \
                                                       409) X(last_admin_key, 409)                                     \
                                                X(test_account_limit, 409) X(upload_expired, 410) X(                   \
                                                    event_expired,                                                     \
                                                    410) X(length_required,                                            \
                                                           411) X(version_mismatch, 412)                               \
                                                    X(payload_too_large, 413) X(file_too_large, 413) X(                \
                                                        uri_too_long,                                                  \
                                                        414) X(unsupported_media_type,                                 \
                                                               415) X(unsupported_content_encoding, 415)               \
                                                        X(validation_failed, 422) X(idempotency_key_reused, 422) X(    \
                                                            unsupported_format,                                        \
                                                            422) X(archive_limits,                                     \
                                                                   422) X(quote_target, 422)                           \
                                                            X(too_many_options, 422) X(material_unknown, 422) X(       \
                                                                color_not_in_material,                                 \
                                                                422) X(finish_not_in_material,                         \
                                                                       422) X(layer_height_unsupported, 422)           \
                                                                X(infill_unsupported, 422) X(invalid_country, 422) X(  \
                                                                    destination_not_served,                            \
                                                                    422) X(destination_mismatch,                       \
                                                                           422) X(currency_unsupported, 422)           \
                                                                    X(currency_mismatch, 422) X(discount_invalid, 422) \
                                                                        X(items_incompatible, 422) X(                  \
                                                                            shipping_option_invalid,                   \
                                                                            422) X(member_set_invalid,                 \
                                                                                   422) X(no_such_entry, 422)          \
                                                                            X(no_such_plate, 422) X(                   \
                                                                                entry_not_printable,                   \
                                                                                422) X(webhook_url_forbidden,          \
                                                                                       422) X(unknown_event_type, 422) \
                                                                                X(price_book_invalid, 422) X(          \
                                                                                    range_not_satisfiable,             \
                                                                                    416) X(precondition_required,      \
                                                                                           428) X(rate_limited, 429)   \
                                                                                    X(too_many_streams,                \
                                                                                      429) X(headers_too_large, 431)   \
                                                                                        X(internal_error,              \
                                                                                          500) X(unavailable, 503)     \
                                                                                            X(storage_unavailable,     \
                                                                                              503)                     \
                                                                                                X(shutting_down, 503)

#define X(code, status) SV_E_##code,
typedef enum sv_error { SV_ERRORS(X) SV_ERROR_COUNT } sv_error;
#undef X

const char *sv_error_code(sv_error error);
int sv_error_status(sv_error error);

#endif
