/* XML as 3MF allows it: UTF-8, no DOCTYPE, bounded depth, attributes and token size. A thin layer over expat that adds
 * statuses, byte offsets and limits. Names are "uri\flocal" or plain; \f cannot occur in XML text. */
#ifndef LQI_THREEMF_XML_H
#define LQI_THREEMF_XML_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "container/zip.h"

#define LQI_XML_SEPARATOR '\f'
#define LQI_XML_RUN_SIZE ((size_t)1 << 18)
#define LQI_XML_RUN_TAGS 2

typedef struct lqi_xml lqi_xml;

/* A callback that does not return LQ_OK ends the parse with that status. Any but start and end may be NULL. */
typedef struct lqi_xml_handler {
    lq_status (*start)(void *user, lqi_xml *xml, const char *name, const char *const *attributes);
    lq_status (*end)(void *user, lqi_xml *xml);
    lq_status (*text)(void *user, lqi_xml *xml, const char *text, size_t size);         /* see lqi_xml_want_text */
    lq_status (*prefix)(void *user, lqi_xml *xml, const char *prefix, const char *uri); /* before its element's start */
    /* For faster readers of long lists. Offered what is at hand of the document right behind every tag that begins like
     * one of `run_after`, again behind the tag that ended a run, and now and then elsewhere, always between two tags
     * and only where another element would not be nested too deeply. *taken bytes of it are dealt with and never seen
     * by the parser: whole elements, about LQI_XML_RUN_SIZE and no more than it can bear between two calls of
     * lqi_progress. */
    lq_status (*run)(void *user, lqi_xml *xml, const char *text, size_t size, size_t *taken);
    const char *const *run_after; /* NULL-terminated, at most LQI_XML_RUN_TAGS beginnings of start tags */
    bool raw_names;               /* no namespaces: vendor files use prefixes they do not declare */
} lqi_xml_handler;

/* `part` names the text in failures. */
lq_status lqi_xml_parse(lq_context *context, const char *part, const uint8_t *data, size_t size,
                        const lqi_xml_handler *handler, void *user);

/* The same while the text is unpacked; the first piece is at hand. */
lq_status lqi_xml_parse_pieces(lq_context *context, const char *part, lqi_zip_pieces *text,
                               const lqi_xml_handler *handler, void *user);

/* Inside callbacks. Offset of the current tag; of the first byte behind it, where a run begins. */
int64_t lqi_xml_offset(const lqi_xml *xml);
int64_t lqi_xml_offset_behind(const lqi_xml *xml);
uint64_t lqi_xml_size(const lqi_xml *xml); /* of the whole document */
void lqi_xml_want_text(lqi_xml *xml, bool wanted);

/* The current start tag is written without a prefix. */
bool lqi_xml_has_plain_name(const lqi_xml *xml);
lq_status lqi_xml_fail(lqi_xml *xml, lqi_reason reason, const char *format, ...) __attribute__((format(printf, 3, 4)));
lq_status lqi_xml_fail_at(lqi_xml *xml, lqi_reason reason, int64_t offset, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The value of an attribute by its name as reported, or NULL. */
const char *lqi_xml_attribute(const char *const *attributes, const char *name);

#endif
