#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/decode.h"
#include "capture/fragment.h"
#include "crypto/sha256.h"
#include "dossier/load.h"
#include "dossier/of_incident.h"
#include "dossier/of_traffic.h"
#include "made.h"
#include "statement/key.h"

#define FINDINGS_MAX 1000
#define TRAFFIC_MAX 16

struct making {
	const struct made_how *how;
	struct cm_span capture;
	struct cm_arena arena;
	struct cm_key key;
	struct cm_signer signer;
	uint64_t number;
	uint8_t previous[32];
	struct cm_seal_secret secret;
	struct cm_seal seal;
	struct cm_subject subject;
	struct cm_engine *engine;
	struct cm_frame_rows *rows;
	struct cm_traffic *traffic; /* of the whole capture; */
	struct cm_drawn *drawn[TRAFFIC_MAX]; /* of each finding of it */
	struct cm_buf index;
	struct cm_err err;
};

static const uint8_t source_digest[32] = { 7 };

/* Signs what `body` has written between head and end. */
typedef void body_fn(struct cm_jsonw *w, void *arg);

static bool
state(struct making *m, enum cm_predicate type, body_fn *body, void *arg, struct cm_pack_text *out)
{
	struct cm_statement head = { .type = type, .subject = &m->subject, .n_subject = 1, .made = 1700000000 };
	struct cm_buf json = { 0 }, sig = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&json, 2);
	bool ok;

	m->number++;
	head.number = m->number == m->how->fork ? m->number - 1 : m->number;
	head.nonce[0] = (uint8_t)m->number;
	if (head.number > 1)
		memcpy(head.previous, m->previous, 32);
	cm_ssh_fingerprint(&m->key.pub, head.by);
	if (m->how->head != NULL)
		m->how->head(&head);
	cm_statement_begin(&w, &head);
	body(&w, arg);
	cm_statement_end(&w);
	ok = cm_buf_ok(&json) && cm_sshsig_sign(&m->signer, cm_buf_span(&json), &sig, &m->err) == CM_OK;
	if (ok && m->number + 1 != m->how->fork)
		cm_sha256(json.ptr, json.len, m->previous);
	if (ok) {
		*out = (struct cm_pack_text) { 0 };
		out->json = cm_span_of(cm_arena_copy(&m->arena, json.ptr, json.len), json.len);
		out->sig = cm_span_of(cm_arena_copy(&m->arena, sig.ptr, sig.len), sig.len);
		ok = out->json.ptr != NULL && out->sig.ptr != NULL;
	}
	cm_buf_release(&json);
	cm_buf_release(&sig);
	return ok;
}

static void
write_seal(struct cm_jsonw *w, void *arg)
{
	const struct making *m = arg;
	struct cm_seal_v1 s = { .seal = m->seal, .has_collected = true, .tool_name = "comity",
		.tool_version = "0" };

	s.collected[CM_COLLECTED_BY].text = "a <b>collector</b>";
	cm_seal_v1_write(w, &s);
}

static void
write_finding(struct cm_jsonw *w, void *arg)
{
	cm_finding_write(w, arg);
}

static void
write_traffic(struct cm_jsonw *w, void *arg)
{
	cm_traffic_v1_write(w, arg);
}

static void
write_custody(struct cm_jsonw *w, void *arg)
{
	cm_custody_write(w, arg);
}

/* A hand-over of the one exhibit. */
static bool
hand_over(struct making *m, const struct cm_pack_text *sealed, struct cm_pack_text *out)
{
	static const struct cm_claim_text text = { .text = "somebody" };
	static const struct cm_claim_text at = { .text = "2023-11-14T22:13:20Z" };
	const struct cm_subject was = m->subject;
	uint8_t digest[1][32];
	struct cm_custody c = { .seals = { digest, 1 }, .from = text, .to_whom = text, .how = text, .at = at };
	bool ok;

	cm_sha256(sealed->json.ptr, sealed->json.len, digest[0]);
	if (m->how->handed != NULL)
		m->how->handed(&m->subject);
	ok = state(m, CM_PREDICATE_CUSTODY, write_custody, &c, out);
	m->subject = was;
	return ok;
}

