/* `comity disclose`: a dossier of what was sealed and stated, as far as its owner chooses. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/case.h"
#include "cli/commands.h"
#include "cli/disclose_assessment.h"
#include "cli/disclose_choose.h"
#include "cli/dossier.h"
#include "statement/seal_v1.h"
#include "store/marks.h"

enum {
	OPT_FINDING = CM_OPT,
	OPT_TRAFFIC,
	OPT_CHAIN,
	OPT_ASSESSMENT,
	OPT_VIEW,
	OPT_EXHIBIT,
	OPT_FRAMES,
	OPT_ROWS,
	OPT_COLUMNS,
	OPT_PURPOSE,
	OPT_EXPLAIN,
	OPT_ENCRYPT,
	OPT_TLP,
	OPT_PAP,
	OPT_NO_COMPLETION,
	OPT_DRY_RUN,
	OPT_JSON
};

static const struct cm_option options[] = {
	{ 'o', "output", "FILE", "the dossier (default: disclosure.dossier)" },
	{ OPT_FINDING, "finding", "LIST", "findings by their number in the case (1,3-5), or `all'" },
	{ OPT_TRAFFIC, "traffic", "LIST", "floods and scans by their number in the case, or `all'" },
	{ OPT_CHAIN, "chain", "LIST", "chains by their number, with all that they join, or `all'" },
	{ OPT_ASSESSMENT, "assessment", "LIST", "assessments by their number, or `all'; of their rows those of a view" },
	{ OPT_VIEW, "view", "VIEW", "public, shared, panel or all (default: shared with --to, else public)" },
	{ OPT_EXHIBIT, "exhibit", "N", "the exhibit that --frames or --rows mean" },
	{ OPT_FRAMES, "frames", "LIST", "open these frames, as Wireshark counts them (5,8-14)" },
	{ OPT_ROWS, "rows", "LIST", "open these rows of the seal, counted from 0; or `all'" },
	{ OPT_COLUMNS, "columns", "LIST", "of these only, as the seal names them: headers,src or ip,rest" },
	{ CM_WISH_HIDE, "hide", "WHAT", "addresses, payload, or both: addresses,payload" },
	{ CM_WISH_ALSO, "also", "WHAT", "hide that, too" },
	{ CM_WISH_LEAK_OK, "leak-ok", NULL, "accept hidden values that show in what is opened" },
	{ CM_WISH_WHOLE_HOST, "whole-host", NULL, "show headers of every packet of an accused host" },
	{ CM_WISH_WHOLE_PAIR, "whole-pair", NULL, "show headers of every packet between the hosts of a finding" },
	{ CM_WISH_TIE_ALL, "tie-all", NULL, "tie the addresses of every packet, so that they can be counted" },
	{ CM_WISH_TO, "to", "WHO", "to whom: a member of the charter, or `public'; without a charter anybody" },
	{ CM_WISH_FOR, "for", "WHO", "the same" },
	{ OPT_PURPOSE, "purpose", "WORD", "what for: attribution, warning, ...; a charter asks for it" },
	{ OPT_EXPLAIN, "explain", NULL, "say of everything by which rules it is shown or hidden" },
	{ OPT_ENCRYPT, "encrypt", NULL, "encrypt it to the recipient's key, also where no rule obliges to" },
	{ OPT_TLP, "tlp", "WORD", "without a charter: mark it clear, green, amber, amber+strict or red" },
	{ OPT_PAP, "pap", "WORD", "without a charter: mark it clear, green, amber or red" },
	{ OPT_NO_COMPLETION, "no-completion", NULL, "refuse what completes a picture that earlier dossiers left shut" },
	{ OPT_DRY_RUN, "dry-run", NULL, "only print what would be given away" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ CM_WISH_NO_CONFINE, "no-confine", NULL, "read without confining the reader (for debugging)" },
	{ 0 },
};

struct disclose {
	const struct cm_context *ctx;
	const char *rows, *columns, *view;
	struct cm_choice choice;
	uint64_t exhibit; /* 0: not said */
	struct cm_dossier_wish wish;
	struct cm_ids chosen;
	struct cm_chosen chosen_statements;
	struct cm_case *c;
	struct cm_keyring keyring;
	struct cm_arena arena;
	struct cm_err err;
};

