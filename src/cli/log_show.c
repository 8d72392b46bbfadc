/* `comity log show`: what the log commits to, and who cosigned it. */
#include <inttypes.h>
#include <string.h>

#include "base/hex.h"
#include "cli/commands.h"
#include "cli/log.h"
#include "codec/rfc3339.h"
#include "log/entry.h"
#include "log/tiles.h"

enum { OPT_ENTRIES = CM_OPT, OPT_CHECKPOINT, OPT_JSON };

static const struct cm_option options[] = {
	{ OPT_ENTRIES, "entries", NULL, "list every entry, too" },
	{ OPT_CHECKPOINT, "checkpoint", NULL, "print the signed checkpoint itself, and nothing else" },
	{ OPT_JSON, "json", NULL, "print one JSON object" },
	{ 0 },
};

struct showing {
	struct cm_cli_log log;
	bool json, entries, checkpoint;
	struct cm_buf published;
	struct cm_note note;
	struct cm_trust trust;
	struct cm_witnessed witnessed;
	struct cm_case_statements unlogged;
	struct cm_tiles *tiles;
};

static enum cm_result
look(struct showing *s)
{
	struct cm_cli_log *l = &s->log;
	const struct cm_checkpoint *head = cm_log_files_head(l->files);
	struct cm_tile_source source = cm_log_files_source(l->files);
	enum cm_result r = cm_log_files_published(l->files, &s->published, &l->err);

	if (r == CM_OK)
		r = cm_note_parse(cm_buf_span(&s->published), &l->arena, &s->note, &l->err);
	if (r == CM_OK)
		r = cm_trust_read(cm_case_folder(l->c), &l->arena, &s->trust, &l->err);
	if (r == CM_OK)
		r = cm_policy_judge(&s->trust.policy, &s->note, &l->arena, &s->witnessed, &l->err);
	if (r == CM_OK)
		r = cm_case_unlogged(l->c, &l->arena, &s->unlogged, &l->err);
	if (r == CM_OK && cm_tiles_new(&source, head->size, head->root, &s->tiles) != CM_OK)
		r = cm_err_set(&l->err, CM_E_NOMEM, "out of memory");
	return r;
}

/* Each entry as it stands in the log; what is no statement's entry is shown as it is. */
static enum cm_result
print_entries(struct showing *s)
{
	struct cm_cli_log *l = &s->log;
	char hex[65] = { 0 };
	struct cm_span text;
	struct cm_entry e;
	enum cm_result r = CM_OK;
	uint64_t i;

	for (i = 0; r == CM_OK && i < cm_log_files_head(l->files)->size; i++) {
		r = cm_tiles_entry(s->tiles, i, &text, &l->err);
		if (r != CM_OK)
			break;
		if (cm_entry_parse(text, &e, NULL) == CM_OK) {
			cm_hex_encode(cm_span_of(e.digest, 32), hex);
			fprintf(l->ctx->out, "%8" PRIu64 "  %s  %s\n", i, hex, e.key);
		} else {
			fprintf(l->ctx->out, "%8" PRIu64 "  (no statement) ", i);
			cm_cli_text(l->ctx->out, text);
			fputc('\n', l->ctx->out);
		}
	}
	return r;
}

static void
print_witnesses(const struct showing *s)
{
	FILE *f = s->log.ctx->out;
	char when[CM_RFC3339_LEN + 1];
	size_t i;

	for (i = 0; i < s->witnessed.n; i++) {
		cm_rfc3339_format((int64_t)s->witnessed.at[i], when);
		fprintf(f, "cosigned       %s  ", when);
		cm_cli_text(f, cm_span_str(s->trust.policy.member[s->witnessed.witness[i]].name));
		fputc('\n', f);
	}
	if (!s->trust.policy.has_quorum)
		fprintf(f, "quorum         none is asked for (`comity trust')\n");
	else
		fprintf(f, "quorum         %s\n", s->witnessed.enough ? "reached" : "NOT reached: `comity log checkpoint' asks again");
}

static enum cm_result
print_text(struct showing *s)
{
	struct cm_cli_log *l = &s->log;
	const struct cm_checkpoint *head = cm_log_files_head(l->files);
	char hex[65] = { 0 };

	cm_hex_encode(cm_span_of(head->root, 32), hex);
	fprintf(l->ctx->out, "origin         ");
	cm_cli_text(l->ctx->out, cm_span_str(head->origin));
	fprintf(l->ctx->out, "\nsize           %" PRIu64 "\nroot           %s\n", head->size, hex);
	print_witnesses(s);
	if (s->unlogged.n > 0)
		fprintf(l->ctx->out, "not logged     %zu statement%s: `comity log checkpoint' logs %s\n", s->unlogged.n,
		    s->unlogged.n == 1 ? "" : "s", s->unlogged.n == 1 ? "it" : "them");
	return s->entries ? print_entries(s) : CM_OK;
}

