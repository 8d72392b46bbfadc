#include <string.h>

#include "node/http_path.h"

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static bool
is_segment(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!is_plain(s[i]))
			return false;
	return len > 0 && !(len <= 2 && strspn(s, ".") >= len);
}

bool
cm_http_path_ok(const char *path)
{
	if (path[0] != '/')
		return false;
	if (path[1] == '\0')
		return true;
	for (const char *s = path; *s == '/';) {
		size_t len = strcspn(s + 1, "/");

		if (!is_segment(s + 1, len))
			return false;
		s += 1 + len;
	}
	return true;
}

const struct cm_http_site *
cm_http_path_site(const struct cm_http_site *site, size_t n, const char *path, const char **rest)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(site[i].prefix);

		if (strncmp(path, site[i].prefix, len) == 0 && path[len] == '/') {
			*rest = path + len + 1;
			return &site[i];
		}
	}
	return NULL;
}
