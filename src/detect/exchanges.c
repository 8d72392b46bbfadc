#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "capture/mix.h"
#include "capture/request.h"
#include "detect/answer.h"
#include "detect/exchanges.h"

#define ROOM_FIRST 256u
#define TEXT_FIRST 4096u
#define OPEN 4096u /* the newest entries stay: their answers are on the way */
#define NEAR_SEQ (INT32_C(1) << 24) /* of two requests of one connection */
#define NEAR_ACK (INT32_C(1) << 30)

void
cm_exchanges_init(struct cm_exchanges *x, uint64_t seed)
{
	*x = (struct cm_exchanges) { .seed = seed, .every = 1, .every_away = 1 };
}

void
cm_exchanges_release(struct cm_exchanges *x)
{
	free(x->item);
	free(x->chain);
	free(x->text);
	free(x->syns);
	free(x->wait);
	free(x->to);
	*x = (struct cm_exchanges) { 0 };
}

/* ---- chains ---- */

static void
link_item(struct cm_exchanges *x, uint32_t i)
{
	uint64_t ends = x->item[i].ends;
	struct cm_ex_chain *head = &x->chain[ends % CM_EX_CHAINS];

	x->item[i].next = head->first;
	*head = (struct cm_ex_chain) { i + 1, (uint32_t)(ends >> 32) };
}

/* Of two hosts, from their hashes. */
static uint64_t
ends_of(uint64_t client, uint16_t client_port, uint64_t server, uint16_t server_port)
{
	return cm_mix(cm_mix(client, server), (uint64_t)client_port << 16 | server_port);
}

static struct cm_exchange *
newest_of(const struct cm_exchanges *x, uint64_t ends)
{
	const struct cm_ex_chain *head = &x->chain[ends % CM_EX_CHAINS];
	uint32_t i = head->first;

	if (i != 0 && head->hash != (uint32_t)(ends >> 32))
		i = x->item[i - 1].next;
	while (i != 0 && x->item[i - 1].ends != ends)
		i = x->item[i - 1].next;
	return i == 0 ? NULL : &x->item[i - 1];
}

/* ---- where connections begin ---- */

static enum cm_result
add_syn(struct cm_exchanges *x, const struct cm_packet *p)
{
	uint64_t ends = ends_of(cm_mix_host(x->seed, &p->src), p->sport,
	    cm_mix_host(x->seed, &p->dst), p->dport);
	uint32_t *chain, number;

	if (x->syns == NULL)
		x->syns = calloc(1, sizeof(*x->syns));
	if (x->syns == NULL)
		return CM_E_NOMEM;
	chain = &x->syns->chain[ends % CM_EX_SYN_CHAINS];
	number = ++x->syns->n;
	x->syns->item[(number - 1) % CM_EX_SYNS] = (struct cm_ex_syn) { p->id, ends, p->seq, *chain };
	*chain = number;
	return CM_OK;
}

/* The SYN of a request's connection, if it is among the newest ones; or NULL. */
static const struct cm_ex_syn *
syn_of(const struct cm_exchanges *x, const struct cm_exchange *e)
{
	const struct cm_ex_syns *s = x->syns;
	uint32_t i = s == NULL ? 0 : s->chain[e->ends % CM_EX_SYN_CHAINS], last = s == NULL ? 0 : s->n;

	while (i != 0 && i <= last && s->n - i < CM_EX_SYNS) { /* else others came in its place */
		const struct cm_ex_syn *syn = &s->item[(i - 1) % CM_EX_SYNS];

		if (syn->ends == e->ends && syn->id < e->request)
			return syn;
		last = i - 1;
		i = syn->before;
	}
	return NULL;
}

static bool
same_connection(const struct cm_exchange *before, const struct cm_exchange *e)
{
	uint32_t seq = e->seq - before->seq, ack = e->ack - before->ack;

	return seq < (uint32_t)NEAR_SEQ && ack < (uint32_t)NEAR_ACK;
}

