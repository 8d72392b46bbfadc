#include "story.h"

#include <stdlib.h>
#include <time.h>

uint16_t
gen_story_plant(struct gen_story *st, const struct gen_plant *p)
{
	if (st->plant == NULL)
		st->plant = calloc(GEN_PLANTS, sizeof(*st->plant));
	if (st->plant == NULL || st->n + 1u >= GEN_PLANTS)
		return 0;
	st->plant[++st->n] = *p;
	return st->n;
}

struct gen_plant *
gen_story_at(struct gen_story *st, uint16_t plant)
{
	return st->plant == NULL ? NULL : &st->plant[plant];
}

void
gen_story_seen(struct gen_story *st, uint16_t plant, uint64_t frame, int64_t t)
{
	struct gen_plant *p = &st->plant[plant];

	if (p->packets++ == 0) {
		p->first_frame = frame;
		p->first_t = t;
	}
	p->last_frame = frame;
	p->last_t = t;
}

void
gen_story_take(struct gen_story *st, struct gen_story *other, const char *where)
{
	for (uint16_t i = 1; i <= other->n; i++) {
		other->plant[i].where = where;
		if (gen_story_plant(st, &other->plant[i]) == 0)
			cm_buf_release(&other->plant[i].more);
	}
	cm_buf_add_span(&st->more, cm_buf_span(&other->more));
	cm_buf_release(&other->more);
	free(other->plant);
	*other = (struct gen_story) { 0 };
}

void
gen_json_text(struct cm_buf *b, const char *name, const char *value)
{
	cm_buf_printf(b, ",\"%s\":\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '"' || *value == '\\')
			cm_buf_add_u8(b, '\\');
		cm_buf_add_u8(b, (uint8_t)*value);
	}
	cm_buf_add_u8(b, '"');
}

void
gen_json_number(struct cm_buf *b, const char *name, int64_t value)
{
	cm_buf_printf(b, ",\"%s\":%lld", name, (long long)value);
}

void
gen_json_flag(struct cm_buf *b, const char *name, bool value)
{
	cm_buf_printf(b, ",\"%s\":%s", name, value ? "true" : "false");
}

void
gen_json_time(struct cm_buf *b, const char *name, int64_t t_ns)
{
	time_t sec = (time_t)(t_ns / 1000000000);
	struct tm tm;
	char text[40];

	gmtime_r(&sec, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	cm_buf_printf(b, ",\"%s\":\"%s.%09lldZ\"", name, text, (long long)(t_ns % 1000000000));
}

void
gen_json_addr(struct cm_buf *b, const char *name, const struct gen_addr *a)
{
	char text[48];

	gen_addr_text(text, sizeof(text), a);
	gen_json_text(b, name, text);
}

static void
add_plant(struct cm_buf *b, const struct gen_plant *p)
{
	cm_buf_printf(
	    b, "{\"kind\":\"%s\",\"verdict\":\"%s\",\"name\":\"%s\"", p->kind, p->verdict, p->name);
	if (p->service != NULL)
		gen_json_text(b, "service", p->service);
	if (p->where != NULL)
		gen_json_text(b, "where", p->where);
	if (p->has_target)
		gen_json_addr(b, "target", &p->target);
	if (p->has_source)
		gen_json_addr(b, "source", &p->source);
	if (p->port != 0)
		gen_json_number(b, "port", p->port);
	gen_json_number(b, "packets", (int64_t)p->packets);
	if (p->packets > 0) {
		gen_json_time(b, "from", p->first_t);
		gen_json_time(b, "to", p->last_t);
		gen_json_number(b, "first_frame", (int64_t)p->first_frame);
		gen_json_number(b, "last_frame", (int64_t)p->last_frame);
	}
	if (p->from != 0) {
		gen_json_time(b, "planned_from", p->from);
		gen_json_time(b, "planned_to", p->to);
	}
	if (p->clients > 0)
		gen_json_number(b, "clients", (int64_t)p->clients);
	if (p->requests > 0) {
		gen_json_number(b, "requests", (int64_t)p->requests);
		gen_json_number(b, "answered", (int64_t)p->answered);
	}
	cm_buf_add_span(b, cm_buf_span(&p->more));
	cm_buf_add_str(b, "}");
}

bool
gen_story_write(const struct gen_story *st, FILE *f, const char *command)
{
	struct cm_buf b = { 0 };
	bool ok;

	cm_buf_add_str(&b, "{\"v\":1");
	gen_json_text(&b, "command", command);
	cm_buf_add_str(&b, ",\n\"planted\":[");
	for (uint16_t i = 1; i <= st->n; i++) {
		cm_buf_add_str(&b, i == 1 ? "\n" : ",\n");
		add_plant(&b, &st->plant[i]);
	}
	cm_buf_add_str(&b, "]");
	cm_buf_add_span(&b, cm_buf_span(&st->more));
	cm_buf_add_str(&b, "}\n");
	ok = cm_buf_ok(&b) && fwrite(b.ptr, 1, b.len, f) == b.len;
	cm_buf_release(&b);
	return ok;
}

void
gen_story_release(struct gen_story *st)
{
	for (uint16_t i = 1; i <= st->n; i++)
		cm_buf_release(&st->plant[i].more);
	free(st->plant);
	cm_buf_release(&st->more);
	*st = (struct gen_story) { 0 };
}
