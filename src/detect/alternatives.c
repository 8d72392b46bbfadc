/* The benign causes that were tried, and why each does or does not hold. */
#include "detect/report.h"

#define ALTERNATIVES 9u

struct list {
	const struct cm_judge *j;
	const struct cm_group *group;
	struct cm_arena *a;
	struct cm_alternative *item;
	size_t n;
	bool failed;
};

static const char *const excuse_name[CM_EXCUSE_COUNT] = {
	[CM_EXCUSE_KEEPALIVE] = "keep-alive",
	[CM_EXCUSE_PADDING] = "padding",
	[CM_EXCUSE_REUSE] = "port reuse",
	[CM_EXCUSE_OFFLOAD] = "segmentation offload",
	[CM_EXCUSE_SYN_PROXY] = "SYN proxy or restart",
	[CM_EXCUSE_ROTATION] = "repeated query",
	[CM_EXCUSE_BALANCER] = "load balancer",
};

const char *
cm_report_excuse(enum cm_excuse excuse)
{
	return excuse_name[excuse];
}

static void
add(struct list *l, enum cm_excuse excuse, const char *name, const char *holds, const char *fails)
{
	bool yes = excuse != CM_EXCUSE_NONE && l->group->excuse == excuse;

	l->item[l->n++] = (struct cm_alternative) {
		.name = name == NULL ? excuse_name[excuse] : name,
		.holds = yes,
		.why = yes ? holds : fails,
	};
	l->failed |= l->item[l->n - 1].why == NULL;
}

static void
add_balancer(struct list *l)
{
	const struct cm_judge *j = l->j;
	uint32_t showing = 0, flows = 0;
	int base = cm_stack_baseline(j, l->group->first);
	const char *why;

	if (base >= 0)
		(void)cm_host_balances(j->side[l->group->dir].model, (uint16_t)base,
		    cm_ttl_class(&j->v->segs[l->group->first]), &showing, &flows);
	why = cm_arena_printf(l->a,
	    "%u of %u flows of this host show these two TTLs (its own doing from 20 %% of at least "
	    "5 flows on)",
	    showing, flows);
	add(l, CM_EXCUSE_BALANCER, NULL, why, why);
}

static void
add_checksums(struct list *l)
{
	l->item[l->n++] = (struct cm_alternative) {
		.name = "damaged capture",
		.holds = l->j->corrupt,
		.why = l->j->corrupt ? "a tenth or more of the checksums of both directions are wrong"
				     : "the checksums that could be checked do not say so",
	};
}

static void
add_tcp(struct list *l)
{
	uint32_t len = l->j->v->segs[l->group->first].payload_len;

	add(l, CM_EXCUSE_KEEPALIVE, NULL,
	    "at most one byte, one before the next sequence number: its value has no meaning",
	    len <= 1 ? "it does not lie one byte before the next sequence number"
		     : cm_arena_printf(l->a, "it carries %u bytes", len));
	add(l, CM_EXCUSE_PADDING, NULL, "up to six zero bytes: link-layer padding taken for data",
	    "not up to six zero bytes");
	add(l, CM_EXCUSE_REUSE, NULL,
	    "over 60 s apart, or time runs backwards: two connections, or files, in one",
	    "no two segments 60 s apart were compared");
	add(l, CM_EXCUSE_OFFLOAD, NULL,
	    "one is longer than can be on the wire and holds the other: captured before the "
	    "network card cut it",
	    "no segment is longer than the wire's while another is a piece of it");
	add(l, CM_EXCUSE_NONE, "duplicate capture", NULL,
	    "packets captured twice hold the same bytes; these were left out");
	add_balancer(l);
}

CM_RESULT
cm_report_alternatives(const struct cm_judge *j, const struct cm_group *group, struct cm_arena *a,
    struct cm_incident *out)
{
	struct list l = { .j = j, .group = group, .a = a };

	l.item = cm_arena_array(a, ALTERNATIVES, sizeof(*l.item));
	if (l.item == NULL)
		return CM_E_NOMEM;
	if (j->v->proto == 17) {
		add(&l, CM_EXCUSE_ROTATION, NULL, "the same question was asked twice: both answers "
		    "are due", "the question was asked once");
		add(&l, CM_EXCUSE_NONE, "record rotation", NULL,
		    "the answers hold different sets of records, not one set in another order");
	} else {
		add_tcp(&l);
	}
	if (group->type == CM_INCIDENT_HANDSHAKE)
		add(&l, CM_EXCUSE_SYN_PROXY, NULL,
		    "two seconds or more apart, or of one stack and without continuation",
		    "the second answer is continued, or comes from another stack");
	add_checksums(&l);
	if (l.failed)
		return CM_E_NOMEM;
	out->alternatives = l.item;
	out->n_alternatives = l.n;
	return CM_OK;
}
