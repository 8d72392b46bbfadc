/* What an ICMP error quotes; the first two bytes say of which protocol and type it is. */
#include "../fuzz.h"

#include "detect/quotes.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_packet p = { .quoted = true };
	struct cm_quotes all = { 0 };
	struct cm_quote q;
	bool is;

	if (size < 2)
		return 0;
	p.proto = data[0];
	p.sport = data[1];
	p.payload = cm_span_of(data + 2, size - 2);
	is = cm_quote_read(&p, &q);
	must(!is || size >= 2 + 4 + 20 + 8);
	must(!is || (q.src.net == q.dst.net && (q.src.net == 4 || q.src.net == 6)));
	for (unsigned i = 0; i < 70; i++)
		if (cm_quotes_packet(&all, &p) != CM_OK)
			break;
	must(all.n == (is ? 70 : 0));
	cm_quotes_release(&all);
	return 0;
}
