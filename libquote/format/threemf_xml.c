#include "format/threemf_xml.h"

#include <expat.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/context.h"
#include "base/memory.h"
#include "format/threemf_names.h"

/* expat scans an unfinished token again with every chunk, so a token may span a few chunks only. */
#define CHUNK_SIZE ((size_t)1 << 20)
#define TOKEN_SIZE_MAX ((size_t)4 << 20)
#define STEP_MAX ((size_t)1 << 16)
#define VALUE_SIZE_MAX ((size_t)1 << 20)
#define ATTRIBUTES_MAX 256
#define URI_SIZE_MAX 256 /* expat copies the namespace's name for every attribute that has a prefix */

/* Before a run or a chunk so much should be at hand; of a document in pieces the rest is unpacked then. */
#define AT_HAND_MIN ((size_t)16 << 10)

/* Where the next tag of `run_after` stands, as an offset. */
typedef struct lookout {
    size_t found;    /* SIZE_MAX: none before `searched` */
    size_t searched; /* so that no byte is searched twice */
} lookout;

struct lqi_xml {
    lq_context *context;
    XML_Parser parser;
    const char *part;
    lqi_zip_pieces *text;
    size_t size; /* of the whole document */
    const lqi_xml_handler *handler;
    void *user;
    lq_status status; /* of the first callback that failed */
    uint64_t depth;
    size_t prefix_count; /* declared on the element that comes next */
    int64_t skipped;     /* bytes that runs have taken from the parser */
    int64_t tag_end;     /* offset behind the last tag */
    lookout lookouts[LQI_XML_RUN_TAGS];
    lqi_names names;
};

uint64_t lqi_xml_size(const lqi_xml *xml) { return xml->size; }

/* The byte of that offset, which must be at hand: whatever is not read to its end is. */
static const uint8_t *byte_at(const lqi_xml *xml, size_t offset)
{
    return xml->text->data + (offset - xml->text->begin);
}

static size_t end_at_hand(const lqi_xml *xml) { return (size_t)lqi_zip_pieces_end(xml->text); }

int64_t lqi_xml_offset(const lqi_xml *xml) { return (int64_t)XML_GetCurrentByteIndex(xml->parser) + xml->skipped; }

int64_t lqi_xml_offset_behind(const lqi_xml *xml) { return lqi_xml_offset(xml) + XML_GetCurrentByteCount(xml->parser); }

static lq_status fail_with(lqi_xml *xml, lqi_reason reason, int64_t offset, const char *format, va_list arguments)
{
    char message[400];
    vsnprintf(message, sizeof message, format, arguments);
    lq_status status = lqi_fail(xml->context, reason, offset, "%s", message);
    lqi_fail_part(xml->context, xml->part);
    return status;
}

lq_status lqi_xml_fail(lqi_xml *xml, lqi_reason reason, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lq_status status = fail_with(xml, reason, lqi_xml_offset(xml), format, arguments);
    va_end(arguments);
    return status;
}

lq_status lqi_xml_fail_at(lqi_xml *xml, lqi_reason reason, int64_t offset, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    lq_status status = fail_with(xml, reason, offset, format, arguments);
    va_end(arguments);
    return status;
}

const char *lqi_xml_attribute(const char *const *attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0) return attributes[1];
    return NULL;
}

/* ---- callbacks of expat ---- */

static void stop(lqi_xml *xml, lq_status status)
{
    if (status == LQ_OK || xml->status != LQ_OK) return;
    xml->status = status;
    XML_StopParser(xml->parser, XML_FALSE);
}

static lq_status fail_limit(lqi_xml *xml, uint64_t limit, uint64_t actual, const char *what)
{
    lq_status status = lqi_xml_fail(xml, LQI_XML_DEPTH, "The model's XML %s.", what);
    lqi_fail_limit(xml->context, limit, actual);
    return status;
}

static lq_status check_name(lqi_xml *xml, const char *name)
{
    if (lqi_names_add(&xml->names, name)) return LQ_OK;
    return fail_limit(xml, LQI_NAMES_MAX, xml->names.count, "uses too many different names");
}