static void
write_disclosure(struct cm_jsonw *w, void *arg)
{
	cm_disclosure_write(w, arg);
}

static bool
feed(struct making *m, struct cm_fragments *fragments, const struct cm_record *r)
{
	struct cm_frame f = cm_frame_of(r, 0), whole;
	struct cm_layers layers;
	struct cm_packet p;
	enum cm_decoded what = cm_decode(&f, &p, &layers);

	p.open = CM_OPEN_ALL;
	if (m->how->blind)
		p.checksum = CM_CSUM_UNKNOWN;
	if (what == CM_DECODED_PACKET)
		return cm_engine_packet(m->engine, &p, true) == CM_OK;
	if (what != CM_DECODED_FRAGMENT || cm_fragments_add(fragments, &f, &layers, &whole) != CM_OK)
		return true;
	if (cm_decode(&whole, &p, &layers) != CM_DECODED_PACKET)
		return true;
	p.open = CM_OPEN_ALL;
	if (m->how->blind)
		p.checksum = CM_CSUM_UNKNOWN;
	return cm_engine_packet(m->engine, &p, false) == CM_OK;
}

static bool
detect(struct making *m)
{
	struct cm_params params = cm_params_default();
	struct cm_fragments *fragments = NULL;
	struct cm_reader *reader = NULL;
	struct cm_record r;
	uint64_t row;
	bool ok = cm_engine_new(&params, &m->engine) == CM_OK && cm_fragments_new(1 << 20, &fragments) == CM_OK &&
	    cm_reader_new(cm_source_of_memory(&m->capture), "made", &reader, &m->err) == CM_OK;

	while (ok && cm_reader_next(reader, &r, &m->err) == CM_OK) {
		if (r.is_frame && (m->how->only_to == 0 || r.frame <= m->how->only_to))
			ok = feed(m, fragments, &r);
	}
	cm_reader_free(reader);
	reader = NULL;
	cm_fragments_free(fragments);
	ok = ok && cm_engine_finish(m->engine) == CM_OK &&
	    cm_frame_rows_of(m->engine, 1, &m->arena, &m->rows) == CM_OK &&
	    cm_reader_new(cm_source_of_memory(&m->capture), "made", &reader, &m->err) == CM_OK;
	for (row = 0; ok && cm_reader_next(reader, &r, &m->err) == CM_OK; row++) {
		if (r.cut)
			cm_frame_rows_meet(m->rows, r.frame, row);
	}
	cm_reader_free(reader);
	return ok;
}

static bool
seal(struct making *m, struct cm_pack_text *out)
{
	struct cm_schema schema = cm_schema_of(CM_KIND_CAPTURE);
	struct cm_sink index = cm_sink_of_buf(&m->index);
	struct cm_cut_rows *rows;
	bool ok;

	memset(m->secret.x, 0x11, 32);
	memset(m->secret.s, 0x22, 32);
	if (cm_cut_rows_new(&schema, cm_source_of_memory(&m->capture), "made", &rows, &m->err) != CM_OK)
		return false;
	ok = cm_table_commit(&schema, &m->secret, cm_cut_rows_source(rows), &index, &m->seal, &m->err) == CM_OK &&
	    cm_cut_rows_places(rows, &index) == CM_OK;
	cm_cut_rows_free(rows);
	memcpy(m->subject.exhibit, m->seal.x, 32);
	memcpy(m->subject.root, m->seal.root, 32);
	return ok && state(m, CM_PREDICATE_SEAL, write_seal, m, out);
}