static bool
take_option(struct disclose *in, const struct cm_args *a, int id)
{
	switch (id) {
	case OPT_NO_COMPLETION:
		in->wish.no_completion = true;
		return true;
	case OPT_DRY_RUN:
		in->wish.dry_run = true;
		return true;
	case OPT_FINDING:
		in->choice.findings = a->value;
		return true;
	case OPT_TRAFFIC:
		in->choice.traffic = a->value;
		return true;
	case OPT_CHAIN:
		in->choice.chains = a->value;
		return true;
	case OPT_ASSESSMENT:
		in->choice.assessments = a->value;
		return true;
	case OPT_VIEW:
		in->view = a->value;
		return true;
	case OPT_EXHIBIT:
		return cm_args_number(a, "exhibit", INT64_MAX, &in->exhibit);
	case OPT_FRAMES:
	case OPT_ROWS:
		if (in->rows != NULL) {
			(void)cm_cli_usage(in->ctx, a->command, "one list of --frames or --rows");
			return false;
		}
		in->rows = a->value;
		in->wish.select.frames = id == OPT_FRAMES;
		return true;
	case OPT_COLUMNS:
		in->columns = a->value;
		return true;
	case OPT_JSON:
		in->wish.json = true;
		return true;
	case OPT_PURPOSE:
		in->wish.purpose = a->value;
		return true;
	case OPT_EXPLAIN:
		in->wish.explain = true;
		return true;
	case OPT_ENCRYPT:
		in->wish.encrypt = true;
		return true;
	case OPT_TLP:
		in->wish.terms.tlp = a->value;
		return true;
	case OPT_PAP:
		in->wish.terms.pap = a->value;
		return true;
	default:
		return cm_cli_wish(a, id, &in->wish);
	}
}

static CM_RESULT
choose_statements(struct disclose *in)
{
	struct cm_chosen *k = &in->chosen_statements;
	enum cm_result rc = cm_choose(&in->choice, in->c, &in->arena, k, &in->err);

	in->wish.findings = (const uint8_t (*)[32])k->findings;
	in->wish.n_findings = k->n_findings;
	in->wish.traffic = (const uint8_t (*)[32])k->traffic;
	in->wish.n_traffic = k->n_traffic;
	in->wish.chains = (const uint8_t (*)[32])k->chains;
	in->wish.n_chains = k->n_chains;
	in->wish.assessments = (const uint8_t (*)[32])k->assessments;
	in->wish.n_assessments = k->n_assessments;
	return rc;
}

static bool
is_capture(const struct cm_case_exhibit *x)
{
	return strcmp(x->kind, cm_kind_word(CM_KIND_CAPTURE)) == 0;
}

/* "ip,rest": columns as the seal statement names them. */
static CM_RESULT
match_columns(struct disclose *in, const struct cm_case_exhibit *x, const struct cm_schema *schema)
{
	const char *at = in->columns;
	size_t len, c;

	do {
		len = strcspn(at, ",");
		if (cm_schema_find(schema, cm_span_of(at, len), &c) != CM_OK)
			return cm_err_set(&in->err, CM_E_USAGE, "--columns: exhibit %" PRIu64 " has no column %.*s; "
			    "`comity show exhibits' lists them", x->id, (int)len, at);
		in->wish.select.columns |= cm_column_bit(c);
		at += len;
	} while (*at++ == ',');
	return CM_OK;
}

static CM_RESULT
choose_columns(struct disclose *in, const struct cm_case_exhibit *x)
{
	struct cm_statement_doc doc = { 0 };
	struct cm_buf json = { 0 };
	struct cm_seal_v1 seal;
	enum cm_result rc = CM_OK;

	if (in->columns == NULL)
		return CM_OK;
	rc = cm_case_statement_text(in->c, x->statement, &json, NULL, &in->err);
	if (rc == CM_OK)
		rc = cm_statement_read(cm_buf_span(&json), &in->arena, &doc, &in->err);
	if (rc == CM_OK)
		rc = cm_seal_v1_read(&doc, &in->arena, &seal, &in->err);
	if (rc == CM_OK)
		rc = match_columns(in, x, &seal.seal.schema);
	cm_statement_release(&doc);
	cm_buf_release(&json);
	return rc;
}

