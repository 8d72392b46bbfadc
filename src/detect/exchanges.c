#include <stdlib.h>
#include <string.h>

#include "capture/request.h"
#include "detect/answer.h"
#include "detect/exchanges.h"
#include "detect/mix.h"

#define ROOM_FIRST 256u
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
	free(x->to);
	*x = (struct cm_exchanges) { 0 };
}

/* ---- room ---- */

static void
link_item(struct cm_exchanges *x, uint32_t i)
{
	uint64_t ends = x->item[i].ends;
	struct cm_ex_chain *head = &x->chain[ends % CM_EX_CHAINS];

	x->item[i].next = head->first;
	*head = (struct cm_ex_chain) { i + 1, (uint32_t)(ends >> 32) };
}

static bool
stays(const struct cm_exchanges *x, const struct cm_exchange *e)
{
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

/* Down to three quarters. */
static void
make_room(struct cm_exchanges *x)
{
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
		link_item(x, i);
}

static enum cm_result
reserve(struct cm_exchanges *x)
{
	uint32_t room = x->room == 0 ? ROOM_FIRST : x->room * 2;
	struct cm_exchange *more;

	if (x->n < x->room)
		return CM_OK;
	if (x->room == CM_EXCHANGES_MAX) {
		make_room(x);
		return CM_OK;
	}
	if (x->chain == NULL)
		x->chain = calloc(CM_EX_CHAINS, sizeof(*x->chain));
	if (x->to == NULL)
		x->to = calloc(CM_EX_TO, sizeof(*x->to));
	more = realloc(x->item, room * sizeof(*more));
	if (more != NULL) {
		x->item = more;
		x->room = room;
	}
	return more == NULL || x->chain == NULL || x->to == NULL ? CM_E_NOMEM : CM_OK;
}

/* ---- requests ---- */

/* Of two hosts, from their hashes. */
static uint64_t
ends_of(uint64_t client, uint16_t client_port, uint64_t server, uint16_t server_port)
{
	return cm_mix(cm_mix(client, server), (uint64_t)client_port << 16 | server_port);
}

static uint64_t
ends_of_packet(const struct cm_exchanges *x, const struct cm_packet *p, bool answer)
{
	uint64_t src = cm_mix_host(x->seed, &p->src), dst = cm_mix_host(x->seed, &p->dst);

	return answer ? ends_of(dst, p->dport, src, p->sport) : ends_of(src, p->sport, dst, p->dport);
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

static bool
same_connection(const struct cm_exchange *before, const struct cm_packet *p)
{
	uint32_t seq = p->seq - before->seq, ack = p->ack - before->ack;

	return seq < (uint32_t)NEAR_SEQ && ack < (uint32_t)NEAR_ACK;
}

static uint8_t
keep_text(char *out, size_t room, struct cm_span text)
{
	size_t n = text.len < room ? text.len : room;

	if (n > 0)
		memcpy(out, text.ptr, n);
	return (uint8_t)n;
}

static struct cm_span
path_of(struct cm_span target)
{
	const uint8_t *query = target.len == 0 ? NULL : memchr(target.ptr, '?', target.len);

	return query == NULL ? target : cm_span_of(target.ptr, (size_t)(query - target.ptr));
}

/* Nothing is asked for that stands behind the Host line, which mostly is the second one. */
static bool
read_request(const struct cm_packet *p, struct cm_request *out)
{
	struct cm_packet two = *p;
	const uint8_t *end = memchr(p->payload.ptr, '\n', p->payload.len);
	size_t at = end == NULL ? p->payload.len : (size_t)(end - p->payload.ptr) + 1;

	if (p->payload.len - at > 5 && memcmp(p->payload.ptr + at, "Host:", 5) == 0) {
		end = memchr(p->payload.ptr + at, '\n', p->payload.len - at);
		if (end != NULL)
			two.payload.len = (size_t)(end - p->payload.ptr) + 1;
	}
	return cm_request_of_packet(&two, out);
}

static enum cm_result
add_request(struct cm_exchanges *x, const struct cm_packet *p)
{
	const struct cm_exchange *before;
	struct cm_exchange *e;
	struct cm_request q;
	struct cm_span path;
	uint64_t client, server, ends;
	enum cm_result r;

	if (!read_request(p, &q))
		return CM_OK;
	r = reserve(x);
	if (r != CM_OK)
		return r;
	client = cm_mix_host(x->seed, &p->src);
	server = cm_mix_host(x->seed, &p->dst);
	ends = ends_of(client, p->sport, server, p->dport);
	before = newest_of(x, ends);
	if (before != NULL && before->seq == p->seq && before->ack == p->ack)
		return CM_OK; /* sent again */
	path = path_of(q.target);
	e = &x->item[x->n];
	*e = (struct cm_exchange) { .request = p->id, .t_ns = p->t_ns, .ends = ends,
		.client_hash = client, .server_hash = server, .seq = p->seq,
		.ack = p->ack, .nth = (uint32_t)x->requests++, .client = p->src, .server = p->dst,
		.client_port = p->sport, .server_port = p->dport, .ttl = p->ttl };
	e->address = cm_mix_span(cm_mix_span(x->seed, q.host), path);
	e->query = (uint32_t)cm_mix_span(x->seed,
	    cm_span_part(q.target, path.len, q.target.len));
	e->name_len = q.host.len > CM_EX_NAME ? 0 : keep_text(e->name, CM_EX_NAME, q.host);
	e->path_len = keep_text(e->path, CM_EX_TEXT, path);
	if (before == NULL || !same_connection(before, p))
		e->flags |= CM_EX_FIRST;
	if ((p->opts & CM_OPT_TS) != 0 && p->tsecr != 0)
		e->flags |= CM_EX_STAMPS;
	link_item(x, x->n++);
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
	x->to[i].len = keep_text(x->to[i].text, CM_EX_NAME, to);
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
	return cm_site_of(cm_span_of(e->name, e->name_len), x->seed);
}

/* The newest request that this answer acknowledges. */
static struct cm_exchange *
request_of(const struct cm_exchanges *x, const struct cm_packet *p, uint64_t ends)
{
	struct cm_exchange *e = newest_of(x, ends);

	while (e != NULL && (e->ends != ends || (int32_t)(p->ack - e->seq) <= 0))
		e = e->next == 0 ? NULL : &x->item[e->next - 1];
	return e;
}

static void
set_answer(struct cm_exchange *e, const struct cm_packet *p, const struct cm_answer *a)
{
	e->flags |= CM_EX_ANSWERED;
	if ((e->flags & CM_EX_STAMPS) != 0 && (p->opts & CM_OPT_TS) == 0)
		e->flags |= CM_EX_BARE;
	e->answer = p->id;
	e->template = a->template;
	e->points = (uint8_t)a->points;
	e->status = a->status;
}

/* One request, two answers. */
static enum cm_result
add_second(struct cm_exchanges *x, struct cm_exchange *e, const struct cm_packet *p,
    const struct cm_answer *a)
{
	struct cm_exchange copy;
	enum cm_result r;

	e->flags |= CM_EX_TWICE;
	copy = *e;
	copy.flags &= (uint8_t)~(CM_EX_TWICE | CM_EX_BARE);
	copy.flags |= CM_EX_AGAIN | CM_EX_TWICE;
	set_answer(&copy, p, a);
	r = reserve(x);
	if (r != CM_OK)
		return r;
	x->item[x->n] = copy;
	link_item(x, x->n++);
	return CM_OK;
}

static enum cm_result
add_answer(struct cm_exchanges *x, const struct cm_packet *p)
{
	struct cm_exchange *e = request_of(x, p, ends_of_packet(x, p, true));
	struct cm_answer a;
	struct cm_own own;

	if (e == NULL || (e->flags & CM_EX_TWICE) != 0)
		return CM_OK;
	own = (struct cm_own) { cm_span_of(e->name, e->name_len), cm_span_of(e->path, e->path_len) };
	if (!cm_answer_read(p->payload, p->payload_len, (p->flags & CM_TCP_FIN) != 0, &own,
	    x->seed, &a))
		return CM_OK;
	x->answers++;
	if (a.points != CM_POINTS_NOWHERE)
		keep_to(x, a.template, a.to);
	if ((e->flags & CM_EX_ANSWERED) == 0) {
		set_answer(e, p, &a);
		return CM_OK;
	}
	return e->template == a.template ? CM_OK : add_second(x, e, p, &a);
}

static bool
is_letter(uint8_t c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
may_be_http(const struct cm_packet *p)
{
	const uint8_t *b = p->payload.ptr;

	return p->proto == 6 && p->payload.len >= 12 && is_letter(b[0]) && is_letter(b[1]) &&
	    is_letter(b[2]);
}

static bool
may_be_answer(const struct cm_packet *p)
{
	return memcmp(p->payload.ptr, "HTTP/1.", 7) == 0;
}

#define EXPECTED 64u

void
cm_exchanges_expect(const struct cm_exchanges *x, const struct cm_packet *p, size_t n)
{
	const struct cm_ex_chain *head[EXPECTED];
	unsigned k = 0;

	if (x->n == 0)
		return;
	for (size_t i = 0; i < n && k < EXPECTED; i++) {
		if ((p[i].flags & CM_TCP_PSH) == 0 || !may_be_http(&p[i]))
			continue; /* a look at each payload would cost more than it spares */
		head[k] = &x->chain[ends_of_packet(x, &p[i], may_be_answer(&p[i])) % CM_EX_CHAINS];
		__builtin_prefetch(head[k++]);
	}
	for (unsigned i = 0; i < k; i++)
		if (head[i]->first != 0)
			__builtin_prefetch(&x->item[head[i]->first - 1]);
	__builtin_prefetch(&x->item[x->n < x->room ? x->n : 0], 1);
}

CM_RESULT
cm_exchanges_packet(struct cm_exchanges *x, const struct cm_packet *p)
{
	if (!may_be_http(p))
		return CM_OK;
	if (may_be_answer(p))
		return x->n == 0 ? CM_OK : add_answer(x, p);
	return add_request(x, p);
}