static lq_status check_element(lqi_xml *xml, const char *name, const char *const *attributes)
{
    uint64_t depth_max = xml->context->limits.xml_depth;
    if (++xml->depth > depth_max) return fail_limit(xml, depth_max, xml->depth, "is nested too deeply");
    size_t count = (size_t)XML_GetSpecifiedAttributeCount(xml->parser) / 2 + xml->prefix_count;
    xml->prefix_count = 0;
    if (count > ATTRIBUTES_MAX)
        return fail_limit(xml, ATTRIBUTES_MAX, count, "has an element with too many attributes");
    LQI_TRY(check_name(xml, name));
    for (const char *const *p = attributes; *p; p += 2) LQI_TRY(check_name(xml, *p));
    if ((size_t)XML_GetCurrentByteCount(xml->parser) <= VALUE_SIZE_MAX) return LQ_OK;
    for (; attributes[0]; attributes += 2) {
        size_t size = strlen(attributes[1]);
        if (size > VALUE_SIZE_MAX) return fail_limit(xml, VALUE_SIZE_MAX, size, "has an attribute that is too long");
    }
    return LQ_OK;
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    lqi_xml *xml = user;
    if (xml->status != LQ_OK) return;
    xml->tag_end = lqi_xml_offset_behind(xml);
    const char *const *list = (const char *const *)attributes;
    lq_status status = check_element(xml, name, list);
    if (status == LQ_OK) status = xml->handler->start(xml->user, xml, name, list);
    stop(xml, status);
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
    (void)name;
    lqi_xml *xml = user;
    if (xml->status != LQ_OK) return;
    xml->tag_end = lqi_xml_offset_behind(xml);
    xml->depth--;
    stop(xml, xml->handler->end(xml->user, xml));
}

static void XMLCALL on_text(void *user, const XML_Char *text, int size)
{
    lqi_xml *xml = user;
    if (xml->status == LQ_OK && size > 0) stop(xml, xml->handler->text(xml->user, xml, text, (size_t)size));
}

static void XMLCALL on_prefix(void *user, const XML_Char *prefix, const XML_Char *uri)
{
    lqi_xml *xml = user;
    if (xml->status != LQ_OK) return;
    xml->prefix_count++;
    size_t uri_size = uri ? strlen(uri) : 0;
    if (uri_size > URI_SIZE_MAX) {
        stop(xml, fail_limit(xml, URI_SIZE_MAX, uri_size, "has a namespace with too long a name"));
        return;
    }
    if (prefix) stop(xml, check_name(xml, prefix));
    if (xml->status == LQ_OK && xml->handler->prefix)
        stop(xml, xml->handler->prefix(xml->user, xml, prefix ? prefix : "", uri ? uri : ""));
}

static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public_id,
                               int internal)
{
    (void)name, (void)system, (void)public_id, (void)internal;
    lqi_xml *xml = user;
    /* expat tells where the declaration's inside begins. */
    int64_t offset = lqi_xml_offset(xml), last = (int64_t)end_at_hand(xml) - 2, first = (int64_t)xml->text->begin;
    if (offset > last) offset = last;
    while (offset > first && memcmp(byte_at(xml, (size_t)offset), "<!", 2) != 0) offset--;
    stop(xml, lqi_xml_fail_at(xml, LQI_XML_DTD, offset, "The model's XML has a document type, which 3MF forbids."));
}

static void XMLCALL on_declaration(void *user, const XML_Char *version, const XML_Char *encoding, int standalone)
{
    (void)version, (void)standalone;
    lqi_xml *xml = user;
    if (!encoding || strcasecmp(encoding, "utf-8") == 0 || strcasecmp(encoding, "utf8") == 0) return;
    stop(xml,
         lqi_xml_fail(xml, LQI_XML_ENCODING, "The model's XML is encoded as %.40s; 3MF allows UTF-8 only.", encoding));
}

void lqi_xml_want_text(lqi_xml *xml, bool wanted)
{
    XML_SetCharacterDataHandler(xml->parser, wanted && xml->handler->text ? on_text : NULL);
}

bool lqi_xml_has_plain_name(const lqi_xml *xml)
{
    const uint8_t *p = byte_at(xml, (size_t)lqi_xml_offset(xml)) + 1;
    const uint8_t *end = byte_at(xml, (size_t)lqi_xml_offset_behind(xml));
    while (p < end && !strchr(" \t\r\n/>:", *p)) p++;
    return p < end && *p != ':';
}

