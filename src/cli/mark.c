/* `comity mark`: says what exhibits hold, for the rules of the charter. */
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "codec/json_write.h"
#include "store/marks.h"

enum { OPT_JSON = CM_OPT };

static const struct cm_option options[] = {
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

/* The words as one line; what is no address after `victim' is a name. */
static void
join(const struct cm_args *a, struct cm_buf *line)
{
	bool name = a->n == 2 && strcmp(a->operand[0], "victim") == 0 && strpbrk(a->operand[1], "/:") == NULL &&
	    strspn(a->operand[1], "0123456789.") != strlen(a->operand[1]);

	for (int i = 0; i < a->n; i++)
		cm_buf_printf(line, name && i == 1 ? "%s\"%s\"" : "%s%s", i > 0 ? " " : "", a->operand[i]);
}

static void
put_prefixes(struct cm_jsonw *w, const struct cm_marks *m)
{
	static const char *const who[] = { "victim", "own", "known" };
	const struct cm_mark_prefix *p;

	cm_jsonw_key(w, "addresses");
	cm_jsonw_array(w);
	for (size_t i = 0; i < m->n_prefixes; i++) {
		p = &m->prefix[i];
		cm_jsonw_object(w);
		cm_jsonw_kstr(w, "whose", who[p->who]);
		cm_jsonw_khex(w, "address", cm_span_of(p->addr, p->len));
		cm_jsonw_kuint(w, "bits", p->bits);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_exhibits(struct cm_jsonw *w, const struct cm_marks *m)
{
	const struct cm_mark_exhibit *x;

	cm_jsonw_key(w, "exhibits");
	cm_jsonw_array(w);
	for (size_t i = 0; i < m->n_exhibits; i++) {
		x = &m->exhibit[i];
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "exhibit", x->id);
		if (x->type != NULL)
			cm_jsonw_kstr(w, "type", x->type);
		cm_jsonw_kstr(w, "tlp", cm_tlp_word[x->tlp]);
		cm_jsonw_kstr(w, "pap", cm_pap_word[x->pap]);
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
}

static void
put_names(struct cm_jsonw *w, const struct cm_marks *m)
{
	cm_jsonw_key(w, "names");
	cm_jsonw_array(w);
	for (size_t i = 0; i < m->n_names; i++)
		cm_jsonw_str(w, m->name[i].text);
	cm_jsonw_array_end(w);
}

static enum cm_exit
print_json(const struct cm_context *ctx, const char *folder)
{
	struct cm_arena arena;
	struct cm_marks m = { 0 };
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	struct cm_err err = { 0 };
	enum cm_exit code;

	cm_arena_init(&arena, 0);
	if (cm_case_marks(folder, &arena, &m, &err) == CM_OK) {
		cm_jsonw_object(&w);
		put_exhibits(&w, &m);
		put_prefixes(&w, &m);
		put_names(&w, &m);
		cm_jsonw_kuint(&w, "exploit_ranges", m.n_exploits);
		cm_jsonw_object_end(&w);
		code = cm_cli_json(ctx, &b);
	} else {
		cm_buf_release(&b);
		code = cm_cli_error(ctx, NULL, &err, NULL);
	}
	cm_arena_fini(&arena);
	return code;
}

static enum cm_exit
print_text(const struct cm_context *ctx, const char *folder)
{
	struct cm_buf text = { 0 };
	struct cm_err err = { 0 };
	enum cm_exit code = CM_EXIT_OK;

	if (cm_case_marks_text(folder, &text, &err) != CM_OK)
		code = cm_cli_error(ctx, NULL, &err, NULL);
	else if (text.len == 0)
		fputs("nothing is marked: every exhibit is TLP:AMBER+STRICT, PAP:AMBER, and all addresses and contents\n"
		      "are personal data of third parties; `comity help mark' says how to say more\n", ctx->out);
	for (size_t from = 0, to; from < text.len; from = to + 1) {
		for (to = from; to < text.len && text.ptr[to] != '\n'; to++)
			;
		cm_cli_text(ctx->out, cm_span_of(text.ptr + from, to - from));
		fputc('\n', ctx->out);
	}
	cm_buf_release(&text);
	return code;
}

static enum cm_result
add(struct cm_case *c, const char *line, struct cm_err *err)
{
	enum cm_result r = cm_case_begin(c, err);

	if (r == CM_OK)
		r = cm_case_marks_add(cm_case_folder(c), line, err);
	cm_case_rollback(c);
	return r;
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_mark, argc, argv, ctx);
	enum cm_exit code = CM_EXIT_OK;
	struct cm_buf line = { 0 };
	struct cm_case *c = NULL;
	struct cm_err err = { 0 };
	bool json;

	if (!cm_args_json(&a, OPT_JSON, &json))
		return CM_EXIT_USAGE;
	if (!cm_cli_case(ctx, &c, &code))
		return code;
	join(&a, &line);
	if (a.n > 0 && cm_buf_cstr(&line) == NULL)
		code = CM_EXIT_CANNOT;
	else if (a.n > 0 && add(c, cm_buf_cstr(&line), &err) != CM_OK)
		code = cm_cli_error(ctx, NULL, &err, "nothing was changed");
	else if (json)
		code = print_json(ctx, cm_case_folder(c));
	else
		code = print_text(ctx, cm_case_folder(c));
	cm_buf_release(&line);
	cm_case_close(c);
	return code;
}

const struct cm_command cm_command_mark = {
	.name = "mark",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Says what exhibits hold, for the rules of the charter",
	.operands = "[WHAT...]",
	.options = options,
	.more = "Without WHAT it prints what is marked.  WHAT is one of\n"
		"  exhibit N [type N1] [tlp clear|green|amber|amber+strict|red]\n"
		"            [pap clear|green|amber|red] [exploit|exploit no|exploit rows 10-40]\n"
		"  victim 198.51.100.0/24     addresses of the victim\n"
		"  victim victim.example      a name of it, found in any case, and in packets of DNS\n"
		"  own 203.0.113.0/24         the party's own addresses\n"
		"  known 192.0.2.7            addresses that everybody may know\n"
		"\n"
		"Rules of a charter ask what a cell holds.  What is not marked is taken the cautious\n"
		"way: an exhibit is TLP:AMBER+STRICT and PAP:AMBER, every address and content personal\n"
		"data of third parties, a sample attacks.  A cell in which an address or a name of the\n"
		"victim is spelled is about the victim, in whatever column it stands; what is encoded\n"
		"or compressed is not seen.\n"
		"\n"
		"The file `marks' in the case folder holds all that, a line each, and can be edited.  It\n"
		"is never handed out.\n",
};
