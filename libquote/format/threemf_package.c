/* The package: which entry is meant by a part name, and which one is the root model. */
#include <string.h>

#include "base/checked.h"
#include "base/fail.h"
#include "base/memory.h"
#include "format/threemf_inside.h"
#include "format/threemf_xml.h"

#define ROOT_RELATIONSHIPS "_rels/.rels"
#define TYPE_MODEL "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
#define TYPE_MODEL_BEGIN "http://schemas.microsoft.com/3dmanufacturing/"
#define TYPE_MODEL_END "3dmodel"
#define TYPE_ENCRYPTED "http://schemas.openxmlformats.org/package/2006/relationships/encryptedfile"
#define TYPE_THUMBNAIL "http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"
#define TYPE_COVER "http://schemas.bambulab.com/package/2021/cover-thumbnail-"
#define TARGET_SIZE_MAX ((size_t)4096)
#define DETECT_SIZE ((size_t)64 << 10)

/* ---- part names ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Percent sequences as bytes; a coded slash stays coded, for it must not become a separator. */
static void decode(const char *from, char *to)
{
    while (*from) {
        int high = from[0] == '%' ? hex_digit(from[1]) : -1;
        int low = high >= 0 ? hex_digit(from[2]) : -1;
        int byte = low >= 0 ? high * 16 + low : -1;
        if (byte < 0x20 || byte == '/' || byte == '\\' || byte == 0x7F) {
            *to++ = *from++;
        } else {
            *to++ = (char)byte;
            from += 3;
        }
    }
    *to = 0;
}

/* folder + target without "." and "..", which stop at the root. `to` has room for both. */
static void join(const char *folder, const char *target, char *to)
{
    size_t size = 0;
    if (target[0] != '/') {
        size = strlen(folder);
        memcpy(to, folder, size);
    }
    for (const char *p = target; *p;) {
        while (*p == '/' || *p == '\\') p++;
        size_t length = strcspn(p, "/\\");
        if (length == 2 && p[0] == '.' && p[1] == '.') {
            while (size && to[size - 1] != '/') size--;
            if (size) size--;
        } else if (length && !(length == 1 && p[0] == '.')) {
            if (size) to[size++] = '/';
            memcpy(to + size, p, length);
            size += length;
        }
        p += length;
    }
    to[size] = 0;
}

typedef struct lookup {
    size_t entry;     /* SIZE_MAX: none */
    const char *name; /* as it was looked for last */
    bool exact;
    bool clash; /* another entry has the name in other letters */
} lookup;

/* Two names of the target: with percent sequences read, and as it stands. false: no entry has such a name. */
static bool names_of(const char *folder, const char *target, char *decoded, char *raw)
{
    if (strlen(target) > TARGET_SIZE_MAX || strlen(folder) > TARGET_SIZE_MAX) return false;
    join(folder, target, raw);
    decode(raw, decoded);
    return decoded[0] != 0;
}

static lookup look_up(const lqi_zip *zip, const char *decoded, const char *raw)
{
    size_t names = 0;
    lookup found = {.entry = lqi_zip_find(zip, decoded), .name = decoded, .exact = true};
    if (found.entry == SIZE_MAX) {
        found.name = raw;
        found.entry = lqi_zip_find(zip, raw);
    }
    if (found.entry == SIZE_MAX) {
        found.name = decoded;
        found.exact = false;
    }
    size_t folded = lqi_zip_find_folded(zip, found.name, &names);
    if (!found.exact) found.entry = folded;
    found.clash = names > 1;
    return found;
}

lq_status lqi_package_find(lqi_threemf *threemf, const char *folder, const char *target, lqi_notes *notes,
                           size_t *entry)
{
    *entry = SIZE_MAX;
    char raw[2 * TARGET_SIZE_MAX + 2], decoded[2 * TARGET_SIZE_MAX + 2];
    if (!names_of(folder, target, decoded, raw)) return LQ_OK;
    lookup found = look_up(threemf->zip, decoded, raw);
    *entry = found.entry;
    if (!found.clash) return LQ_OK;
    if (found.exact)
        return lqi_threemf_note(notes, found.name, "opc_case_clash", LQ_SEVERITY_WARN, -1,
                                "The package holds another file whose name differs from %s by capital letters only.",
                                found.name);
    lq_status status =
        lqi_fail(threemf->context, LQI_OPC_CASE_CLASH, -1,
                 "The package holds several files whose names differ from %s by capital letters only.", found.name);
    lqi_fail_part(threemf->context, found.name);
    return status;
}

