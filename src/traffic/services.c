#include <string.h>

#include "traffic/services.h"

/* By port.  `big` where the service is in ordinary use, and a one-sided capture of it could
 * look like answers that nobody asked for: more than its ordinary answers have. */
static const struct cm_service services[] = {
	{ 17, 0, "QOTD" },
	{ 19, 0, "chargen" },
	{ 53, 512, "DNS" },
	{ 69, 0, "TFTP" },
	{ 111, 0, "portmap" },
	{ 123, 200, "NTP" },
	{ 137, 150, "NetBIOS" },
	{ 161, 400, "SNMP" },
	{ 177, 0, "XDMCP" },
	{ 389, 1000, "CLDAP" },
	{ 427, 0, "SLP" },
	{ 500, 0, "ISAKMP" },
	{ 520, 600, "RIP" },
	{ 623, 0, "IPMI" },
	{ 1194, 0, "OpenVPN" },
	{ 1434, 0, "MSSQL" },
	{ 1604, 0, "Citrix ICA" },
	{ 1701, 0, "L2TP" },
	{ 1900, 0, "SSDP" },
	{ 3283, 0, "ARD" },
	{ 3389, 1300, "RDP" },
	{ 3478, 1300, "STUN" },
	{ 3702, 0, "WS-Discovery" },
	{ 4500, 0, "ISAKMP" }, /* behind a NAT */
	{ 5060, 600, "SIP" },
	{ 5093, 0, "Sentinel" },
	{ 5351, 0, "NAT-PMP" },
	{ 5353, 512, "mDNS" },
	{ 5683, 600, "CoAP" },
	{ 6881, 600, "BitTorrent" },
	{ 8116, 0, "Check Point" },
	{ 10001, 0, "Ubiquiti" },
	{ 11211, 600, "memcached" },
	{ 27015, 1300, "Steam" },
	{ 27960, 600, "Quake" },
	{ 30120, 600, "FiveM" },
	{ 32414, 0, "Plex" },
	{ 33848, 0, "Jenkins" },
	{ 37810, 0, "DVR" },
};

const struct cm_service *
cm_service_of(uint16_t port)
{
	size_t lo = 0, hi = sizeof(services) / sizeof(services[0]);

	if (!cm_service_maybe(port))
		return NULL;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (services[mid].port < port)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < sizeof(services) / sizeof(services[0]) && services[lo].port == port ? &services[lo] : NULL;
}

uint16_t
cm_service_port(const char *name, uint16_t port)
{
	const struct cm_service *s = name == NULL ? NULL : cm_service_of(port);

	return s != NULL && strcmp(s->name, name) == 0 ? port : 0;
}