static void
link_request(struct cm_exchanges *x, uint32_t i)
{
	struct cm_exchange *e = &x->item[i];
	const struct cm_exchange *before = newest_of(x, e->ends);
	const struct cm_ex_syn *syn;

	if (before != NULL && before->seq == e->seq && before->ack == e->ack) {
		e->flags |= CM_EX_REPEAT;
		x->requests--;
		return;
	}
	syn = syn_of(x, e);
	if (syn != NULL ? e->seq == syn->isn + 1 : before == NULL || !same_connection(before, e))
		e->flags |= CM_EX_FIRST;
	link_item(x, i);
}

static void
link_waiting(struct cm_exchanges *x)
{
	for (uint32_t i = x->linked; i < x->n; i++)
		__builtin_prefetch(&x->chain[x->item[i].ends % CM_EX_CHAINS], 1);
	for (uint32_t i = x->linked; i < x->n && x->syns != NULL; i++)
		__builtin_prefetch(&x->syns->chain[x->item[i].ends % CM_EX_SYN_CHAINS]);
	for (; x->linked < x->n; x->linked++)
		link_request(x, x->linked);
}

/* ---- room ---- */

static bool
stays(const struct cm_exchanges *x, const struct cm_exchange *e)
{
	if ((e->flags & CM_EX_REPEAT) != 0)
		return false;
	if (e->nth % x->every == 0)
		return true;
	return e->points != CM_POINTS_NOWHERE && e->nth % x->every_away == 0;
}

static void
thin(struct cm_exchanges *x)
{
	uint32_t n = 0, from = x->n - OPEN;

	for (uint32_t i = 0; i < x->n; i++)
		if (i >= from || stays(x, &x->item[i]))
			x->item[n++] = x->item[i];
	x->n = n;
}

static uint32_t
sending_away(const struct cm_exchanges *x)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < x->n; i++)
		n += x->item[i].points != CM_POINTS_NOWHERE;
	return n;
}

/* ---- texts ---- */

/* For one name and path more. */
static bool
text_room(struct cm_exchanges *x)
{
	uint32_t room = x->room_text == 0 ? TEXT_FIRST : x->room_text * 2;
	char *more;

	if (x->n_text + CM_EX_NAME + CM_EX_TEXT <= x->room_text)
		return true;
	more = realloc(x->text, room);
	if (more == NULL)
		return false;
	x->text = more;
	x->room_text = room;
	return true;
}

/* Has entry ${i}, which knows their lengths, refer to these, which are written if need be. */
static void
put_text(struct cm_exchanges *x, uint32_t i, const void *name, const void *path)
{
	struct cm_exchange *e = &x->item[i];
	uint32_t *recent = &x->recent[e->address % CM_EX_RECENT];
	const struct cm_exchange *r = &x->item[*recent == 0 ? i : *recent - 1];

	if (r != e && r->address == e->address && r->name_len == e->name_len &&
	    r->path_len == e->path_len) {
		e->text = r->text;
		return;
	}
	e->text = x->n_text;
	if (e->name_len > 0)
		memcpy(x->text + x->n_text, name, e->name_len);
	x->n_text += e->name_len;
	if (e->path_len > 0)
		memcpy(x->text + x->n_text, path, e->path_len);
	x->n_text += e->path_len;
	*recent = i + 1;
}

/* Only those of the entries that are left. */
static enum cm_result
rewrite_texts(struct cm_exchanges *x)
{
	char *old = x->text;

	x->text = malloc(x->room_text);
	if (x->text == NULL) {
		x->text = old;
		return CM_E_NOMEM;
	}
	x->n_text = 0;
	memset(x->recent, 0, sizeof(x->recent));
	for (uint32_t i = 0; i < x->n; i++) {
		const char *from = old + x->item[i].text;

		put_text(x, i, from, from + x->item[i].name_len);
	}
	free(old);
	return CM_OK;
}

