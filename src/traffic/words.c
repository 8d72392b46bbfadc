#include "traffic/traffic.h"

const char *
cm_traffic_kind_word(enum cm_traffic_kind k)
{
	static const char *const word[CM_TRAFFIC_KINDS] = { "syn-flood", "volume-flood", "reflection", "amplification",
		"fragment-flood", "http-flood", "lease-flood", "syn-scan", "connect-scan", "udp-scan" };

	return word[k];
}

const char *
cm_traffic_verdict_word(enum cm_traffic_verdict v)
{
	static const char *const word[] = { "flood", "surge", "scan" };

	return word[v];
}