/* Frames, hosts and payloads are words for captures. */
static CM_RESULT
check_words(struct disclose *in, const struct cm_case_exhibit *x)
{
	bool captures = false;
	size_t i;

	if (is_capture(x))
		return CM_OK;
	if (in->wish.select.frames)
		return cm_err_set(&in->err, CM_E_USAGE, "exhibit %" PRIu64 " is %s: it has --rows, no frames", x->id,
		    x->kind);
	for (i = 0; i < in->wish.n_exhibits; i++)
		captures |= is_capture(&in->wish.exhibits[i]);
	if (!captures && in->wish.select.hides != 0)
		return cm_err_set(&in->err, CM_E_USAGE, "exhibit %" PRIu64 " is %s: --hide knows addresses and payload of "
		    "packets; here --columns says which cells are opened, and all others stay shut", x->id, x->kind);
	if (!captures && (in->wish.select.whole_host || in->wish.select.whole_pair || in->wish.select.tie_all))
		return cm_err_set(&in->err, CM_E_USAGE, "exhibit %" PRIu64 " is %s: --whole-host, --whole-pair and --tie-all are "
		    "for captures", x->id, x->kind);
	return CM_OK;
}

/* Rows chosen by hand are of exhibit ${k} of the selection. */
static CM_RESULT
choose_these(struct disclose *in, size_t k)
{
	const struct cm_case_exhibit *x = &in->wish.exhibits[k];
	struct cm_select_in *select = &in->wish.select;
	cm_packet_id *id = NULL;
	size_t n = 0, i;
	enum cm_result rc = check_words(in, x);

	if (rc == CM_OK)
		rc = choose_columns(in, x);
	if (rc == CM_OK && !select->frames && strcmp(in->rows, "all") == 0) {
		select->all = true;
		select->all_seal = (uint32_t)k;
		return CM_OK;
	}
	if (rc == CM_OK)
		rc = cm_list_read(in->rows, &in->arena, &id, &n, &in->err);
	if (rc == CM_OK && !select->frames && id[n - 1] >= x->rows)
		rc = cm_err_set(&in->err, CM_E_USAGE, "exhibit %" PRIu64 " has %" PRIu64 " rows, counted from 0", x->id,
		    x->rows);
	for (i = 0; rc == CM_OK && i < n; i++)
		id[i] = cm_packet_id_of((uint32_t)k, id[i]);
	in->chosen = (struct cm_ids) { id, n };
	select->rows = &in->chosen;
	return rc;
}

/* They are of one exhibit. */
static CM_RESULT
choose_rows(struct disclose *in)
{
	size_t k;

	if (in->rows == NULL)
		return CM_OK;
	for (k = 0; k < in->wish.n_exhibits && in->wish.exhibits[k].id != in->exhibit; k++)
		;
	if (k == in->wish.n_exhibits && in->wish.n_exhibits != 1)
		return cm_err_set(&in->err, CM_E_USAGE, "of which --exhibit? `comity show exhibits' lists them");
	return choose_these(in, k == in->wish.n_exhibits ? 0 : k);
}

/* The rows of assessments take the place of rows chosen by hand. */
static CM_RESULT
choose_assessed(struct disclose *in)
{
	const struct cm_disclose_assessments job = { .c = in->c, .statement = in->wish.assessments, .n = in->wish.n_assessments,
		.exhibits = in->wish.exhibits, .n_exhibits = in->wish.n_exhibits, .view = in->view, .to = in->wish.to, .leak_ok = in->wish.leak_ok };
	enum cm_result rc;

	if (job.n == 0)
		return CM_OK;
	rc = cm_disclose_assessments(&job, &in->arena, &in->chosen, &in->err);
	in->wish.select.rows = &in->chosen;
	return rc;
}