static enum cm_result
json_entries(struct showing *s, struct cm_jsonw *w)
{
	struct cm_cli_log *l = &s->log;
	struct cm_span text;
	struct cm_entry e;
	enum cm_result r = CM_OK;
	uint64_t i;

	cm_jsonw_key(w, "entries");
	cm_jsonw_array(w);
	for (i = 0; r == CM_OK && i < cm_log_files_head(l->files)->size; i++) {
		r = cm_tiles_entry(s->tiles, i, &text, &l->err);
		if (r != CM_OK)
			break;
		cm_jsonw_object(w);
		cm_jsonw_kuint(w, "place", i);
		if (cm_entry_parse(text, &e, NULL) == CM_OK) {
			cm_jsonw_khex(w, "sha256", cm_span_of(e.digest, 32));
			cm_jsonw_kstr(w, "key", e.key);
		} else {
			cm_jsonw_khex(w, "other", text);
		}
		cm_jsonw_object_end(w);
	}
	cm_jsonw_array_end(w);
	return r;
}

static enum cm_exit
print_json(struct showing *s)
{
	struct cm_cli_log *l = &s->log;
	const struct cm_checkpoint *head = cm_log_files_head(l->files);
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);
	enum cm_result r = CM_OK;
	size_t i;

	cm_jsonw_object(&w);
	cm_jsonw_kstr(&w, "origin", head->origin);
	cm_jsonw_kuint(&w, "size", head->size);
	cm_jsonw_khex(&w, "root", cm_span_of(head->root, 32));
	cm_jsonw_key(&w, "cosigned");
	cm_jsonw_array(&w);
	for (i = 0; i < s->witnessed.n; i++) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, "witness", s->trust.policy.member[s->witnessed.witness[i]].name);
		cm_jsonw_kuint(&w, "time", s->witnessed.at[i]);
		cm_jsonw_object_end(&w);
	}
	cm_jsonw_array_end(&w);
	cm_jsonw_kbool(&w, "quorum_asked", s->trust.policy.has_quorum);
	cm_jsonw_kbool(&w, "quorum", s->witnessed.enough);
	cm_jsonw_kuint(&w, "unlogged", s->unlogged.n);
	if (s->entries)
		r = json_entries(s, &w);
	cm_jsonw_object_end(&w);
	if (r == CM_OK)
		return cm_cli_json(l->ctx, &b);
	cm_buf_release(&b);
	return cm_cli_error(l->ctx, NULL, &l->err, NULL);
}

static enum cm_exit
show(struct showing *s)
{
	struct cm_cli_log *l = &s->log;

	if (look(s) != CM_OK)
		return cm_cli_error(l->ctx, NULL, &l->err, NULL);
	if (s->checkpoint) {
		fwrite(s->published.ptr, 1, s->published.len, l->ctx->out);
		return CM_EXIT_OK;
	}
	if (s->json)
		return print_json(s);
	return print_text(s) == CM_OK ? CM_EXIT_OK : cm_cli_error(l->ctx, NULL, &l->err, NULL);
}

static enum cm_exit
run(int argc, char **argv, const struct cm_context *ctx)
{
	struct cm_args a = cm_args_of(&cm_command_log_show, argc, argv, ctx);
	struct showing s = { .log = { .ctx = ctx } };
	enum cm_exit code;
	int id;

	while ((id = cm_args_next(&a)) != CM_ARGS_END)
		if (id == OPT_ENTRIES)
			s.entries = true;
		else if (id == OPT_CHECKPOINT)
			s.checkpoint = true;
		else if (id == OPT_JSON)
			s.json = true;
		else
			return CM_EXIT_USAGE;
	if (a.n != 0)
		return cm_cli_usage(ctx, a.command, "it takes no operand");
	code = cm_cli_log_open(&s.log, CM_LOG_READ);
	if (code == CM_EXIT_OK)
		code = show(&s);
	cm_tiles_free(s.tiles);
	cm_buf_release(&s.published);
	cm_cli_log_close(&s.log);
	return code;
}

const struct cm_command cm_command_log_show = {
	.name = "log show",
	.run = run,
	.flags = CM_COMMAND_CASE,
	.line = "Shows what the log commits to, and who cosigned it",
	.options = options,
};
