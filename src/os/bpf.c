#include <stdlib.h>

#include <netdb.h>
#include <nss.h>
#include <pcap/pcap.h>

#include "os/bpf.h"

enum { SNAPLEN = 262144 };

struct program {
	uint16_t linktype;
	bool compiled;
	struct bpf_program code;
};

struct cm_bpf {
	size_t n;
	struct program program[];
};

/* A link type as files have it is not always libpcap's number for it. */
static int
dlt_of(uint16_t linktype)
{
	return linktype == 101 || linktype == 14 ? DLT_RAW : linktype;
}

static void
compile(struct program *p, const char *expression, struct cm_err *err)
{
	pcap_t *dead = pcap_open_dead(dlt_of(p->linktype), SNAPLEN);

	if (dead == NULL) {
		(void)cm_err_set(err, CM_E_NOMEM, "out of memory for the filter");
		return;
	}
	p->compiled = pcap_compile(dead, &p->code, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!p->compiled)
		(void)cm_err_set(err, CM_E_USAGE, "--filter '%s': %s", expression, pcap_geterr(dead));
	pcap_close(dead);
}

enum cm_result
cm_bpf_new(const char *expression, const uint16_t *linktypes, size_t n, struct cm_bpf **out,
    struct cm_err *err)
{
	struct cm_bpf *f = calloc(1, sizeof(*f) + n * sizeof(f->program[0]));
	struct cm_err first = { 0 };
	bool any = false;

	if (f == NULL)
		return cm_err_set(err, CM_E_NOMEM, "out of memory for the filter");
	/* Whom we investigate must not see a name server ask for them. */
	__nss_configure_lookup("hosts", "files");
	__nss_configure_lookup("networks", "files");
	f->n = n;
	for (size_t i = 0; i < n; i++) {
		f->program[i].linktype = linktypes[i];
		compile(&f->program[i], expression, &first);
		any |= f->program[i].compiled;
	}
	if (!any) {
		cm_bpf_free(f);
		return cm_err_set(err, first.code, "%s", first.text);
	}
	*out = f;
	return CM_OK;
}

bool
cm_bpf_match(const struct cm_bpf *f, uint16_t linktype, struct cm_span data, uint32_t orig_len)
{
	struct pcap_pkthdr header = { .caplen = (uint32_t)data.len, .len = orig_len };

	for (size_t i = 0; i < f->n; i++) {
		const struct program *p = &f->program[i];

		if (p->linktype == linktype)
			return p->compiled && pcap_offline_filter(&p->code, &header, data.ptr) != 0;
	}
	return false;
}

void
cm_bpf_free(struct cm_bpf *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->n; i++)
		if (f->program[i].compiled)
			pcap_freecode(&f->program[i].code);
	free(f);
}