size_t lqi_package_look(const lqi_threemf *threemf, const char *target)
{
    char raw[2 * TARGET_SIZE_MAX + 2], decoded[2 * TARGET_SIZE_MAX + 2];
    if (!names_of("", target, decoded, raw)) return SIZE_MAX;
    lookup found = look_up(threemf->zip, decoded, raw);
    return found.clash && !found.exact ? SIZE_MAX : found.entry;
}

/* ---- relationships ---- */

typedef struct relationships {
    lqi_threemf *threemf;
    const char *folder; /* of the part they belong to */
    bool of_root_model;
    lqi_notes *notes;
    size_t exact[8], similar[8]; /* entries of root models, by the two readings of the type */
    size_t exact_count, similar_count;
    bool external;
    int64_t external_offset;
} relationships;

static bool is_similar_model_type(const char *type)
{
    size_t size = strlen(type), end = strlen(TYPE_MODEL_END);
    return strncmp(type, TYPE_MODEL_BEGIN, strlen(TYPE_MODEL_BEGIN)) == 0 && size > end &&
           strcmp(type + size - end, TYPE_MODEL_END) == 0;
}

static void add_once(size_t entries[8], size_t *count, size_t entry)
{
    for (size_t i = 0; i < *count; i++)
        if (entries[i] == entry) return;
    if (*count < 8) entries[(*count)++] = entry;
}

static lq_status mark_part(lqi_threemf *threemf, size_t entry, bool encrypted, bool listed)
{
    uint32_t part;
    LQI_TRY(lqi_model_part_of_entry(threemf, entry, &part));
    threemf->parts[part].encrypted |= encrypted;
    threemf->parts[part].listed |= listed;
    return LQ_OK;
}

/* The first of each kind; which of them is shown is decided when somebody asks. */
static lq_status keep_picture(lqi_threemf *threemf, const char *type, const char *target)
{
    static const char *const types[LQI_FILE_PICTURES] = {TYPE_THUMBNAIL, TYPE_COVER "middle", TYPE_COVER "small"};
    size_t size = strlen(target);
    for (size_t i = 0; i < LQI_FILE_PICTURES; i++) {
        if (strcmp(type, types[i]) != 0 || threemf->picture_targets[i] || size > TARGET_SIZE_MAX) continue;
        threemf->picture_targets[i] = lqi_arena_text(&threemf->arena, target, size);
        if (!threemf->picture_targets[i]) return lqi_memory_status(threemf->context);
    }
    return LQ_OK;
}

static lq_status on_relationship(void *user, lqi_xml *xml, const char *name, const char *const *attributes)
{
    relationships *r = user;
    const char *local;
    lqi_space space = lqi_space_of_name(name, &local);
    if ((space != LQI_SPACE_RELATIONSHIPS && space != LQI_SPACE_NONE) || strcmp(local, "Relationship") != 0)
        return LQ_OK;
    const char *type = lqi_xml_attribute(attributes, "Type"), *target = lqi_xml_attribute(attributes, "Target");
    const char *mode = lqi_xml_attribute(attributes, "TargetMode");
    if (!type || !target) return LQ_OK;
    bool exact = strcmp(type, TYPE_MODEL) == 0, similar = !exact && is_similar_model_type(type);
    if (mode && strcmp(mode, "External") == 0) {
        if (exact && !r->of_root_model && !r->external) {
            r->external = true;
            r->external_offset = lqi_xml_offset(xml);
        }
        return LQ_OK;
    }
    bool encrypted = strcmp(type, TYPE_ENCRYPTED) == 0;
    size_t entry;
    if (!r->of_root_model) LQI_TRY(keep_picture(r->threemf, type, target));
    if (!exact && !similar && !encrypted) return LQ_OK;
    LQI_TRY(lqi_package_find(r->threemf, r->folder, target, r->notes, &entry));
    if (entry == SIZE_MAX) return LQ_OK;
    if (exact && !r->of_root_model) add_once(r->exact, &r->exact_count, entry);
    if (similar && !r->of_root_model) add_once(r->similar, &r->similar_count, entry);
    return encrypted || r->of_root_model ? mark_part(r->threemf, entry, encrypted, !encrypted) : LQ_OK;
}