/* Down to three quarters. */
static enum cm_result
make_room(struct cm_exchanges *x)
{
	thin(x);
	while (x->n > CM_EXCHANGES_MAX / 4 * 3) {
		if (sending_away(x) > CM_EXCHANGES_MAX / 2)
			x->every_away *= 2;
		else
			x->every *= 2;
		if (x->every_away > x->every)
			x->every = x->every_away;
		thin(x);
	}
	memset(x->chain, 0, CM_EX_CHAINS * sizeof(*x->chain));
	for (uint32_t i = 0; i < x->n; i++)
		if ((x->item[i].flags & CM_EX_REPEAT) == 0)
			link_item(x, i);
	x->linked = x->n;
	return rewrite_texts(x);
}

static enum cm_result
grow(struct cm_exchanges *x)
{
	uint32_t room = x->room == 0 ? ROOM_FIRST : x->room * 2;
	struct cm_exchange *more;

	if (x->chain == NULL)
		x->chain = calloc(CM_EX_CHAINS, sizeof(*x->chain));
	if (x->wait == NULL)
		x->wait = malloc(CM_EX_WAIT * sizeof(*x->wait));
	if (x->to == NULL)
		x->to = calloc(CM_EX_TO, sizeof(*x->to));
	more = realloc(x->item, room * sizeof(*more));
	if (more == NULL)
		return CM_E_NOMEM;
	x->item = more;
	if (x->chain == NULL || x->wait == NULL || x->to == NULL)
		return CM_E_NOMEM;
	x->room = room;
	return CM_OK;
}

/* Makes room for ${n} more, at most CM_EX_WAIT. */
static enum cm_result
reserve(struct cm_exchanges *x, uint32_t n)
{
	enum cm_result r = CM_OK;

	while (x->n + n > x->room && r == CM_OK) {
		if (x->room < CM_EXCHANGES_MAX) {
			r = grow(x);
			continue;
		}
		link_waiting(x);
		r = make_room(x);
	}
	return r;
}

/* ---- requests ---- */

static struct cm_span
path_of(struct cm_span target)
{
	const uint8_t *query = target.len == 0 ? NULL : memchr(target.ptr, '?', target.len);

	return query == NULL ? target : cm_span_of(target.ptr, (size_t)(query - target.ptr));
}

/* A name as it mostly is, with no port and nothing strange in it: up to the end of the line. */
static bool
plain_name(struct cm_span text, struct cm_span *out)
{
	size_t n = 0;

	while (n < text.len && (isalnum(text.ptr[n]) || text.ptr[n] == '.' || text.ptr[n] == '-'))
		n++;
	*out = cm_span_part(text, 0, n);
	return n > 0 && n < text.len && text.ptr[n] == '\r';
}

/* Nothing is asked for that stands behind the Host line, which mostly is the second one and
 * plain: then the rest of the head is not gone through. */
static bool
read_request(const struct cm_packet *p, struct cm_request *out)
{
	struct cm_packet line = *p;
	const uint8_t *end = memchr(p->payload.ptr, '\n', p->payload.len);
	size_t at = end == NULL ? p->payload.len : (size_t)(end - p->payload.ptr) + 1;
	struct cm_span name;

	if (p->payload.len - at < 7 || memcmp(p->payload.ptr + at, "Host: ", 6) != 0 ||
	    !plain_name(cm_span_part(p->payload, at + 6, p->payload.len), &name))
		return cm_request_of_packet(p, out);
	line.payload.len = at;
	if (!cm_request_of_packet(&line, out))
		return false;
	if (out->host.ptr == NULL)
		out->host = name;
	return true;
}

