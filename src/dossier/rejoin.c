#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "crypto/sha256.h"
#include "dossier/pieces.h"
#include "dossier/rejoin.h"

#define PLACES_MAX 64u /* addresses of one target */

/* Who got a script, and when. */
struct got {
	struct cm_host client;
	uint32_t exhibit; /* ties of two are never equal */
	int64_t t_ns;
	bool asked;
};

/* A body that was met, and what the script in it aims at. */
struct body {
	uint8_t digest[32];
	struct cm_script script;
};

struct rejoining {
	const struct cm_dossier *d;
	const struct cm_shown_chain *shown;
	const struct cm_chain_v1 *c;
	struct cm_arena *arena;
	struct cm_rejoined *out;
	struct got *got; /* by client, each once, the first time */
	size_t n_got;
	struct body *body;
	size_t n_bodies;
	bool any_tied;
	struct cm_host at[PLACES_MAX]; /* where clients asked for the target */
	size_t n_at;
	int64_t *lag;
};

static bool
same_way(const struct cm_packet *a, const struct cm_packet *b)
{
	return cm_host_eq(&a->src, &b->src) && cm_host_eq(&a->dst, &b->dst) && a->sport == b->sport &&
	    a->dport == b->dport;
}

/* The forged bytes of a script, of the connection of the first row that has any.  False: a row is shut. */
static bool
take_pieces(const struct cm_dossier *d, const struct cm_ids *set, struct cm_piece *piece, size_t *n)
{
	const struct cm_shown_row *r;
	const struct cm_packet *first = NULL;
	size_t i;

	for (i = *n = 0; i < set->n; i++) {
		r = cm_dossier_row(d, set->id[i]);
		if (r == NULL || !r->has_packet || (r->packet.open & CM_OPEN_PAYLOAD) == 0)
			return false;
		if (r->packet.payload.len == 0 || r->packet.proto != 6 || (first != NULL && !same_way(first, &r->packet)))
			continue;
		first = first == NULL ? &r->packet : first;
		piece[(*n)++] = (struct cm_piece) { r->packet.seq, r->packet.payload, 0 };
	}
	return true;
}

static const char *
keep_text(struct cm_arena *arena, const char *text)
{
	return text == NULL ? NULL : cm_arena_printf(arena, "%s", text);
}

/* What is asked of a script, so that all it was unpacked into can go. */
static CM_RESULT
keep_script(struct cm_arena *arena, struct cm_script *s)
{
	struct cm_script_target *t = cm_arena_array(arena, s->n_targets + 1, sizeof(*t));
	bool ok = t != NULL;
	size_t i;

	for (i = 0; ok && i < s->n_layers; i++) {
		s->layers[i] = keep_text(arena, s->layers[i]);
		ok = s->layers[i] != NULL;
	}
	for (i = 0; ok && i < s->n_targets; i++) {
		t[i] = s->targets[i];
		t[i].scheme = keep_text(arena, t[i].scheme);
		t[i].host = keep_text(arena, t[i].host);
		t[i].path = keep_text(arena, t[i].path);
		t[i].query = keep_text(arena, t[i].query);
		ok = t[i].scheme != NULL && t[i].host != NULL && t[i].path != NULL && t[i].query != NULL;
	}
	if (ok && s->cut != NULL) {
		s->cut = keep_text(arena, s->cut);
		ok = s->cut != NULL;
	}
	s->targets = t;
	return ok ? CM_OK : CM_E_NOMEM;
}

/* Heads differ by their times; what is unpacked does not. */
static void
digest_of(const struct cm_script_answer *answer, uint8_t digest[32])
{
	struct cm_sha256 h;
	uint8_t len[8];

	cm_put64(len, answer->location.len);
	cm_sha256_init(&h);
	cm_sha256_add(&h, len, sizeof(len));
	if (answer->location.len > 0)
		cm_sha256_add(&h, answer->location.ptr, answer->location.len);
	if (answer->body.len > 0)
		cm_sha256_add(&h, answer->body.ptr, answer->body.len);
	cm_sha256_end(&h, digest);
}