static lq_status on_end(void *user, lqi_xml *xml)
{
    (void)user, (void)xml;
    return LQ_OK;
}

static lq_status read_relationships(relationships *r, size_t entry)
{
    static const lqi_xml_handler handler = {.start = on_relationship, .end = on_end};
    lqi_threemf *threemf = r->threemf;
    uint8_t *data;
    size_t size;
    LQI_TRY(lqi_zip_read(threemf->zip, entry, &data, &size));
    lq_status status =
        lqi_xml_parse(threemf->context, lqi_zip_entry_at(threemf->zip, entry)->name, data, size, &handler, r);
    lqi_free(threemf->context, data);
    return status;
}

lq_status lqi_package_read_model_relationships(lqi_threemf *threemf, size_t root_entry)
{
    const char *name = lqi_zip_entry_at(threemf->zip, root_entry)->name;
    const char *slash = strrchr(name, '/');
    int folder_size = slash ? (int)(slash - name) : 0;
    const char *base = slash ? slash + 1 : name;
    size_t size = strlen(name) + 16;
    char *folder = lqi_arena_alloc(&threemf->arena, size), *path = lqi_arena_alloc(&threemf->arena, size);
    if (!folder || !path) return lqi_memory_status(threemf->context);
    memcpy(folder, name, (size_t)folder_size);
    folder[folder_size] = 0;
    size_t at = 0;
    if (folder_size) {
        memcpy(path, folder, (size_t)folder_size);
        path[folder_size] = '/';
        at = (size_t)folder_size + 1;
    }
    memcpy(path + at, "_rels/", 6);
    memcpy(path + at + 6, base, strlen(base));
    memcpy(path + at + 6 + strlen(base), ".rels", 6);
    size_t entry, names;
    entry = lqi_zip_find_folded(threemf->zip, path, &names);
    threemf->has_relationships = entry != SIZE_MAX;
    if (entry == SIZE_MAX) return LQ_OK;
    /* Parts are made on the way and may move their notes: these are handed over at the end. */
    lqi_notes notes;
    lqi_notes_init(&notes, threemf->context);
    relationships r = {.threemf = threemf, .folder = folder, .of_root_model = true, .notes = &notes};
    lq_status status = read_relationships(&r, entry);
    if (status == LQ_OK) status = lqi_notes_append(&threemf->parts[threemf->root].notes, &notes);
    lqi_notes_free(&notes);
    return status;
}

/* ---- start part ---- */

static char fold(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c; }

static bool folded_equal(const char *a, const char *lower, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (fold(a[i]) != lower[i]) return false;
    return true;
}

static bool is_model_name(const char *name)
{
    size_t size = strlen(name);
    return size > 9 && folded_equal(name, "3d/", 3) && !strchr(name + 3, '/') &&
           folded_equal(name + size - 6, ".model", 6);
}

/* By name: 3D/3dmodel.model, or the only model part in that folder. */
static size_t find_by_name(const lqi_zip *zip)
{
    size_t names, found = lqi_zip_find(zip, "3D/3dmodel.model");
    if (found != SIZE_MAX) return found;
    found = lqi_zip_find_folded(zip, "3d/3dmodel.model", &names);
    if (found != SIZE_MAX) return found;
    for (size_t i = 0; i < lqi_zip_entry_count(zip); i++) {
        const lqi_zip_entry *entry = lqi_zip_entry_at(zip, i);
        if (entry->ignored || !is_model_name(entry->name)) continue;
        if (found != SIZE_MAX) return SIZE_MAX;
        found = i;
    }
    return found;
}

