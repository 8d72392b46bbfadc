/* Laws of counting: what is found does not depend on chance, seeds, names or numbers; a draw of
 * it gives it again; and memory is bounded. */
#include <dirent.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "scene.h"

static const char *captures;

/* ---- cases ---- */

static void
background(struct gen *g, struct scene *s)
{
	s->from_ns = 0;
	s->to_ns = (int64_t)(20 + gen_below(g, 40)) * S;
	s->per_s = (uint32_t)(5 + gen_below(g, gen_one_in(g, 3) ? 150 : 40));
	s->sources = 200;
	scene_connections(s, V, 80);
	scene_connections(s, V + 1, 443);
	s->per_s = 20;
	scene_resolver(s, V + 2);
}

static void
make_flood(struct gen *g, struct scene *s, unsigned what)
{
	switch (what) {
	case 0:
		scene_syn_flood(s, V, (enum scene_syn)gen_below(g, 2), gen_one_in(g, 2));
		return;
	case 1:
		scene_reflection(s, V);
		return;
	case 2:
		scene_amplification(s, V, 123, 468);
		return;
	case 3:
		scene_amplification(s, V, 53, 1400);
		return;
	case 4:
		scene_fragments(s, V);
		return;
	case 5:
		s->per_s *= 4;
		scene_udp_flood(s, V, 0, 540);
		return;
	case 6:
		scene_icmp_flood(s, V);
		return;
	case 7:
		s->per_s *= 4;
		scene_ack_flood(s, V);
		return;
	case 8:
		s->per_s = 200;
		scene_leases(s, false);
		return;
	default:
		s->per_s = 2500; /* ten times what was usual, and more */
		s->sources = 5000;
		scene_connections(s, V, 80);
	}
}

static void
make_scan(struct gen *g, struct scene *s, unsigned what)
{
	struct scene_scan scan = { .source = 0xc633640a, .target = 0x0a000001, .hosts = 1, .ports = 1,
		.first_port = (uint32_t)(1 + gen_below(g, 500)), .answer = (enum scene_answer)gen_below(g, 2),
		.connect = gen_one_in(g, 2) };

	switch (what) {
	case 0:
		scan.ports = (uint32_t)(200 + gen_below(g, 10000));
		scene_scan(s, &scan);
		return;
	case 1:
		scan.hosts = (uint32_t)(100 + gen_below(g, 10000));
		scene_scan(s, &scan);
		return;
	default:
		scan.ports = (uint32_t)(100 + gen_below(g, 3000));
		scene_udp_scan(s, &scan);
	}
}

/* Some flood, crowd or scan upon ordinary traffic. */
#define FLOODS 10u
#define CASES (FLOODS + 3u)
static void
make(struct gen *g, struct scene *s, unsigned what)
{
	*s = (struct scene) { .out = s->out, .rnd = gen_u64(g) };
	background(g, s);
	s->from_ns = (int64_t)(5 + gen_below(g, 5)) * S;
	s->to_ns = s->from_ns + (int64_t)(3 + gen_below(g, 10)) * S;
	s->per_s = (uint32_t)(1500 + gen_below(g, 2000));
	s->sources = gen_one_in(g, 2) ? 0 : (uint32_t)(300 + gen_below(g, 4000));
	if (what < FLOODS)
		make_flood(g, s, what);
	else
		make_scan(g, s, what - FLOODS);
	scene_done(s);
}

static bool
sets_equal(const struct cm_traffic *a, const struct cm_traffic *b)
{
	for (size_t i = 0; i < cm_traffic_n(a); i++)
		if (!replay_has(b, cm_traffic_at(a, i)))
			return false;
	return cm_traffic_n(a) == cm_traffic_n(b);
}

/* ---- laws ---- */

static bool
draws_give(struct gen *g, const struct replay *r, const struct cm_traffic_finding *f, unsigned draws)
{
	uint64_t thin = replay_thin(replay_support(r, f));

	for (unsigned i = 0; i < draws; i++) {
		struct replay_run run = { .thin = thin, .draw_seed = gen_u64(g), .seed = gen_u64(g), .of = f };
		struct cm_traffic *t = replay_traffic(r, &run);
		bool has = replay_has(t, f);

		cm_traffic_free(t);
		if (!has)
			return gen_fail(g, "%s %s, 1 in %u: draw %u lacks it", cm_traffic_kind_word(f->kind),
			    cm_traffic_verdict_word(f->verdict), (unsigned)thin, i);
	}
	return true;
}

