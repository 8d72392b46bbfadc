/* From a list's JSON to what is searched. */
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "codec/json_read.h"
#include "warning/state.h"

/* Made of data/warninglists. */
extern const struct cm_embedded cm_warning_files[];
extern const size_t cm_warning_files_n;

struct cm_warnings *
cm_warnings_new(void)
{
	struct cm_warnings *w = calloc(1, sizeof(*w));

	if (w != NULL)
		cm_arena_init(&w->arena, 0);
	return w;
}

void
cm_warnings_free(struct cm_warnings *w)
{
	if (w == NULL)
		return;
	cm_buf_release(&w->lists);
	cm_buf_release(&w->prefixes);
	cm_buf_release(&w->names);
	cm_buf_release(&w->parts);
	cm_arena_fini(&w->arena);
	free(w);
}

struct adding {
	struct cm_warnings *w;
	struct cm_err *err;
	struct cm_warning_list list;
	uint32_t number; /* of the list */
};

static enum cm_result
no_memory(struct cm_err *err)
{
	return cm_err_set(err, CM_E_NOMEM, "no memory for warning lists");
}

static CM_RESULT
keep(struct adding *a, const char *text, const char **out)
{
	*out = cm_arena_copy(&a->w->arena, text, strlen(text) + 1);
	return *out == NULL ? no_memory(a->err) : CM_OK;
}

static void
ignore(struct adding *a, const char *why)
{
	a->list.ignored++;
	if (a->list.why_ignored == NULL)
		a->list.why_ignored = why;
}

/* Takes room for an entry, with its text. */
static CM_RESULT
put(struct adding *a, struct cm_buf *to, const void *entry, size_t size)
{
	if (++a->w->entries > CM_WARNING_ENTRIES)
		return cm_err_set(a->err, CM_E_LIMIT, "more than %zu entries in all warning lists", CM_WARNING_ENTRIES);
	cm_buf_add(to, entry, size);
	a->list.entries++;
	return cm_buf_ok(to) ? CM_OK : no_memory(a->err);
}

/* ---- entries ---- */

/* "10.0.0.0/8", "192.0.2.1" */
static bool
read_prefix(struct cm_span text, struct cm_warning_prefix *p)
{
	const uint8_t *slash = text.len == 0 ? NULL : memchr(text.ptr, '/', text.len);
	struct cm_span head = slash == NULL ? text : cm_span_part(text, 0, (size_t)(slash - text.ptr));
	struct cm_span tail = cm_span_part(text, head.len + 1, text.len);
	unsigned bits = 0;
	size_t len;

	if (!cm_warning_address(head, p->base, &len))
		return false;
	p->len = (uint8_t)len;
	if (slash == NULL)
		bits = 8 * (unsigned)len;
	else if (tail.len == 0 || tail.len > 3)
		return false;
	for (size_t i = 0; slash != NULL && i < tail.len; i++) {
		if (tail.ptr[i] < '0' || tail.ptr[i] > '9')
			return false;
		bits = bits * 10 + (unsigned)(tail.ptr[i] - '0');
	}
	if (bits == 0 || bits > 8 * len)
		return false;
	p->bits = (uint8_t)bits;
	cm_warning_mask(p->base, len, bits);
	return true;
}

static CM_RESULT
add_prefix(struct adding *a, const char *text, bool *taken)
{
	struct cm_warning_prefix p = { .list = a->number };
	enum cm_result rc;

	*taken = read_prefix(cm_span_str(text), &p);
	if (!*taken)
		return CM_OK;
	rc = keep(a, text, &p.entry);
	return rc == CM_OK ? put(a, &a->w->prefixes, &p, sizeof(p)) : rc;
}

static CM_RESULT
add_name(struct adding *a, struct cm_buf *to, const char *text, bool below)
{
	struct cm_warning_name x = { .list = a->number, .below = below };
	char folded[CM_WARNING_VALUE + 1];
	struct cm_span s = cm_span_str(text);
	enum cm_result rc;
	size_t len;

	/* a dot before a name: that name and all below it */
	if (to == &a->w->names && s.len > 1 && s.ptr[0] == '.') {
		x.below = true;
		s = cm_span_part(s, 1, s.len);
	}
	len = cm_warning_fold(s, folded);
	if (len == 0) {
		ignore(a, "empty or too long");
		return CM_OK;
	}
	folded[len] = '\0';
	x.len = (uint32_t)len;
	rc = keep(a, folded, &x.key);
	if (rc == CM_OK)
		rc = keep(a, text, &x.entry);
	return rc == CM_OK ? put(a, to, &x, sizeof(x)) : rc;
}

