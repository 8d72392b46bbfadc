#include <stddef.h>

#include "traffic/likeness.h"

#define NEARLY_ALL 9u /* tenths */

static void
bump(uint32_t *n, bool yes)
{
	*n += yes && *n != UINT32_MAX;
}

void
cm_likeness_count(uint32_t n[4], const struct cm_packet *p)
{
	bool plain = p->dst.net == 4 && !p->dst.tied;
	uint32_t them = plain ? cm_get32(p->dst.addr) : 0, masscan = them ^ p->dport ^ p->seq;

	bump(&n[CM_LIKE_NMAP], p->opts == CM_OPT_MSS && p->mss == 1460 && p->window % 1024 == 0 &&
	    p->window >= 1024 && p->window <= 4096);
	bump(&n[CM_LIKE_MASSCAN], plain && p->ipid == (masscan & 0xffff));
	bump(&n[CM_LIKE_ZMAP], p->ipid == 54321);
	bump(&n[CM_LIKE_MIRAI], plain && p->seq == them);
}

const char *
cm_likeness_name(const uint32_t n[4], uint64_t of, bool scan)
{
	static const char *const name[2][4] = {
		{ NULL, NULL, NULL, "like Mirai's: the sequence number is the target's address" },
		{ "like nmap's: window 1024 to 4096, MSS 1460 the only option",
		    "like masscan's: the IP id follows from address, port and sequence number",
		    "like ZMap's: IP id 54321",
		    "like Mirai's: the sequence number is the target's address" },
	};

	for (unsigned i = 0; i < 4; i++)
		if (of >= 4 && n[i] >= of / 10 * NEARLY_ALL + of % 10 * NEARLY_ALL / 10 && name[scan][i] != NULL)
			return name[scan][i];
	return NULL;
}
