/* A warning list, and behind a NUL a value: an error, or a list of which every match is an entry that has the
 * value, by a slow look at the words of the format. */
#include <string.h>
#include <strings.h>

#include "fuzz.h"
#include "warning/gate.h"

#define MATCHES 8

/* Does a name end in what the entry says, or is it that? */
static bool
name_has(struct cm_span value, struct cm_span entry, bool whole)
{
	while (entry.len > 0 && entry.ptr[0] == '.' && !whole)
		entry = cm_span_part(entry, 1, entry.len);
	if (entry.len > 0 && entry.ptr[entry.len - 1] == '.')
		entry.len--;
	if (value.len > 0 && value.ptr[value.len - 1] == '.')
		value.len--;
	if (entry.len > value.len)
		return false;
	return strncasecmp((const char *)value.ptr + value.len - entry.len, (const char *)entry.ptr, entry.len) == 0;
}

static void
check_names(const struct cm_warnings *w, struct cm_span value)
{
	struct cm_warning_match m[MATCHES];
	size_t n = cm_warning_check_host(w, value, m, MATCHES);

	must(value.len <= CM_WARNING_VALUE + 1 || n == 0);
	for (size_t i = 0; i < n && i < MATCHES; i++) {
		must((m[i].list->kinds & CM_WARNING_HOST) != 0 && m[i].list->entries > 0);
		if (strcmp(m[i].list->type, "hostname") == 0)
			must(name_has(value, cm_span_str(m[i].entry), false));
		if (strcmp(m[i].list->type, "string") == 0)
			must(name_has(value, cm_span_str(m[i].entry), m[i].entry[0] != '.') || m[i].entry[0] == '.');
		must(strcmp(m[i].list->type, "regex") != 0 && strcmp(m[i].list->type, "cidr") != 0);
	}
}

static void
check_address(const struct cm_warnings *w, struct cm_span value)
{
	struct cm_warning_match m[MATCHES];
	uint8_t addr[16], entry[16];
	char head[64];
	size_t len, entry_len, n;

	if (!cm_warning_address(value, addr, &len))
		return;
	n = cm_warning_check_address(w, cm_span_of(addr, len), m, MATCHES);
	for (size_t i = 0; i < n && i < MATCHES; i++) {
		size_t cut = strcspn(m[i].entry, "/");

		must((m[i].list->kinds & CM_WARNING_ADDRESS) != 0 && cut < sizeof(head));
		memcpy(head, m[i].entry, cut);
		must(cm_warning_address(cm_span_of(head, cut), entry, &entry_len) && entry_len == len);
		/* at least the first bit, as no entry has none */
		must((entry[0] & 0x80) == (addr[0] & 0x80));
		must(m[i].entry[cut] == '/' || memcmp(entry, addr, len) == 0);
	}
}

static void
check_gate(const struct cm_warnings *w, struct cm_span value)
{
	struct cm_gate *g = cm_gate_new(w);

	if (g == NULL)
		return;
	if (cm_gate_host(g, value, false, 1) == CM_OK && cm_gate_hash(g, value, true, 2) == CM_OK &&
	    cm_gate_address(g, value, true, 3) == CM_OK)
		for (size_t i = 0; i < cm_gate_n(g); i++)
			must(cm_gate_at(g, i)->sentence[0] != '\0' && cm_gate_at(g, i)->times == 1);
	cm_gate_free(g);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size == 0 ? NULL : memchr(data, '\0', size);
	size_t len = nul == NULL ? size : (size_t)(nul - data);
	struct cm_span value = nul == NULL ? cm_span_of(data, 0) : cm_span_of(nul + 1, size - len - 1);
	struct cm_warnings *w = cm_warnings_new();
	struct cm_err err = { 0 };
	enum cm_result rc;

	if (w == NULL)
		return 0;
	rc = cm_warnings_add(w, cm_span_of(data, len), &err);
	must(err.code == rc && cm_warnings_n(w) == (rc == CM_OK));
	cm_warnings_end(w);
	check_names(w, value);
	check_address(w, value);
	check_gate(w, value);
	cm_warnings_free(w);
	return 0;
}