static CM_RESULT
add_cidr(struct adding *a, const char *text)
{
	bool taken;
	enum cm_result rc = add_prefix(a, text, &taken);

	if (rc == CM_OK && !taken)
		ignore(a, "no address and no prefix of 1 bit and more");
	return rc;
}

static CM_RESULT
add_hostname(struct adding *a, const char *text)
{
	return add_name(a, &a->w->names, text, true);
}

static CM_RESULT
add_string(struct adding *a, const char *text)
{
	bool taken = false;
	enum cm_result rc = (a->list.kinds & CM_WARNING_ADDRESS) != 0 ? add_prefix(a, text, &taken) : CM_OK;

	return rc == CM_OK && !taken ? add_name(a, &a->w->names, text, false) : rc;
}

static CM_RESULT
add_substring(struct adding *a, const char *text)
{
	if (a->w->parts.len / sizeof(struct cm_warning_name) == CM_WARNING_SUBSTRINGS)
		return cm_err_set(a->err, CM_E_LIMIT, "more than %zu substrings in all warning lists", CM_WARNING_SUBSTRINGS);
	return add_name(a, &a->w->parts, text, false);
}

static CM_RESULT
add_regex(struct adding *a, const char *text)
{
	(void)text;
	ignore(a, "regex not supported");
	return CM_OK;
}

