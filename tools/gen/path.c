#include "path.h"

#define MS ((int64_t)GEN_MS)

int64_t
gen_path_least(int64_t here, int64_t there)
{
	return here - there - GEN_QUEUE_MAX - 100 * (int64_t)GEN_US;
}

int64_t
gen_path_way(const struct gen_path *p, int64_t t)
{
	uint32_t k = (uint32_t)(t / (100 * MS));
	int64_t a = gen_mix(p->seed + k) % (GEN_QUEUE_MAX / GEN_US);
	int64_t b = gen_mix(p->seed + k + 1) % (GEN_QUEUE_MAX / GEN_US);
	int64_t into = t % (100 * MS) / GEN_US;

	return p->least + (a * (100000 - into) + b * into) / 100;
}

int64_t
gen_path_time(const struct gen_path *p, int64_t t, bool to_client)
{
	return to_client ? t - gen_path_way(p, t) : t + gen_path_way(p, t);
}

void
gen_path_ttl(const struct gen_path *p, uint8_t *dgram, bool to_client)
{
	int ttl = dgram[0] >> 4 == 6 ? dgram[7] : dgram[8];

	gen_wire_set_ttl(dgram, (uint8_t)(to_client ? ttl + p->hops : ttl - p->hops));
}

struct gen_shot
gen_path_shot(const struct gen_path *p, const struct gen_sim *there, const struct gen_shot *shot)
{
	return (struct gen_shot) { .t = gen_path_time(p, shot->t, shot->to_client),
		.link = there->o.link,
		.v6 = shot->v6,
		.to_client = shot->to_client,
		.plant = shot->plant };
}