static bool
find(struct making *m, const struct cm_pack_text *sealed, struct cm_pack_text *out, size_t *n)
{
	struct cm_params params = cm_params_default();
	static const uint32_t zero[1];
	struct cm_of_incident how = { m->rows, zero, 1, &params, { 0 } };
	struct cm_finding f;
	size_t i;

	memcpy(how.source, source_digest, 32);
	for (i = *n = 0; i < cm_engine_count(m->engine) && *n < FINDINGS_MAX; i++) {
		if (cm_engine_incident(m->engine, i)->verdict == CM_VERDICT_EXPLAINED)
			continue;
		if (cm_finding_of_incident(cm_engine_incident(m->engine, i), &how, &m->arena, &f) != CM_OK)
			continue;
		cm_sha256(sealed->json.ptr, sealed->json.len, f.seals[0]);
		if (m->how->finding != NULL)
			m->how->finding(&f);
		if (!state(m, CM_PREDICATE_FINDING, write_finding, &f, &out[(*n)++]))
			return false;
	}
	return true;
}

/* Every frame, and the row that it is, in order. */
static bool
count_pass(struct making *m, size_t n)
{
	struct cm_reader *reader = NULL;
	struct cm_layers layers;
	struct cm_record r;
	struct cm_packet p;
	struct cm_frame f;
	uint64_t row;
	size_t i;
	bool ok = cm_reader_new(cm_source_of_memory(&m->capture), "made", &reader, &m->err) == CM_OK;

	for (row = 0; ok && cm_reader_next(reader, &r, &m->err) == CM_OK; row++) {
		f = cm_frame_of(&r, 0);
		if (!r.is_frame || cm_decode(&f, &p, &layers) > CM_DECODED_FRAGMENT)
			continue;
		p.open = CM_OPEN_ALL;
		if (n == 0 && !(m->how->blind_too && m->how->skip(row)))
			ok = cm_traffic_packet(m->traffic, &p) == CM_OK;
		for (i = 0; ok && i < n; i++)
			if (m->how->skip == NULL || !m->how->skip(row))
				ok = cm_drawn_packet(m->drawn[i], 0, row, &p) == CM_OK;
	}
	cm_reader_free(reader);
	return ok;
}

static bool
count(struct making *m, const struct cm_pack_text *sealed, struct cm_pack_text *out, size_t *n)
{
	struct cm_traffic_params params = cm_traffic_params_default();
	static uint8_t seal[1][32];
	struct cm_traffic_v1 t;
	enum cm_result rc;
	size_t i, all;

	*n = 0;
	cm_sha256(sealed->json.ptr, sealed->json.len, seal[0]);
	if (cm_traffic_new(&params, &m->traffic) != CM_OK || !count_pass(m, 0) || cm_traffic_finish(m->traffic) != CM_OK)
		return false;
	all = cm_traffic_n(m->traffic) < TRAFFIC_MAX ? cm_traffic_n(m->traffic) : TRAFFIC_MAX;
	for (i = 0; i < all; i++)
		if (cm_drawn_new(cm_traffic_at(m->traffic, i), (const uint8_t (*)[32])seal, 1, &m->drawn[i]) != CM_OK)
			return false;
	if (all > 0 && !count_pass(m, all))
		return false;
	for (i = 0; i < all; i++) {
		rc = cm_drawn_state(m->drawn[i], params.memory, source_digest, &m->arena, &t);
		if (rc == CM_E_NOTFOUND)
			continue;
		if (rc != CM_OK)
			return false;
		if (m->how->traffic != NULL)
			m->how->traffic(&t);
		if (!state(m, CM_PREDICATE_TRAFFIC, write_traffic, &t, &out[(*n)++]))
			return false;
	}
	return true;
}