static bool
support_gives(struct gen *g, const struct replay *r, const struct cm_traffic_finding *f)
{
	struct cm_traffic *t = replay_traffic(r, &(struct replay_run) { .of = f });
	bool has = replay_has(t, f);

	cm_traffic_free(t);
	return has || gen_fail(g, "%s %s: all of its support lacks it", cm_traffic_kind_word(f->kind),
	    cm_traffic_verdict_word(f->verdict));
}

static bool
a_draw_and_the_whole_of_its_support_give_a_finding_again(struct gen *g)
{
	struct replay r = { 0 };
	struct scene s = { .out = &r };
	unsigned what = (unsigned)gen_below(g, CASES);
	struct cm_traffic *t;
	bool holds;

	make(g, &s, what);
	t = replay_traffic(&r, &(struct replay_run) { 0 });
	holds = cm_traffic_n(t) == 1 || gen_fail(g, "case %u: %zu findings", what, cm_traffic_n(t));
	for (size_t i = 0; holds && i < cm_traffic_n(t); i++)
		holds = support_gives(g, &r, cm_traffic_at(t, i)) && draws_give(g, &r, cm_traffic_at(t, i), 3);
	cm_traffic_free(t);
	replay_free(&r);
	return holds;
}

/* Every address by another one, of IPv4, IPv6 or tied; numbers of packets moved; another seed. */
static void
rename_all(struct gen *g, struct replay *r)
{
	uint64_t key = gen_u64(g) | 1, how = gen_below(g, 3);

	for (size_t i = 0; i < r->n; i++) {
		struct cm_host *h[2] = { &r->at[i].src, &r->at[i].dst };

		r->at[i].id += 1000;
		for (unsigned k = 0; k < 2; k++) {
			uint32_t a = cm_get32(h[k]->addr);

			if (how == 0) {
				cm_put32(h[k]->addr, a * (uint32_t)key);
				continue;
			}
			cm_put64(h[k]->addr, a * key);
			cm_put64(h[k]->addr + 8, (a + 1) * key ^ key >> 7);
			h[k]->tied = how == 1;
			h[k]->net = how == 1 ? 4 : 6;
		}
	}
}

static struct cm_host
renamed(const struct replay *before, const struct replay *after, const struct cm_host *h)
{
	for (size_t i = 0; i < before->n; i++) {
		if (cm_host_eq(&before->at[i].src, h))
			return after->at[i].src;
		if (cm_host_eq(&before->at[i].dst, h))
			return after->at[i].dst;
	}
	return *h;
}

static bool
seeds_names_and_numbers_change_nothing(struct gen *g)
{
	struct replay r = { 0 }, other = { 0 };
	struct scene s = { .out = &r };
	struct cm_traffic *a, *b, *c;
	bool holds;

	make(g, &s, (unsigned)gen_below(g, CASES));
	for (size_t i = 0; i < r.n; i++)
		replay_add(&other, &r.at[i]);
	rename_all(g, &other);
	a = replay_traffic(&r, &(struct replay_run) { .seed = gen_u64(g) });
	b = replay_traffic(&r, &(struct replay_run) { .seed = gen_u64(g) });
	c = replay_traffic(&other, &(struct replay_run) { .seed = gen_u64(g) });
	holds = (cm_traffic_n(a) > 0 && sets_equal(a, b)) || gen_fail(g, "another seed, another finding");
	for (size_t i = 0; i < cm_traffic_n(a); i++) {
		const struct cm_traffic_finding *x = cm_traffic_at(a, i), *y = cm_traffic_at(b, i);
		struct cm_traffic_finding f = *x;

		holds = holds && x->packets == y->packets && x->sources == y->sources && x->targets == y->targets &&
		    x->first == y->first && x->last == y->last && x->from_ns == y->from_ns;
		f.target = renamed(&r, &other, &f.target);
		f.source = renamed(&r, &other, &f.source);
		holds = holds && (replay_has(c, &f) || gen_fail(g, "%s: other names, another finding",
		    cm_traffic_kind_word(f.kind)));
	}
	cm_traffic_free(a);
	cm_traffic_free(b);
	cm_traffic_free(c);
	replay_free(&r);
	replay_free(&other);
	return holds;
}

/* Anything at all, from everywhere to everywhere, with any clock: under a small budget, with
 * another seed, the same comes out, and memory is kept to. */