static enum cm_result
add_request(struct cm_exchanges *x, const struct cm_packet *p)
{
	struct cm_exchange *e;
	struct cm_request q;
	struct cm_span path;
	uint64_t client, server, ends;
	enum cm_result r;

	if (!read_request(p, &q))
		return CM_OK;
	r = reserve(x, 1);
	if (r != CM_OK || !text_room(x))
		return CM_E_NOMEM;
	client = cm_mix_host(x->seed, &p->src);
	server = cm_mix_host(x->seed, &p->dst);
	ends = ends_of(client, p->sport, server, p->dport);
	path = path_of(q.target);
	e = &x->item[x->n];
	*e = (struct cm_exchange) { .request = p->id, .t_ns = p->t_ns, .ends = ends,
		.client_hash = client, .server_hash = server, .seq = p->seq,
		.ack = p->ack, .nth = x->nth++, .client = p->src, .server = p->dst,
		.client_port = p->sport, .server_port = p->dport, .ttl = p->ttl };
	e->address = cm_mix_span(cm_mix_span(x->seed, q.host), path);
	e->query = (uint32_t)cm_mix_span(x->seed,
	    cm_span_part(q.target, path.len, q.target.len));
	e->name_len = q.host.len > CM_EX_NAME ? 0 : (uint8_t)q.host.len;
	e->path_len = (uint8_t)(path.len < CM_EX_TEXT ? path.len : CM_EX_TEXT);
	put_text(x, x->n, q.host.ptr, path.ptr);
	if ((p->opts & CM_OPT_TS) != 0 && p->tsecr != 0)
		e->flags |= CM_EX_STAMPS;
	x->n++;
	x->n_low += p->ttl <= CM_EX_LOW;
	x->requests++;
	if (x->n - x->linked == CM_EX_WAIT)
		link_waiting(x);
	return CM_OK;
}

/* ---- answers ---- */

static void
keep_to(struct cm_exchanges *x, uint64_t template, struct cm_span to)
{
	uint32_t i = (uint32_t)(template >> 32) % CM_EX_TO;

	if (to.len == 0 || x->n_to >= CM_EX_TO / 4 * 3)
		return;
	while (x->to[i].template != 0 && x->to[i].template != template)
		i = (i + 1) % CM_EX_TO;
	if (x->to[i].template != 0)
		return;
	x->to[i].template = template;
	x->to[i].len = (uint8_t)(to.len < CM_EX_NAME ? to.len : CM_EX_NAME);
	memcpy(x->to[i].text, to.ptr, x->to[i].len);
	x->n_to++;
}

struct cm_span
cm_exchanges_to(const struct cm_exchanges *x, uint64_t template)
{
	uint32_t i = (uint32_t)(template >> 32) % CM_EX_TO;

	while (x->to != NULL && x->to[i].template != 0) {
		if (x->to[i].template == template)
			return cm_span_of(x->to[i].text, x->to[i].len);
		i = (i + 1) % CM_EX_TO;
	}
	return cm_span_of(NULL, 0);
}

uint64_t
cm_exchange_site(const struct cm_exchanges *x, const struct cm_exchange *e)
{
	return cm_site_of(cm_exchange_name(x, e), x->seed);
}

/* The newest request that this answer acknowledges. */
static struct cm_exchange *
request_of(const struct cm_exchanges *x, const struct cm_ex_answer *a)
{
	struct cm_exchange *e = newest_of(x, a->ends);

	while (e != NULL && (e->ends != a->ends || (int32_t)(a->ack - e->seq) <= 0 ||
				e->request > a->id))
		e = e->next == 0 ? NULL : &x->item[e->next - 1];
	return e;
}

static void
set_answer(struct cm_exchange *e, const struct cm_ex_answer *a, enum cm_points points)
{
	e->flags |= CM_EX_ANSWERED;
	if ((e->flags & CM_EX_STAMPS) != 0 && !a->stamps)
		e->flags |= CM_EX_BARE;
	e->answer = a->id;
	e->template = a->template;
	e->points = (uint8_t)points;
	e->status = a->status;
}

/* Its request has this answer; if it has another one, in an entry of its own, for which there
 * is room. */
static void
add_answer(struct cm_exchanges *x, struct cm_exchange *e, const struct cm_ex_answer *a,
    enum cm_points points)
{
	struct cm_exchange *second;

	if ((e->flags & CM_EX_ANSWERED) == 0) {
		set_answer(e, a, points);
		return;
	}
	if (e->template == a->template || (e->flags & CM_EX_TWICE) != 0)
		return;
	e->flags |= CM_EX_TWICE;
	second = &x->item[x->n];
	*second = *e;
	second->flags &= (uint8_t)~CM_EX_BARE;
	second->flags |= CM_EX_AGAIN;
	set_answer(second, a, points);
	link_item(x, x->n);
	x->linked = ++x->n;
}