static bool
finish(struct making *m, struct cm_span files, struct cm_buf *out)
{
	struct cm_sink sink = cm_sink_of_buf(out);
	struct cm_disclosure d;
	struct cm_json_doc doc = { 0 };
	struct cm_zip_entry *e;
	struct cm_pack_text text;
	struct cm_zip zip;
	struct cm_span draft;
	size_t i, n = 0;
	bool ok = cm_zip_read(files, &m->arena, &zip, &m->err) == CM_OK &&
	    cm_zip_find(&zip, CM_PACK_DRAFT, &draft) == CM_OK &&
	    cm_json_parse(draft, &doc, &m->err) == CM_OK &&
	    cm_disclosure_read(cm_json_root(&doc), &m->arena, &d, &m->err) == CM_OK;

	cm_json_release(&doc);
	if (!ok)
		return false;
	e = cm_arena_array(&m->arena, zip.n + 2, sizeof(*e));
	d.files = cm_arena_array(&m->arena, zip.n, sizeof(d.files[0]));
	if (e == NULL || d.files == NULL)
		return false;
	for (i = 0; i < zip.n; i++) {
		if (!cm_span_eq(zip.entry[i].name, cm_span_str(CM_PACK_DRAFT)) &&
		    !cm_span_eq(zip.entry[i].name, cm_span_str(CM_PACK_MAP)))
			e[n++] = zip.entry[i];
	}
	if (m->how->files != NULL)
		m->how->files(e, n);
	for (i = d.n_files = 0; i < n; i++) {
		struct cm_disclosed_file *f = &d.files[d.n_files];

		if (cm_load_is_unlisted(e[i].name))
			continue;
		f->name = cm_arena_printf(&m->arena, "%.*s", (int)e[i].name.len, (const char *)e[i].name.ptr);
		f->bytes = e[i].data.len;
		cm_sha256(e[i].data.ptr, e[i].data.len, f->sha256);
		if (f->name == NULL)
			return false;
		d.n_files++;
	}
	if (!state(m, CM_PREDICATE_DISCLOSURE, write_disclosure, &d, &text))
		return false;
	e[n++] = (struct cm_zip_entry) { cm_span_str("disclosure.json"), text.json };
	e[n++] = (struct cm_zip_entry) { cm_span_str("disclosure.json.sig"), text.sig };
	return cm_zip_write(e, n, &sink, &m->err) == CM_OK;
}

/* What is done together does not depend on what is done first. */
static void
the_other_first(void *self, cm_work *one, void *one_arg, cm_work *other, void *other_arg)
{
	(void)self;
	other(other_arg);
	one(one_arg);
}

static const struct cm_together turned = { the_other_first, NULL };

static bool
make(struct making *m, struct made *out)
{
	struct cm_buf files = { 0 };
	struct cm_sink to = cm_sink_of_buf(&files);
	struct cm_pack_exhibit x = { .source = cm_source_of_memory(&m->capture), .name = "made",
		.secret = &m->secret };
	struct cm_pack_text *finding = cm_arena_array(&m->arena, FINDINGS_MAX, sizeof(*finding));
	struct cm_pack_text traffic[TRAFFIC_MAX];
	struct cm_pack_in in = { .exhibits = &x, .n_exhibits = 1, .findings = finding,
		.made = "2023-11-14T22:13:20Z", .tool_name = "comity", .tool_version = "0",
		.leak_ok = m->how->leak_ok, .files = &to,
		.together = m->how->turned ? &turned : NULL };
	struct cm_pack_out packed = { 0 };
	struct cm_pack_text custody;
	char by[CM_FINGERPRINT_LEN + 1];
	static const uint8_t seed[32] = { 42 };
	bool ok;

	if (finding == NULL || cm_key_of_seed(seed, &m->key) != CM_OK)
		return false;
	m->signer = cm_key_signer(&m->key);
	cm_ssh_fingerprint(&m->key.pub, by);
	if (!seal(m, &x.seal) || !detect(m) || !find(m, &x.seal, finding, &in.n_findings))
		return false;
	in.traffic = traffic;
	if (m->how->counted && !count(m, &x.seal, traffic, &in.n_traffic))
		return false;
	x.seal.receipt = m->how->receipt;
	x.seal.stamp = m->how->stamp;
	if (m->how->index)
		x.index = cm_buf_span(&m->index);
	in.custody = &custody;
	in.n_custody = m->how->custody;
	if (m->how->custody && !hand_over(m, &x.seal, &custody))
		return false;
	in.by = by;
	memcpy(in.tool_source, source_digest, 32);
	in.select.hides = m->how->hides;
	in.select.whole_host = m->how->whole_host;
	in.select.tie_all = m->how->tie_all;
	in.select.rows = m->how->rows;
	in.select.frames = m->how->frames;
	ok = cm_pack(&in, &m->arena, &packed, &m->err) == CM_OK;
	out->leaks = packed.leaks.n;
	out->findings = in.n_findings;
	out->traffic = in.n_traffic;
	ok = ok && finish(m, cm_buf_span(&files), &out->dossier);
	cm_pack_release(&packed);
	cm_buf_release(&files);
	return ok;
}