/* The script of these bytes, unpacked once for all that carry it; NULL in ${*out}: too many others were. */
static CM_RESULT
unpack(struct rejoining *r, struct cm_span stream, struct cm_arena *room, const struct cm_script **out)
{
	struct cm_script_answer answer;
	struct cm_script s;
	uint8_t digest[32];
	enum cm_result rc = cm_script_body(stream, room, &answer);
	size_t i;

	if (rc != CM_OK)
		return rc;
	digest_of(&answer, digest);
	for (i = 0; i < r->n_bodies; i++) {
		if (memcmp(r->body[i].digest, digest, 32) == 0) {
			*out = &r->body[i].script;
			return CM_OK;
		}
	}
	if (r->n_bodies == CM_REJOIN_BODIES)
		return CM_OK;
	rc = cm_script_of(stream, room, &s);
	if (rc == CM_OK)
		rc = keep_script(r->arena, &s);
	if (rc != CM_OK)
		return rc;
	memcpy(r->body[r->n_bodies].digest, digest, 32);
	r->body[r->n_bodies].script = s;
	*out = &r->body[r->n_bodies++].script;
	return CM_OK;
}

static CM_RESULT
read_script(struct rejoining *r, const struct cm_chain_v1_script *s, const struct cm_script **out)
{
	struct cm_piece *piece = calloc(s->rows.n + 1, sizeof(*piece));
	struct cm_arena room;
	struct cm_span stream;
	enum cm_result rc = CM_OK;
	size_t n = 0;

	*out = NULL;
	if (piece == NULL)
		return CM_E_NOMEM;
	cm_arena_init(&room, 0);
	if (take_pieces(r->d, &s->rows, piece, &n)) {
		rc = cm_pieces_join(piece, n, CM_SCRIPT_BYTES, &room, &stream);
		if (rc == CM_OK)
			rc = unpack(r, stream, &room, out);
	}
	cm_arena_fini(&room);
	free(piece);
	return rc;
}

static void
weigh_script(struct rejoining *r, size_t i, const struct cm_script *s)
{
	struct cm_rejoined *o = r->out;
	const struct cm_script_target *t;

	o->read++;
	if (o->script_at == SIZE_MAX) {
		o->script_at = i;
		o->script = *s;
	}
	if (r->c->scripts[i].target >= s->n_targets) {
		o->pointless++;
		return;
	}
	t = &s->targets[r->c->scripts[i].target];
	if (o->target == NULL)
		o->target = t;
	o->elsewhere += strcasecmp(o->target->host, t->host) != 0;
}

static CM_RESULT
read_scripts(struct rejoining *r)
{
	const struct cm_script *s;
	enum cm_result rc;
	size_t i;

	for (i = 0; i < r->c->n_scripts; i++) {
		rc = read_script(r, &r->c->scripts[i], &s);
		if (rc != CM_OK)
			return rc;
		if (s == NULL)
			r->out->shut++;
		else
			weigh_script(r, i, s);
	}
	return CM_OK;
}

static bool
is_named(const struct rejoining *r, const struct cm_request *q)
{
	const struct cm_script_target *t = r->out->target;

	return t != NULL && q->host.len > 0 && q->host.len == strlen(t->host) &&
	    strncasecmp((const char *)q->host.ptr, t->host, q->host.len) == 0;
}

/* Below a path of the first script's, of those on this host. */
static bool
is_below(const struct rejoining *r, const struct cm_request *q)
{
	const struct cm_script *s = &r->out->script;
	size_t i, len;

	for (i = 0; i < s->n_targets; i++) {
		len = strlen(s->targets[i].path);
		if (strcmp(s->targets[i].host, r->out->target->host) == 0 && q->target.len >= len &&
		    memcmp(q->target.ptr, s->targets[i].path, len) == 0)
			return true;
	}
	return false;
}

/* A log that says no names is of one server: there the paths speak. */
static bool
is_nameless(const struct cm_counted *row, const struct cm_request *q)
{
	return row->is_line && q->host.len == 0;
}

static bool
is_aimed(const struct rejoining *r, const struct cm_counted *row, const struct cm_request *q)
{
	if (is_nameless(row, q))
		return r->out->target != NULL && is_below(r, q);
	return is_named(r, q);
}

/* Clients, each once: the time of the first script. */

static int
compare_clients(const struct got *x, const struct got *y)
{
	if (x->client.net != y->client.net)
		return x->client.net < y->client.net ? -1 : 1;
	if (x->client.tied != y->client.tied)
		return x->client.tied < y->client.tied ? -1 : 1;
	if (x->client.tied && x->exhibit != y->exhibit)
		return x->exhibit < y->exhibit ? -1 : 1;
	return memcmp(x->client.addr, y->client.addr, sizeof(x->client.addr));
}