static bool
memory_is_kept_to_and_seeds_change_nothing_when_tables_are_full(struct gen *g)
{
	struct cm_traffic_params params = { .memory = (size_t)1 << (22 + gen_below(g, 2)), .thin = 1 };
	uint64_t start = gen_u64(g), n = 20000 + gen_below(g, 40000);
	struct cm_traffic *t[2];
	struct mallinfo2 before, after;
	bool holds = true;

	for (unsigned k = 0; k < 2; k++) {
		struct gen mine = { .state = start };

		before = mallinfo2();
		params.hash_seed = gen_u64(g);
		if (cm_traffic_new(&params, &t[k]) != CM_OK)
			return gen_fail(g, "no memory");
		for (uint64_t i = 0; i < n; i++) {
			struct cm_packet p = { .id = i + 1, .open = CM_OPEN_ALL, .transport = true };

			p.t_ns = (int64_t)(gen_one_in(&mine, 100) ? gen_u64(&mine) : i * 20000);
			p.src = scene_host((uint32_t)gen_below(&mine, gen_one_in(&mine, 2) ? 50 : 1u << 31));
			p.dst = scene_host((uint32_t)gen_below(&mine, gen_one_in(&mine, 2) ? 500 : 1u << 31));
			p.proto = gen_one_in(&mine, 3) ? 17 : 6;
			p.flags = (uint8_t)gen_below(&mine, 64);
			p.sport = gen_one_in(&mine, 4) ? 53 : (uint16_t)gen_u64(&mine);
			p.dport = (uint16_t)gen_below(&mine, gen_one_in(&mine, 2) ? 3 : 65536);
			p.ip_len = (uint32_t)gen_u64(&mine);
			if (cm_traffic_packet(t[k], &p) != CM_OK)
				return gen_fail(g, "packet refused");
		}
		if (cm_traffic_finish(t[k]) != CM_OK)
			return gen_fail(g, "no findings for want of memory");
		after = mallinfo2();
		if (after.uordblks + after.hblkhd > before.uordblks + before.hblkhd + params.memory)
			holds = gen_fail(g, "%zu bytes of %zu", after.uordblks + after.hblkhd - before.uordblks - before.hblkhd,
			    params.memory);
	}
	holds = holds && (sets_equal(t[0], t[1]) || gen_fail(g, "another seed, other findings"));
	holds = holds && (cm_traffic_get_stats(t[0])->targets_evicted == cm_traffic_get_stats(t[1])->targets_evicted ||
	    gen_fail(g, "another seed, others evicted"));
	cm_traffic_free(t[0]);
	cm_traffic_free(t[1]);
	return holds;
}

/* ---- real captures ---- */

static bool
is_labelled(const char *name)
{
	return strncmp(name, "StopDDoS__", 10) == 0 || strstr(name, "scan") != NULL || strstr(name, "dhcp_flood") != NULL;
}

static bool
check_capture(struct gen *g, const char *name)
{
	char path[1024];
	struct replay r;
	struct cm_traffic *t;
	size_t wanted = is_labelled(name) ? 1 : 0;
	bool holds;

	snprintf(path, sizeof path, "%s/%s", captures, name);
	if (!replay_read(&r, path))
		return true;
	t = replay_traffic(&r, &(struct replay_run) { .seed = gen_u64(g) });
	holds = cm_traffic_n(t) == wanted || gen_fail(g, "%s: %zu findings", name, cm_traffic_n(t));
	for (size_t i = 0; holds && i < cm_traffic_n(t); i++)
		holds = support_gives(g, &r, cm_traffic_at(t, i)) && draws_give(g, &r, cm_traffic_at(t, i), 20);
	cm_traffic_free(t);
	replay_free(&r);
	return holds;
}

static bool
labelled_captures_have_one_finding_and_others_none(struct gen *g)
{
	DIR *d = captures == NULL ? NULL : opendir(captures);
	struct dirent *e;
	bool holds = true;

	while (holds && d != NULL && (e = readdir(d)) != NULL)
		if (strstr(e->d_name, ".pcap") != NULL)
			holds = check_capture(g, e->d_name);
	if (d != NULL)
		closedir(d);
	return holds;
}

int
main(int argc, char **argv)
{
	static const struct law laws[] = {
		{ "a draw, and the whole of its support, give a finding again",
		    a_draw_and_the_whole_of_its_support_give_a_finding_again, 40, 1 },
		{ "seeds, names and numbers change nothing", seeds_names_and_numbers_change_nothing, 25, 1 },
		{ "memory is kept to, and seeds change nothing when tables are full",
		    memory_is_kept_to_and_seeds_change_nothing_when_tables_are_full, 6, 1 },
		{ "labelled captures have one finding each, and others none",
		    labelled_captures_have_one_finding_and_others_none, 1, 1 },
	};

	captures = argc > 1 ? argv[1] : NULL;
	return laws_hold(laws, sizeof laws / sizeof laws[0]);
}