/* ---- failures of expat ---- */

static bool is_utf8_here(const uint8_t *p, size_t size)
{
    if (p[0] < 0x80) return true;
    size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (p[0] < 0xC2 || p[0] > 0xF4 || length > size) return false;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xC0) != 0x80) return false;
    return true;
}

static lq_status fail_parse(lqi_xml *xml)
{
    if (xml->status != LQ_OK) return xml->status;
    enum XML_Error error = XML_GetErrorCode(xml->parser);
    if (error == XML_ERROR_NO_MEMORY)
        return lqi_fail(xml->context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
    int64_t offset = lqi_xml_offset(xml);
    bool at_byte =
        error == XML_ERROR_INVALID_TOKEN && offset >= (int64_t)xml->text->begin && offset < (int64_t)end_at_hand(xml);
    if (error == XML_ERROR_UNKNOWN_ENCODING || error == XML_ERROR_INCORRECT_ENCODING ||
        (at_byte && !is_utf8_here(byte_at(xml, (size_t)offset), end_at_hand(xml) - (size_t)offset)))
        return lqi_xml_fail(xml, LQI_XML_ENCODING, "The model's XML is not UTF-8.");
    return lqi_xml_fail(xml, LQI_XML_SYNTAX, "The model's XML is damaged: %s.", XML_ErrorString(error));
}

/* ---- feeding ---- */

/* Behind the first '>' in [from, end), or end. */
static size_t behind_tag(const lqi_xml *xml, size_t from, size_t end)
{
    const uint8_t *start = byte_at(xml, from), *found = from < end ? memchr(start, '>', end - from) : NULL;
    return found ? from + (size_t)(found - start) + 1 : end;
}

static size_t find_tag(const lqi_xml *xml, lookout *l, const char *tag, size_t from, size_t end)
{
    size_t length = strlen(tag);
    if (l->found != SIZE_MAX && l->found >= from) return l->found;
    l->found = SIZE_MAX;
    if (l->searched < from) l->searched = from;
    if (end < length || l->searched > end - length) return SIZE_MAX;
    const uint8_t *start = byte_at(xml, l->searched), *found = memmem(start, end - l->searched, tag, length);
    if (found) l->found = l->searched + (size_t)(found - start);
    l->searched = found ? l->found + 1 : end - length + 1;
    return l->found;
}

/* The end of the piece from `at`: behind a tag where a run may begin, or else behind the first tag that ends `step` or
 * more bytes from here. The parser begins again with what is unread of the last pieces, so that must not be much more
 * than the next. */
static size_t piece_end(lqi_xml *xml, size_t at, size_t step, size_t unread)
{
    size_t end = end_at_hand(xml) - at < CHUNK_SIZE ? end_at_hand(xml) : at + CHUNK_SIZE;
    if (!xml->handler->run) return end;
    size_t least = 1 + unread / 8;
    if (step < least) step = least;
    end = behind_tag(xml, at + step - 1, end);
    for (size_t i = 0; i < LQI_XML_RUN_TAGS && xml->handler->run_after[i]; i++) {
        const char *tag = xml->handler->run_after[i];
        size_t found = find_tag(xml, &xml->lookouts[i], tag, at + least - 1, end);
        if (found < end) end = behind_tag(xml, found + strlen(tag) - 1, end);
    }
    return end;
}

/* Another element here would be a sibling of the last, or a child, and not too deep. */
static bool may_run(const lqi_xml *xml, size_t at)
{
    return xml->handler->run && at < xml->size && xml->tag_end == (int64_t)at &&
           xml->depth < xml->context->limits.xml_depth;
}

/* Unpacks more when little is left of what is at hand. The parser begins again with what is unread. */
static lq_status reach(lqi_xml *xml, size_t at, size_t unread)
{
    while (end_at_hand(xml) < xml->size && end_at_hand(xml) - at < AT_HAND_MIN + unread / 8)
        LQI_TRY(lqi_zip_pieces_more(xml->text, end_at_hand(xml) - at + unread));
    return LQ_OK;
}

/* What the parser still keeps of the text before `at`. It knows no place in it while an unfinished token waits to grow
 * before it is looked at again; then that is all that was kept before, and what was added. */
static size_t unread_before(const lqi_xml *xml, size_t at, size_t kept, size_t added)
{
    if (XML_GetCurrentByteIndex(xml->parser) < 0) return kept + added;
    return (size_t)((int64_t)at - lqi_xml_offset_behind(xml));
}

static lq_status feed(lqi_xml *xml)
{
    size_t at = 0, told = 0, unread = 0;
    size_t step = STEP_MAX; /* how far to go before the next run is tried; grows while none is possible */
    while (at < xml->size) {
        if (at >= told) {
            LQI_TRY(lqi_progress(xml->context, "parse", at, xml->size));
            told = at + CHUNK_SIZE / 4;
        }
        LQI_TRY(reach(xml, at, unread));
        if (may_run(xml, at)) {
            size_t taken = 0;
            LQI_TRY(xml->handler->run(xml->user, xml, (const char *)byte_at(xml, at), end_at_hand(xml) - at, &taken));
            at += taken;
            xml->skipped += (int64_t)taken;
            xml->tag_end = (int64_t)at;
            if (taken) step = 1;
            bool cut_short = end_at_hand(xml) < xml->size && end_at_hand(xml) - at < AT_HAND_MIN;
            if (taken >= LQI_XML_RUN_SIZE || (taken && cut_short)) continue;
        }
        size_t end = piece_end(xml, at, step, unread);
        if (XML_Parse(xml->parser, (const char *)byte_at(xml, at), (int)(end - at), 0) != XML_STATUS_OK)
            return fail_parse(xml);
        unread = unread_before(xml, end, unread, end - at);
        at = end;
        if (unread > TOKEN_SIZE_MAX)
            return fail_limit(xml, TOKEN_SIZE_MAX, unread, "has a piece of markup that is too long");
        if (step < STEP_MAX) step *= 4;
    }
    return XML_Parse(xml->parser, "", 0, 1) == XML_STATUS_OK ? LQ_OK : fail_parse(xml);
}

lq_status lqi_xml_parse_pieces(lq_context *context, const char *part, lqi_zip_pieces *text,
                               const lqi_xml_handler *handler, void *user)
{
    lqi_xml xml = {.context = context, .part = part, .text = text, .size = (size_t)text->whole};
    xml.handler = handler;
    xml.user = user;
    const uint8_t *data = text->data;
    size_t size = text->size;
    xml.tag_end = -1;
    for (size_t i = 0; i < LQI_XML_RUN_TAGS; i++) xml.lookouts[i].found = SIZE_MAX;
    bool utf16 = size >= 2 && ((data[0] == 0xFF && data[1] == 0xFE) || (data[0] == 0xFE && data[1] == 0xFF) ||
                               (data[0] == 0 && data[1] == '<') || (data[0] == '<' && data[1] == 0));
    if (utf16) {
        lq_status status = lqi_fail(context, LQI_XML_ENCODING, 0, "The model's XML is UTF-16; 3MF allows UTF-8 only.");
        lqi_fail_part(context, part);
        return status;
    }
    xml.parser = handler->raw_names ? XML_ParserCreate("UTF-8") : XML_ParserCreateNS("UTF-8", LQI_XML_SEPARATOR);
    if (!xml.parser) return lqi_fail(context, LQI_OUT_OF_MEMORY, -1, "The system has no memory left for this file.");
    xml.names.seed = lqi_hash_seed(context, 0x6E616D6573);
    XML_SetHashSalt(xml.parser, (unsigned long)lqi_hash_seed(context, 0x786D6C) | 1);
    XML_SetUserData(xml.parser, &xml);
    XML_SetElementHandler(xml.parser, on_start, on_end);
    XML_SetNamespaceDeclHandler(xml.parser, on_prefix, NULL);
    XML_SetStartDoctypeDeclHandler(xml.parser, on_doctype);
    XML_SetXmlDeclHandler(xml.parser, on_declaration);
    lq_status status = feed(&xml);
    XML_ParserFree(xml.parser);
    return status;
}

lq_status lqi_xml_parse(lq_context *context, const char *part, const uint8_t *data, size_t size,
                        const lqi_xml_handler *handler, void *user)
{
    lqi_zip_pieces text = {.data = data, .size = size, .whole = size};
    return lqi_xml_parse_pieces(context, part, &text, handler, user);
}