static int
by_client(const void *a, const void *b)
{
	const struct got *x = a, *y = b;
	int d = compare_clients(x, y);

	return d != 0 ? d : (x->t_ns > y->t_ns) - (x->t_ns < y->t_ns);
}

/* Whom the script went to, and when it began to come.  False: shut. */
static bool
see_client(const struct rejoining *r, const struct cm_ids *rows, struct got *out)
{
	const struct cm_shown_row *row;
	bool any = false;
	size_t i;

	for (i = 0; i < rows->n; i++) {
		row = cm_dossier_row(r->d, rows->id[i]);
		if (row == NULL || !row->has_packet)
			continue;
		if (!any)
			*out = (struct got) { row->packet.dst, cm_packet_file(rows->id[i]), row->packet.t_ns, false };
		if (row->packet.t_ns < out->t_ns)
			out->t_ns = row->packet.t_ns;
		any = true;
	}
	return any;
}

static CM_RESULT
list_clients(struct rejoining *r)
{
	size_t i, n = 0;

	r->got = cm_arena_array(r->arena, r->c->n_scripts + 1, sizeof(*r->got));
	if (r->got == NULL)
		return CM_E_NOMEM;
	for (i = 0; i < r->c->n_scripts; i++) {
		if (!see_client(r, &r->c->scripts[i].rows, &r->got[n]))
			continue;
		r->any_tied |= r->got[n++].client.tied;
	}
	if (n > 1)
		qsort(r->got, n, sizeof(*r->got), by_client);
	for (i = 0; i < n; i++)
		if (i == 0 || compare_clients(&r->got[i], &r->got[r->n_got - 1]) != 0)
			r->got[r->n_got++] = r->got[i];
	return CM_OK;
}

static struct got *
find_client(struct rejoining *r, const struct cm_host *client, uint32_t exhibit)
{
	const struct got key = { .client = *client, .exhibit = exhibit };
	size_t low = 0, high = r->n_got, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare_clients(&r->got[mid], &key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < r->n_got && compare_clients(&r->got[low], &key) == 0 ? &r->got[low] : NULL;
}

static void
note_lag(struct rejoining *r, const struct got *g, const struct cm_request *q, uint32_t exhibit)
{
	const struct cm_chain_v1_clock *k = &r->c->clock[r->shown->clock[exhibit]];
	bool known = k->how == CM_CHAIN_CLOCK_SAME || k->how >= CM_CHAIN_CLOCK_BOTH_WAYS;
	int64_t unsure = known ? (k->most_ns - k->least_ns + 1) / 2 : 0, lag;

	if (!known)
		return;
	unsure = k->how == CM_CHAIN_CLOCK_SAME ? 0 : unsure;
	if (__builtin_sub_overflow(q->t_ns, g->t_ns, &lag) || __builtin_sub_overflow(lag, k->middle_ns, &lag))
		return;
	if (lag < -unsure)
		r->out->before++;
	else
		r->lag[r->out->lags++] = lag;
	if (unsure > r->out->unsure_ns)
		r->out->unsure_ns = unsure;
}

static void
be_strange(struct rejoining *r, cm_packet_id id)
{
	if (r->out->strangers++ == 0)
		r->out->stranger = id;
}

/* Somebody asked for the target there. */
static void
note_place(struct rejoining *r, const struct cm_host *server)
{
	size_t i;

	for (i = 0; i < r->n_at; i++)
		if (cm_host_eq(&r->at[i], server))
			return;
	if (server->net != 0 && !server->tied && r->n_at < PLACES_MAX)
		r->at[r->n_at++] = *server;
}

static void
weigh_client(struct rejoining *r, const struct cm_counted *row, const struct cm_request *q)
{
	uint32_t exhibit = cm_packet_file(q->id);
	struct got *g = find_client(r, &q->client, exhibit);

	if (!is_aimed(r, row, q)) {
		be_strange(r, q->id);
		return;
	}
	note_place(r, &q->server);
	/* it may be one of another exhibit, who is only tied there or here */
	if (g == NULL && (q->client.tied || r->any_tied))
		r->out->not_shown++;
	else if (g == NULL || g->asked)
		be_strange(r, q->id);
	else {
		g->asked = true;
		r->out->clients++;
		note_lag(r, g, q, exhibit);
	}
}

static int
by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool
shows_payload(const struct cm_counted *row)
{
	return row->is_line || (row->packet.open & CM_OPEN_PAYLOAD) != 0;
}

static CM_RESULT
weigh_clients(struct rejoining *r)
{
	struct cm_weblog *log = NULL;
	struct cm_counted *row;
	struct cm_request q;
	size_t n = 0, i;
	enum cm_result rc = cm_counted_rows(r->d, &r->c->clients, &row, &n);

	if (rc != CM_OK)
		return rc;
	r->lag = cm_arena_array(r->arena, r->c->clients.n + 1, sizeof(*r->lag));
	r->out->not_shown = r->c->clients.n - n;
	rc = r->lag == NULL ? CM_E_NOMEM : cm_counted_log(row, n, &log);
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_counted_request(log, &row[i], &q);
		if (rc == CM_OK)
			weigh_client(r, &row[i], &q);
		else if (rc == CM_E_NOTFOUND && shows_payload(&row[i]))
			be_strange(r, row[i].packet.id);
		else if (rc == CM_E_NOTFOUND)
			r->out->not_shown++;
		rc = rc == CM_E_NOTFOUND ? CM_OK : rc;
	}
	cm_weblog_free(log);
	free(row);
	return rc;
}

