/* Names of sites that have nothing to do with one another. */
#include "world.h"

#include <stdio.h>

void
gen_site_name(char *out, size_t size, uint32_t n)
{
	static const char *const a[16] = { "harbour", "maple", "north", "river", "granite",
		"violet", "cedar", "lantern", "copper", "meadow", "falcon", "orchard", "summit",
		"willow", "amber", "coast" };
	static const char *const b[16] = { "news", "recipes", "forum", "motors", "garden", "music",
		"travel", "school", "sports", "books", "clinic", "photo", "games", "weather",
		"films", "market" };
	static const char *const ends[4] = { "example.com", "example.net", "example.org",
		"example" };

	if (n < 256)
		snprintf(
		    out, size, "%s-%s.%s", a[n % 16], b[(n / 16 + n * 5) % 16], ends[n * 7 % 4]);
	else
		snprintf(out, size, "%s-%s%u.%s", a[n % 16], b[(n / 16 + n * 5) % 16], n / 256,
		    ends[n * 7 % 4]);
}
