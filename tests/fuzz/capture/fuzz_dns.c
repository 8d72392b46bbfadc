/* Any bytes as a DNS message: a value or a refusal, and counts that add up. */
#include "../fuzz.h"

#include "capture/dns.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_dns d, again;
	enum cm_result r = cm_dns_parse(cm_span_of(data, size), &d);

	must(r == CM_OK || r == CM_E_MALFORMED);
	if (r != CM_OK)
		return 0;
	must(d.n_read <= d.n_answers && d.n_read <= CM_DNS_RECORDS);
	must(d.n_a + d.n_aaaa <= d.n_read);
	must(cm_dns_parse(cm_span_of(data, size), &again) == CM_OK);
	must(again.name == d.name && again.answers == d.answers);
	return 0;
}