static void
sort_lags(struct rejoining *r)
{
	size_t n = (size_t)r->out->lags;

	r->out->lag = r->lag;
	if (n == 0)
		return;
	qsort(r->lag, n, sizeof(*r->lag), by_size);
	r->out->least_ns = r->lag[0];
	r->out->median_ns = r->lag[n / 2];
	r->out->most_ns = r->lag[n - 1];
}

/* Does the flood go to a host where clients asked for the target? */
static bool
goes_there(const struct rejoining *r, const struct cm_counted *row, size_t n)
{
	size_t i, k;

	for (i = 0; i < n; i++)
		for (k = 0; k < r->n_at && !row[i].is_line; k++)
			if (cm_host_eq(&r->at[k], &row[i].packet.dst))
				return true;
	return false;
}

static CM_RESULT
weigh_flood(struct rejoining *r, const struct cm_traffic_v1 *t, struct cm_rejoined_flood *f)
{
	struct cm_weblog *log = NULL;
	struct cm_counted *row;
	struct cm_request q;
	uint64_t nameless = 0, below = 0;
	size_t n = 0, i;
	enum cm_result rc = cm_counted_rows(r->d, &t->support, &row, &n);

	if (rc != CM_OK)
		return rc;
	rc = cm_counted_log(row, n, &log);
	for (i = 0; rc == CM_OK && i < n; i++) {
		rc = cm_counted_request(log, &row[i], &q);
		if (rc == CM_OK && is_nameless(&row[i], &q)) {
			nameless++;
			below += is_aimed(r, &row[i], &q);
		} else if (rc == CM_OK && q.host.len > 0) {
			f->requests++;
			f->named += is_named(r, &q);
			f->asked += is_named(r, &q) && is_below(r, &q);
		}
		rc = rc == CM_E_NOTFOUND ? CM_OK : rc;
	}
	cm_weblog_free(log);
	/* of one that asks for none of the paths nothing is said: it may be anybody's */
	if (below > 0) {
		f->requests += nameless;
		f->named += below;
		f->asked += below;
	}
	if (rc == CM_OK && f->requests == 0)
		f->by_address = goes_there(r, row, n);
	free(row);
	return rc;
}

CM_RESULT
cm_rejoin(const struct cm_dossier *d, size_t i, struct cm_arena *arena, struct cm_rejoined *out)
{
	struct rejoining r = { .d = d, .shown = &d->chains[i], .c = d->chains[i].body, .arena = arena, .out = out };
	struct cm_rejoined_flood *flood = cm_arena_array(arena, r.c->n_floods + 1, sizeof(*flood));
	enum cm_result rc;
	size_t k;

	*out = (struct cm_rejoined) { .script_at = SIZE_MAX, .floods = flood };
	r.body = cm_arena_array(arena, CM_REJOIN_BODIES, sizeof(*r.body));
	if (flood == NULL || r.body == NULL)
		return CM_E_NOMEM;
	rc = read_scripts(&r);
	if (rc == CM_OK)
		rc = list_clients(&r);
	if (rc == CM_OK)
		rc = weigh_clients(&r);
	sort_lags(&r);
	for (k = 0; rc == CM_OK && k < r.c->n_floods; k++)
		rc = weigh_flood(&r, d->traffic[r.shown->traffic[k]].body, &flood[k]);
	return rc;
}