#define AHEAD 8u

static void
look_up_waiting(struct cm_exchanges *x)
{
	for (uint32_t i = 0; i < x->n_wait; i++)
		__builtin_prefetch(&x->chain[x->wait[i].ends % CM_EX_CHAINS]);
	for (uint32_t i = 0; i < x->n_wait; i++) {
		const struct cm_ex_answer *later = &x->wait[i + AHEAD < x->n_wait ? i + AHEAD : i];
		uint32_t first = x->chain[later->ends % CM_EX_CHAINS].first;
		struct cm_exchange *e;

		if (first != 0)
			__builtin_prefetch(&x->item[first - 1]);
		e = request_of(x, &x->wait[i]);
		if (e != NULL)
			add_answer(x, e, &x->wait[i], CM_POINTS_NOWHERE);
	}
	x->n_wait = 0;
}

CM_RESULT
cm_exchanges_settle(struct cm_exchanges *x)
{
	enum cm_result r = reserve(x, x->n_wait);

	if (r != CM_OK)
		return r;
	link_waiting(x);
	look_up_waiting(x);
	return CM_OK;
}

static void
set_waiting(struct cm_ex_answer *a, const struct cm_packet *p, uint64_t ends,
    const struct cm_answer *is)
{
	*a = (struct cm_ex_answer) { .id = p->id, .ends = ends, .template = is->template,
		.ack = p->ack, .status = is->status, .stamps = (p->opts & CM_OPT_TS) != 0 };
}

/* A small answer: what it is hangs on what was asked for. */
static enum cm_result
read_small(struct cm_exchanges *x, const struct cm_packet *p, uint64_t ends)
{
	bool fin = (p->flags & CM_TCP_FIN) != 0;
	struct cm_own own = { 0 };
	struct cm_answer is;
	struct cm_ex_answer a = { .id = p->id, .ends = ends, .ack = p->ack };
	struct cm_exchange *e;
	enum cm_result r = cm_exchanges_settle(x);

	if (r == CM_OK)
		r = reserve(x, 1);
	if (r != CM_OK)
		return r;
	e = request_of(x, &a);
	if (e != NULL) {
		own.name = cm_exchange_name(x, e);
		own.path = cm_exchange_path(x, e);
	}
	if (!cm_answer_read(p->payload, p->payload_len, fin, &own, x->seed, &is))
		return CM_OK;
	x->answers++;
	set_waiting(&a, p, ends, &is);
	if (e == NULL)
		return CM_OK;
	if (is.points != CM_POINTS_NOWHERE) {
		keep_to(x, is.template, is.to);
		x->n_away++;
	}
	add_answer(x, e, &a, is.points);
	return CM_OK;
}

static enum cm_result
read_answer(struct cm_exchanges *x, const struct cm_packet *p)
{
	uint64_t ends = ends_of(cm_mix_host(x->seed, &p->dst), p->dport,
	    cm_mix_host(x->seed, &p->src), p->sport);
	struct cm_own own = { 0 };
	struct cm_answer is;
	enum cm_result r = CM_OK;

	if (p->payload_len <= CM_ANSWER_SMALL)
		return read_small(x, p, ends);
	if (!cm_answer_read(p->payload, p->payload_len, false, &own, x->seed, &is))
		return CM_OK;
	x->answers++;
	if (x->n_wait == CM_EX_WAIT)
		r = cm_exchanges_settle(x);
	if (r == CM_OK)
		set_waiting(&x->wait[x->n_wait++], p, ends, &is);
	return r;
}

CM_RESULT
cm_exchanges_packet(struct cm_exchanges *x, const struct cm_packet *p)
{
	if (p->payload.len < 12)
		return add_syn(x, p);
	if (memcmp(p->payload.ptr, "HTTP/1.", 7) == 0)
		return x->n == 0 ? CM_OK : read_answer(x, p);
	return add_request(x, p);
}