bool
made_dossier(struct cm_span capture, const struct made_how *how, struct made *out)
{
	struct making m = { .how = how, .capture = capture };
	bool ok;

	*out = (struct made) { 0 };
	cm_arena_init(&m.arena, 0);
	ok = make(&m, out);
	snprintf(out->why, sizeof(out->why), "%s", m.err.text);
	cm_engine_free(m.engine);
	for (size_t i = 0; i < TRAFFIC_MAX; i++)
		cm_drawn_free(m.drawn[i]);
	cm_traffic_free(m.traffic);
	cm_buf_release(&m.index);
	cm_arena_fini(&m.arena);
	return ok;
}

void
made_release(struct made *m)
{
	cm_buf_release(&m->dossier);
}

struct made_verdict
made_verify(struct cm_span dossier, bool know_signer)
{
	struct made_verdict v = { .best = CM_OUTCOME_CONTRADICTED };
	static const uint8_t seed[32] = { 42 };
	struct cm_signer_line line = { .principals = "maker" };
	struct cm_signers signers = { &line, 1, 0 };
	struct cm_verify_in in = { .dossier = dossier, .signers = know_signer ? &signers : NULL,
		.together = know_signer ? &turned : NULL };
	struct cm_verified out = { 0 };
	struct cm_arena arena;
	struct cm_loaded held = { .arena = &arena };
	struct cm_err err = { 0 };
	struct cm_key key;
	size_t i;

	memcpy(in.source, source_digest, 32);
	v.rc = cm_key_of_seed(seed, &key);
	line.key = key.pub;
	cm_arena_init(&arena, 0);
	if (v.rc == CM_OK)
		v.rc = cm_verify(&in, &held, &out, &err);
	if (v.rc == CM_OK) {
		v.end = out.end;
		v.findings = out.dossier->n_findings;
		snprintf(v.text, sizeof(v.text), "%s", out.line);
		for (i = 0; i < v.findings; i++) {
			if (out.findings[i].outcome >= v.worst) {
				v.worst = out.findings[i].outcome;
				snprintf(v.text, sizeof(v.text), "%s", out.findings[i].text);
			}
			v.best = out.findings[i].outcome < v.best ? out.findings[i].outcome : v.best;
		}
		v.traffic = out.dossier->n_traffic;
		for (i = 0; i < v.traffic; i++) {
			if (out.traffic[i].outcome < v.counted)
				continue;
			v.counted = out.traffic[i].outcome;
			snprintf(v.counted_text, sizeof(v.counted_text), "%s", out.traffic[i].text);
		}
	} else {
		v.end = CM_VERIFY_REFUSED;
		snprintf(v.text, sizeof(v.text), "%s", err.text);
	}
	cm_verify_release(&held);
	cm_arena_fini(&arena);
	return v;
}

struct cm_buf
made_read(const char *path)
{
	struct cm_buf b = { 0 };
	FILE *f = fopen(path, "rb");
	uint8_t part[65536];
	size_t n;

	if (f == NULL)
		return b;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		cm_buf_add(&b, part, n);
	fclose(f);
	return b;
}
