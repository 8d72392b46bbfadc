#include "worker/summary_json.h"

unsigned
cm_encrypted_percent(const struct cm_engine_stats *stats)
{
	uint64_t all = stats->payload, part = stats->encrypted;

	if (all == 0)
		return 0;
	/* Beyond 2^57 bytes the share is taken of rounded numbers. */
	if (all > UINT64_MAX / 128) {
		all /= 128;
		part /= 128;
	}
	return (unsigned)(part * 100 / all);
}

static const char *
name_of(const struct cm_file_names *names, size_t file)
{
	return file < names->n ? names->name[file] : NULL;
}

static void
files(struct cm_jsonw *w, const struct cm_scan_summary *s, const struct cm_file_names *names)
{
	cm_jsonw_key(w, "files");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_files; i++) {
		const struct cm_scan_file *f = &s->file[i];
		const struct cm_err *e = f->refused.code != CM_OK ? &f->refused : &f->damage;

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "file", name_of(names, i));
		cm_jsonw_kuint(w, "bytes", f->bytes);
		cm_jsonw_kuint(w, "frames", f->frames);
		cm_jsonw_kstr(w, "packing", cm_packing_word(f->packing));
		cm_jsonw_kstr(w, "error", e->code != CM_OK ? e->text : NULL);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
fragments(struct cm_jsonw *w, const struct cm_fragment_stats *f)
{
	cm_jsonw_key(w, "fragments");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "seen", f->parts);
	cm_jsonw_kuint(w, "datagrams", f->datagrams);
	cm_jsonw_kuint(w, "lost", f->lost);
	cm_jsonw_kuint(w, "overlaps", f->overlaps);
	cm_jsonw_kuint(w, "conflicts", f->conflicts);
	cm_jsonw_object_end(w);
}

static void
links(struct cm_jsonw *w, const struct cm_scan_summary *s)
{
	cm_jsonw_key(w, "link_types");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_links; i++) {
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "link_type", s->link[i].linktype);
		cm_jsonw_kuint(w, "frames", s->link[i].frames);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
skipped(struct cm_jsonw *w, const struct cm_scan_summary *s, const struct cm_file_names *names)
{
	cm_jsonw_key(w, "skipped");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "places", s->n_skipped);
	cm_jsonw_kuint(w, "bytes", s->skipped_bytes);
	cm_jsonw_key(w, "list");
	cm_jsonw_array(w);
	for (size_t i = 0; i < s->n_skipped && i < CM_SCAN_SKIPPED_MAX; i++) {
		const struct cm_scan_skipped *k = &s->skipped[i];

		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "file", name_of(names, k->file));
		cm_jsonw_kuint(w, "offset", k->offset);
		cm_jsonw_kuint(w, "bytes", k->bytes);
		cm_jsonw_kstr(w, "reason", k->reason);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	cm_jsonw_object_end(w);
}

static void
flows(struct cm_jsonw *w, const struct cm_engine_stats *stats)
{
	cm_jsonw_key(w, "flows");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "tcp", stats->tcp_flows);
	cm_jsonw_kuint(w, "udp", stats->udp_flows);
	cm_jsonw_object_end(w);
	cm_jsonw_kuint(w, "dns_messages", stats->dns_messages);
	cm_jsonw_kuint(w, "one_sided", stats->one_sided);
	cm_jsonw_kuint(w, "cut_short", stats->cut_short);
}

static void
evicted(struct cm_jsonw *w, const struct cm_engine_stats *stats)
{
	cm_jsonw_key(w, "evicted");
	cm_jsonw_object(w);
	cm_jsonw_kuint(w, "flows", stats->evicted_flows);
	cm_jsonw_kuint(w, "candidates", stats->evicted_candidates);
	cm_jsonw_kuint(w, "hosts", stats->evicted_hosts);
	cm_jsonw_kuint(w, "incidents_not_listed", stats->not_listed);
	cm_jsonw_kuint(w, "incidents_without_support", stats->unsupported);
	cm_jsonw_object_end(w);
}

void
cm_scan_summary_json(struct cm_jsonw *w, const struct cm_scan_summary *s,
    const struct cm_engine_stats *stats, const struct cm_file_names *names)
{
	cm_jsonw_object(w);
	files(w, s, names);
	cm_jsonw_kuint(w, "bytes", s->bytes);
	cm_jsonw_kuint(w, "frames", s->frames);
	cm_jsonw_kuint(w, "selected", s->selected);
	cm_jsonw_kuint(w, "packets", s->packets);
	cm_jsonw_ktime(w, "first", s->has_time, s->first_ns);
	cm_jsonw_ktime(w, "last", s->has_time, s->last_ns);
	flows(w, stats);
	cm_jsonw_kuint(w, "payload_bytes", s->payload);
	cm_jsonw_kuint(w, "captured_bytes", s->payload_captured);
	cm_jsonw_kuint(w, "encrypted_bytes", stats->encrypted);
	cm_jsonw_kuint(w, "encrypted_percent", cm_encrypted_percent(stats));
	fragments(w, &s->fragments);
	cm_jsonw_kuint(w, "bad_checksums", stats->bad_checksums);
	cm_jsonw_kuint(w, "not_ip", s->no_ip);
	cm_jsonw_kuint(w, "headless", s->headless);
	cm_jsonw_kuint(w, "snapped", s->snapped);
	links(w, s);
	skipped(w, s, names);
	evicted(w, stats);
	cm_jsonw_object_end(w);
}