static CM_RESULT
choose_exhibits(struct disclose *in)
{
	struct cm_case_exhibits all;
	struct cm_case_exhibit *chosen;
	bool *used;
	size_t i, n = 0;
	enum cm_result rc = cm_case_exhibits(in->c, &in->arena, &all, &in->err);

	if (rc != CM_OK)
		return rc;
	used = cm_arena_array(&in->arena, all.n + 1, sizeof(*used));
	chosen = cm_arena_array(&in->arena, all.n + 1, sizeof(*chosen));
	if (used == NULL || chosen == NULL)
		return cm_err_set(&in->err, CM_E_NOMEM, "out of memory");
	rc = cm_chosen_exhibits(&in->chosen_statements, in->c, &in->arena, &all, used, &in->err);
	for (i = 0; i < all.n; i++) {
		used[i] = used[i] || (in->exhibit != 0 ? all.item[i].id == in->exhibit : all.n == 1 && in->wish.n_assessments == 0);
		if (used[i])
			chosen[n++] = all.item[i];
	}
	if (rc == CM_OK && n == 0)
		rc = cm_err_set(&in->err, in->exhibit != 0 ? CM_E_NOTFOUND : CM_E_USAGE, in->exhibit != 0 ?
		    "no such exhibit; `comity show exhibits' lists them" :
		    "nothing is chosen: --finding, --traffic, --chain, --assessment, or --exhibit and --rows or --frames");
	in->wish.exhibits = chosen;
	in->wish.n_exhibits = n;
	if (rc == CM_OK)
		rc = choose_assessed(in);
	return rc == CM_OK ? choose_rows(in) : rc;
}

/* The markings of what comes of all exhibits: those of the highest, or what was asked for if that is higher. */
static CM_RESULT
mark(struct disclose *in)
{
	struct cm_terms *t = &in->wish.terms;
	enum cm_tlp tlp = CM_TLP_CLEAR;
	enum cm_pap pap = CM_PAP_CLEAR;
	struct cm_marks marks;
	enum cm_result rc;

	if (t->tlp != NULL && cm_tlp_of(t->tlp, &tlp) != CM_OK)
		return cm_err_set(&in->err, CM_E_USAGE, "--tlp is clear, green, amber, amber+strict or red");
	if (t->pap != NULL && cm_pap_of(t->pap, &pap) != CM_OK)
		return cm_err_set(&in->err, CM_E_USAGE, "--pap is clear, green, amber or red");
	rc = cm_case_marks(cm_case_folder(in->c), &in->arena, &marks, &in->err);
	for (size_t i = 0; rc == CM_OK && i < in->wish.n_exhibits; i++) {
		struct cm_mark_exhibit x = cm_marks_exhibit(&marks, in->wish.exhibits[i].id);

		if ((t->tlp != NULL && x.tlp > tlp) || (t->pap != NULL && x.pap > pap))
			return cm_err_set(&in->err, CM_E_USAGE, "exhibit %" PRIu64 " is marked TLP:%s, PAP:%s: nothing that comes of "
			    "it is marked lower; `comity mark' marks it anew", x.id, cm_tlp_word[x.tlp], cm_pap_word[x.pap]);
		tlp = x.tlp > tlp ? x.tlp : tlp;
		pap = x.pap > pap ? x.pap : pap;
	}
	*t = (struct cm_terms) { .use = CM_TERMS_FREE, .tlp = cm_tlp_word[tlp], .pap = cm_pap_word[pap] };
	return rc;
}

/* By the charter in force, or by none.  False: ${*code}. */
static bool
govern(struct disclose *in, struct cm_governing *g, enum cm_exit *code)
{
	enum cm_governing_end end;
	enum cm_result rc;

	in->wish.command = &cm_command_disclose;
	end = cm_governing_begin(in->ctx, &in->wish, g, code);
	if (end == CM_GOVERNING_NO)
		return false;
	if (end == CM_GOVERNING_NONE) {
		rc = mark(in);
		if (rc != CM_OK)
			*code = rc == CM_E_USAGE ? cm_cli_usage(in->ctx, &cm_command_disclose, "%s", in->err.text) :
						   cm_cli_error(in->ctx, NULL, &in->err, "nothing was disclosed");
		return rc == CM_OK;
	}
	if (in->wish.leak_ok || in->wish.terms.tlp != NULL || in->wish.terms.pap != NULL) {
		*code = cm_cli_usage(in->ctx, &cm_command_disclose,
		    "a charter governs this case: it marks, and what it hides stays hidden; no --leak-ok, --tlp, --pap");
		return false;
	}
	in->wish.governing = g;
	return true;
}

