/* What was found, as JSON: an object a line. */
#include "chain/chain_json.h"
#include "cli/inspect.h"
#include "cli/inspect_places.h"
#include "codec/json_write.h"
#include "detect/across_json.h"
#include "traffic/finding_json.h"

#define PIECE ((size_t)256 << 10)

/* Lines are gathered, and written a piece at a time. */
struct out {
	const struct cm_context *ctx;
	const struct cm_file_names *names;
	struct cm_buf text;
};

static void
end_line(struct out *o)
{
	cm_buf_add_u8(&o->text, '\n');
	if (!cm_buf_ok(&o->text) || o->text.len < PIECE)
		return;
	fwrite(o->text.ptr, 1, o->text.len, o->ctx->out);
	cm_buf_clear(&o->text);
}

static const char *
name_of(const struct out *o, uint32_t file)
{
	return file < o->names->n ? o->names->name[file] : NULL;
}

static void
place(struct out *o, const struct cm_vantage *p)
{
	struct cm_jsonw w;

	for (size_t i = 0; i < cm_engine_count(p->engine) && cm_buf_ok(&o->text); i++) {
		w = cm_jsonw_of(&o->text, 0);
		cm_incident_json(&w, cm_engine_incident(p->engine, i), o->names);
		end_line(o);
	}
	if (cm_inspect_across_says(cm_engine_across(p->engine))) {
		w = cm_jsonw_of(&o->text, 0);
		cm_across_json(&w, cm_engine_across(p->engine), o->names, (uint32_t)p->file[0]);
		end_line(o);
	}
	for (size_t i = 0; i < cm_traffic_n(p->traffic); i++) {
		const struct cm_traffic_finding *f = cm_traffic_at(p->traffic, i);

		w = cm_jsonw_of(&o->text, 0);
		cm_traffic_json(&w, f, name_of(o, cm_packet_file(f->first)));
		end_line(o);
	}
}

static void
hands(struct out *o, const struct cm_survey *s)
{
	for (size_t k = 0; k < s->n; k++) {
		const struct cm_across *a = cm_engine_across(s->vantage[k].engine);

		for (size_t i = 0; a != NULL && i < a->n_hands; i++) {
			if (!cm_inspect_hand_is_first(s, k, i))
				continue;
			cm_inspect_hand_json(&o->text, s, k, i);
			end_line(o);
		}
	}
}

static void
chains(struct out *o, const struct cm_survey *s)
{
	struct cm_chain_vantage v[CM_SURVEY_VANTAGES];

	cm_survey_vantages(s, v);
	for (size_t i = 0; i < s->chains.n; i++) {
		struct cm_jsonw w = cm_jsonw_of(&o->text, 0);

		cm_chain_json(&w, &s->chains.chain[i], v, o->names->name);
		end_line(o);
	}
}

bool
cm_inspect_json(
    const struct cm_context *ctx, const struct cm_survey *s, const struct cm_file_names *names)
{
	struct out o = { .ctx = ctx, .names = names };
	bool ok;

	for (size_t k = 0; k < s->n; k++)
		place(&o, &s->vantage[k]);
	hands(&o, s);
	chains(&o, s);
	ok = cm_buf_ok(&o.text);
	if (ok && o.text.len > 0)
		fwrite(o.text.ptr, 1, o.text.len, ctx->out);
	cm_buf_release(&o.text);
	return ok;
}