int lqi_threemf_detect(lqi_zip *zip)
{
    if (find_by_name(zip) != SIZE_MAX) return 1;
    size_t names, got, entry = lqi_zip_find_folded(zip, ROOT_RELATIONSHIPS, &names);
    if (entry == SIZE_MAX) return 0;
    lq_context *context = lqi_zip_context(zip);
    uint8_t *head = lqi_alloc(context, DETECT_SIZE);
    bool found = head && lqi_zip_peek(zip, entry, head, DETECT_SIZE, &got) == LQ_OK &&
                 memmem(head, got, TYPE_MODEL_BEGIN, strlen(TYPE_MODEL_BEGIN)) &&
                 memmem(head, got, TYPE_MODEL_END, strlen(TYPE_MODEL_END));
    lqi_free(context, head);
    if (!found) lqi_begin(context); /* not being able to look is no failure: it is an archive, then */
    return found;
}

static lq_status fail_external(lqi_threemf *threemf, const relationships *r)
{
    lq_status status = lqi_fail(threemf->context, LQI_OPC_EXTERNAL, r->external_offset,
                                "The model is not in this file: it refers to another place.");
    lqi_fail_part(threemf->context, ROOT_RELATIONSHIPS);
    return status;
}

static lq_status choose_start(lqi_threemf *threemf, const relationships *r)
{
    const size_t *entries = r->exact_count ? r->exact : r->similar;
    threemf->start_count = r->exact_count ? r->exact_count : r->similar_count;
    memcpy(threemf->start_entries, entries, sizeof threemf->start_entries);
    if (threemf->start_count > 1)
        return lqi_threemf_note(&threemf->notes, ROOT_RELATIONSHIPS, "opc_multiple_start", LQ_SEVERITY_WARN, -1,
                                "The package names several root models; one was chosen.");
    if (threemf->start_count == 1) return LQ_OK;
    if (r->external) return fail_external(threemf, r);
    size_t entry = find_by_name(threemf->zip);
    if (entry == SIZE_MAX) return lqi_fail(threemf->context, LQI_THREEMF_NO_MODEL, -1, "The package holds no model.");
    LQI_TRY(lqi_package_find(threemf, "", lqi_zip_entry_at(threemf->zip, entry)->name, &threemf->notes,
                             &entry)); /* case clashes */
    if (entry == SIZE_MAX) return lqi_fail(threemf->context, LQI_THREEMF_NO_MODEL, -1, "The package holds no model.");
    threemf->start_entries[0] = entry;
    threemf->start_count = 1;
    return lqi_threemf_note(&threemf->notes, ROOT_RELATIONSHIPS, "opc_no_rels", LQ_SEVERITY_WARN, -1,
                            "The package does not say which file is the model; it was found by its name.");
}

/* ---- family ---- */

static bool has_entry(const lqi_threemf *threemf, const char *name)
{
    size_t names;
    return lqi_zip_find_folded(threemf->zip, name, &names) != SIZE_MAX;
}

static const char *find_family(const lqi_threemf *threemf)
{
    if (has_entry(threemf, "Metadata/PrusaSlicer3_project.json")) return "prusa3";
    if (has_entry(threemf, "Metadata/model_settings.config")) return "bambu";
    if (has_entry(threemf, "Metadata/Slic3r_PE_model.config") || has_entry(threemf, "Metadata/Slic3r_PE.config"))
        return "prusa";
    if (has_entry(threemf, "Metadata/SuperSlicer_model.config") || has_entry(threemf, "Metadata/SuperSlicer.config"))
        return "superslicer";
    if (has_entry(threemf, "Metadata/Slic3r_model.config") || has_entry(threemf, "Metadata/Slic3r.config"))
        return "prusa";
    for (size_t i = 0; i < lqi_zip_entry_count(threemf->zip); i++)
        if (strncmp(lqi_zip_entry_at(threemf->zip, i)->name, "Cura/", 5) == 0) return "cura";
    return "generic";
}

lq_status lqi_package_open(lqi_threemf *threemf)
{
    threemf->family = find_family(threemf);
    relationships r = {.threemf = threemf, .folder = "", .notes = &threemf->notes};
    size_t entry;
    LQI_TRY(lqi_package_find(threemf, "", ROOT_RELATIONSHIPS, &threemf->notes, &entry));
    if (entry != SIZE_MAX) LQI_TRY(read_relationships(&r, entry));
    LQI_TRY(choose_start(threemf, &r));
    return lqi_package_check_types(threemf);
}
