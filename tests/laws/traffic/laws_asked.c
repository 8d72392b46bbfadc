/* Floods of HTTP in a draw of one request in N: the same finding comes out.  N is the smallest power of two for which 4,096
 * requests or fewer are drawn, as who seals takes it. */
#include <stdlib.h>
#include <string.h>

#include "../../unit/traffic/asked_world.h"

#define DRAWN 4096u
#define DRAWS 4u

/* A flood as they come: by scripts of other sites, or by programs; sometimes with visitors in between. */
static void
make_flood(struct gen *g, struct world *w)
{
	bool programs = gen_one_in(g, 3), tell = programs || gen_one_in(g, 2);
	struct world_flood f = { .from_s = 0, .to_s = 30 + (double)gen_below(g, 300), .jitter = 0.05 + 0.01 * (double)gen_below(g, 20) };

	f.period_s = programs ? 0.2 + 0.1 * (double)gen_below(g, 15) : 1 + 0.1 * (double)gen_below(g, 21);
	f.clients = 30 + (unsigned)gen_below(g, 30 * (g->size + 1));
	f.paths = 1 + (unsigned)gen_below(g, 2);
	f.buster = tell ? WORLD_MS + (unsigned)gen_below(g, 5) : WORLD_NO_BUSTER;
	f.referers = programs ? 0 : 8 + (unsigned)gen_below(g, 200);
	f.agents = programs ? 1 : 5 + (unsigned)gen_below(g, 40);
	if (f.clients / f.period_s * f.to_s > 120000)
		f.to_s = 120000 * f.period_s / f.clients > 12 * f.period_s ? 120000 * f.period_s / f.clients : 12 * f.period_s;
	world_flood(w, &f);
	if (!programs && gen_one_in(g, 2))
		world_people(w, 0, f.to_s, 0.001 * f.clients / f.period_s); /* about two requests in a hundred */
	world_sort(w);
}

static uint64_t
power_for(uint64_t n)
{
	uint64_t thin = 1;

	while (n / thin > DRAWN)
		thin *= 2;
	return thin;
}

static bool
draws_agree(struct gen *g, const struct world *w, const struct cm_traffic_finding *whole, uint64_t thin)
{
	struct world_part part = { .thin = thin, .from = whole->first, .to = whole->last, .host = "v.example" };
	struct cm_arena arena;
	struct world_found found;
	const struct cm_traffic_finding *again;
	char why[100] = "there is none";
	bool same;

	cm_arena_init(&arena, 0);
	if (!world_feed(w, &part, &arena, &found)) {
		cm_arena_fini(&arena);
		return gen_fail(g, "no memory");
	}
	again = world_find(&found, "v.example");
	same = again != NULL && world_same(whole, again, why, sizeof(why));
	cm_arena_fini(&arena);
	return same || gen_fail(g, "1 in %u, %u of %u: %s", (unsigned)thin, (unsigned)found.fed, (unsigned)w->n, why);
}

static bool
agrees(struct gen *g, struct world *w, enum cm_traffic_verdict verdict)
{
	struct world_part part = { .thin = 1 };
	struct cm_arena arena;
	struct world_found found;
	const struct cm_traffic_finding *whole;
	bool fine;
	uint64_t thin;

	cm_arena_init(&arena, 0);
	fine = world_feed(w, &part, &arena, &found) || gen_fail(g, "no memory");
	whole = fine ? world_find(&found, "v.example") : NULL;
	if (fine && (found.n != 1 || whole == NULL || whole->verdict != verdict))
		fine = gen_fail(g, "of %u requests: %u findings", (unsigned)w->n, (unsigned)found.n);
	thin = fine ? power_for(whole->last - whole->first + 1) : 1;
	for (unsigned i = 0; fine && i < DRAWS; i++)
		fine = draws_agree(g, w, whole, thin);
	fine = fine && draws_agree(g, w, whole, 1);
	cm_arena_fini(&arena);
	world_release(w);
	return fine;
}

static bool
a_draw_of_a_flood_is_the_same_flood(struct gen *g)
{
	struct world w = { .g = g };

	make_flood(g, &w);
	return agrees(g, &w, CM_TRAFFIC_FLOOD);
}

static bool
a_draw_of_a_crowd_is_the_same_crowd(struct gen *g)
{
	struct world w = { .g = g };
	double more = 3 + 0.1 * (double)gen_below(g, g->size + 1);

	world_people(&w, 0, 300, 0.2);
	world_people(&w, 300, 300 + 60 + (double)gen_below(g, 200), more);
	world_sort(&w);
	return agrees(g, &w, CM_TRAFFIC_SURGE);
}

static bool
a_draw_of_a_test_is_the_same_test(struct gen *g)
{
	struct world w = { .g = g };

	world_test(&w, 0, 10 + (double)gen_below(g, 100), 100 + (double)gen_below(g, 10 * (g->size + 1)), gen_one_in(g, 2));
	world_sort(&w);
	return agrees(g, &w, CM_TRAFFIC_SURGE);
}

int
main(void)
{
	static const struct law laws[] = {
		{ "a draw of a flood is the same flood", a_draw_of_a_flood_is_the_same_flood, 20, 100 },
		{ "a draw of a crowd is the same crowd", a_draw_of_a_crowd_is_the_same_crowd, 8, 40 },
		{ "a draw of a test is the same test", a_draw_of_a_test_is_the_same_test, 10, 60 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