/* From here on all is known of it. */
static enum cm_exit
give(struct disclose *in)
{
	enum cm_exit logged = CM_EXIT_OK, code = CM_EXIT_OK;
	struct cm_governing g = { 0 };
	struct cm_warning_texts warning = { 0 };
	const char *path = NULL;

	if (in->wish.out == NULL)
		in->wish.out = "disclosure.dossier";
	in->wish.written = &path;
	in->wish.logged = &logged;
	if (cm_warning_texts_of_case(&warning, in->ctx, &in->err) != CM_OK)
		code = cm_cli_error(in->ctx, NULL, &in->err, "nothing was disclosed");
	in->wish.warning = &warning;
	if (code == CM_EXIT_OK && govern(in, &g, &code))
		code = cm_cli_dossier(in->ctx, &in->wish);
	if (code == CM_EXIT_OK && !in->wish.dry_run && !in->wish.json)
		fprintf(in->ctx->out, "%s\n", path);
	cm_governing_fini(&g);
	cm_warning_texts_free(&warning);
	return code == CM_EXIT_OK ? logged : code;
}

static enum cm_exit
disclose(struct disclose *in)
{
	enum cm_exit code;
	enum cm_result rc;

	if (!cm_cli_case(in->ctx, &in->c, &code))
		return code;
	rc = cm_case_keyring(in->c, in->ctx->agent, &in->keyring, &in->err);
	if (rc == CM_OK)
		rc = choose_statements(in);
	if (rc == CM_OK)
		rc = choose_exhibits(in);
	if (rc == CM_E_USAGE)
		return cm_cli_usage(in->ctx, &cm_command_disclose, "%s", in->err.text);
	if (rc != CM_OK) {
		(void)cm_cli_error(in->ctx, NULL, &in->err, NULL);
		return CM_EXIT_CANNOT;
	}
	in->wish.c = in->c;
	in->wish.signer = &in->keyring.signer;
	in->wish.arena = &in->arena;
	in->wish.say_compared = true;
	return give(in);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_disclose, argc, argv, ctx);
	struct disclose in = { .ctx = ctx };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (!take_option(&in, &a, id))
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, &cm_command_disclose, "what is %s?", a.operand[0]);
	if (!cm_choice_any(&in.choice) && in.rows == NULL)
		return cm_cli_usage(ctx, &cm_command_disclose,
		    "nothing is chosen: --finding, --traffic, --chain, --assessment, --rows or --frames");
	if (in.choice.assessments != NULL && in.rows != NULL)
		return cm_cli_usage(ctx, &cm_command_disclose, "--assessment chooses rows by its view; --rows and --frames are for other exhibits");
	if (in.columns != NULL && in.rows == NULL)
		return cm_cli_usage(ctx, &cm_command_disclose, "--columns says what to open of --rows or --frames");
	cm_arena_init(&in.arena, 0);
	code = disclose(&in);
	cm_keyring_close(&in.keyring);
	cm_case_close(in.c);
	cm_arena_fini(&in.arena);
	return code;
}

const struct cm_command cm_command_disclose = {
	.name = "disclose",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Makes a dossier of chosen findings, floods, chains, assessments, rows or columns",
	.operands = "",
	.options = options,
	.more = "What each finding needs is opened: the rows of its flow in full, and of other\n"
		"connections of the accused host the headers.  --hide addresses ties them instead\n"
		"(equal hosts show as equal) and searches all that is opened for the hidden ones, in\n"
		"every spelling.\n"
		"\n"
		"Of logs, records and samples --rows and --columns say what is opened.  Where other\n"
		"cells of a record stay shut, what is opened is searched for their values.\n"
		"\n"
		"Where a charter is in force, it is asked for every cell, statement and picture; what it\n"
		"denies stays hidden, a host's name falls back to a tie, and what it obliges to stands in\n"
		"the signed disclosure.  `comity mark' says what the exhibits hold.\n"
		"\n"
		"The dossier is verified before it is written; its path is the last line of output.\n"
		"Try --dry-run first.\n"
		"\n"
		"Exits 0 when done, 1 if the charter lets nothing of it out, 2 for wrong use, 3 if it\n"
		"could not, or would not: hidden values would show, or the exhibit is not what was\n"
		"sealed.\n",
};