static const struct type {
	const char *word;
	unsigned kinds; /* that it can be for */
	CM_RESULT (*add)(struct adding *a, const char *text);
} types[] = {
	{ "cidr", CM_WARNING_ADDRESS, add_cidr },
	{ "hostname", CM_WARNING_HOST | CM_WARNING_HASH, add_hostname },
	{ "string", CM_WARNING_ADDRESS | CM_WARNING_HOST | CM_WARNING_HASH, add_string },
	{ "substring", CM_WARNING_HOST | CM_WARNING_HASH, add_substring },
	{ "regex", CM_WARNING_ADDRESS | CM_WARNING_HOST | CM_WARNING_HASH, add_regex },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

/* ---- the list ---- */

/* For which kinds of ours an attribute of MISP stands: "ip-src", "domain|ip", "filename|md5", ... */
static unsigned
kinds_of(const char *attribute)
{
	static const char *const hash[] = { "md5", "sha", "ssdeep", "hash", "tlsh" };
	unsigned kinds = 0;

	if (strncmp(attribute, "ip-", 3) == 0 || strcmp(attribute, "domain|ip") == 0)
		kinds |= CM_WARNING_ADDRESS;
	if (strncmp(attribute, "hostname", 8) == 0 || strncmp(attribute, "domain", 6) == 0)
		kinds |= CM_WARNING_HOST;
	for (size_t i = 0; i < sizeof(hash) / sizeof(hash[0]); i++)
		if (strstr(attribute, hash[i]) != NULL)
			kinds |= CM_WARNING_HASH;
	return kinds;
}

static CM_RESULT
read_kinds(struct adding *a, struct cm_json root)
{
	struct cm_json list;
	const char *text;
	enum cm_result rc;

	a->list.kinds = CM_WARNING_ADDRESS | CM_WARNING_HOST | CM_WARNING_HASH;
	if (!cm_json_has(root, "matching_attributes"))
		return CM_OK;
	rc = cm_json_get_list(root, "matching_attributes", &list, a->err);
	if (rc != CM_OK || cm_json_len(list) == 0)
		return rc;
	a->list.kinds = 0;
	for (size_t i = 0; rc == CM_OK && i < cm_json_len(list); i++) {
		rc = cm_json_str(cm_json_at(list, i), "matching_attributes", &text, a->err);
		if (rc == CM_OK)
			a->list.kinds |= kinds_of(text);
	}
	return rc;
}

static CM_RESULT
optional(struct adding *a, struct cm_json root, const char *name, const char **out)
{
	const char *text;
	enum cm_result rc;

	if (!cm_json_has(root, name))
		return CM_OK;
	rc = cm_json_get_str(root, name, &text, a->err);
	return rc == CM_OK ? keep(a, text, out) : rc;
}

static CM_RESULT
read_head(struct adding *a, struct cm_json root, const struct type **type)
{
	const char *text = NULL;
	enum cm_result rc = cm_json_get_str(root, "name", &text, a->err);

	if (rc == CM_OK && (text[0] == '\0' || strlen(text) > CM_WARNING_VALUE))
		return cm_err_set(a->err, CM_E_MALFORMED, "name: expected 1 to %u bytes", CM_WARNING_VALUE);
	if (rc == CM_OK)
		rc = keep(a, text, &a->list.name);
	if (rc == CM_OK)
		rc = optional(a, root, "description", &a->list.description);
	if (rc == CM_OK)
		rc = optional(a, root, "blunder", &a->list.blunder);
	if (rc == CM_OK)
		rc = cm_json_get_str(root, "type", &text, a->err);
	if (rc == CM_OK)
		rc = read_kinds(a, root);
	for (size_t i = 0; rc == CM_OK && i < TYPES; i++) {
		if (strcmp(text, types[i].word) != 0)
			continue;
		*type = &types[i];
		a->list.type = types[i].word;
		a->list.kinds &= types[i].kinds;
		return CM_OK;
	}
	return rc == CM_OK ? cm_err_set(a->err, CM_E_UNSUPPORTED,
				 "type: expected cidr, hostname, string, substring or regex, not %.40s", text) :
			     rc;
}

static CM_RESULT
read_list(struct adding *a, struct cm_json root)
{
	const struct type *type = NULL;
	struct cm_json list = { 0 };
	const char *text;
	enum cm_result rc;

	if (cm_json_type(root) != CM_JSON_OBJECT)
		return cm_err_set(a->err, CM_E_MALFORMED, "expected an object with name, type and list");
	rc = read_head(a, root, &type);
	if (rc == CM_OK)
		rc = cm_json_get_list(root, "list", &list, a->err);
	for (size_t i = 0; rc == CM_OK && i < cm_json_len(list); i++) {
		rc = cm_json_str(cm_json_at(list, i), "list", &text, a->err);
		if (rc == CM_OK)
			rc = type->add(a, text);
	}
	return rc;
}

CM_RESULT
cm_warnings_add(struct cm_warnings *w, struct cm_span json, struct cm_err *err)
{
	struct adding a = { .w = w, .err = err, .number = (uint32_t)cm_warnings_n(w) };
	const size_t was[] = { w->prefixes.len, w->names.len, w->parts.len, w->entries };
	struct cm_json_doc doc = { 0 };
	enum cm_result rc;

	if (w->ready)
		return cm_err_set(err, CM_E_USAGE, "warning lists that are searched already take no more");
	if (cm_warnings_n(w) == CM_WARNING_LISTS)
		return cm_err_set(err, CM_E_LIMIT, "more than %u warning lists", CM_WARNING_LISTS);
	rc = cm_json_parse(json, &doc, err);
	if (rc == CM_OK)
		rc = read_list(&a, cm_json_root(&doc));
	cm_json_release(&doc);
	if (rc == CM_OK)
		cm_buf_add(&w->lists, &a.list, sizeof(a.list));
	if (rc == CM_OK && cm_buf_ok(&w->lists))
		return CM_OK;
	/* as if it had never been there; a buffer that failed holds what it held */
	w->prefixes.len = was[0];
	w->names.len = was[1];
	w->parts.len = was[2];
	w->entries = was[3];
	w->prefixes.failed = w->names.failed = w->parts.failed = w->lists.failed = false;
	return rc != CM_OK ? rc : no_memory(err);
}

CM_RESULT
cm_warnings_add_builtin(struct cm_warnings *w, struct cm_err *err)
{
	enum cm_result rc = CM_OK;

	for (size_t i = 0; rc == CM_OK && i < cm_warning_files_n; i++)
		rc = cm_warnings_add(w, cm_warning_files[i].bytes, err);
	return rc;
}

size_t
cm_warnings_n(const struct cm_warnings *w)
{
	return w->lists.len / sizeof(struct cm_warning_list);
}

const struct cm_warning_list *
cm_warnings_at(const struct cm_warnings *w, size_t i)
{
	return (const struct cm_warning_list *)(const void *)w->lists.ptr + i;
}
