#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "cli/cli.h"
#include "codec/json_write.h"
#include "codec/utf8.h"

enum cm_exit
cm_exit_of(enum cm_result code)
{
	switch (code) {
	case CM_OK:
		return CM_EXIT_OK;
	case CM_E_REFUSED:
		return CM_EXIT_REFUSED;
	case CM_E_USAGE:
		return CM_EXIT_USAGE;
	case CM_E_MALFORMED:
		return CM_EXIT_MALFORMED;
	case CM_E_NOMEM:
	case CM_E_IO:
	case CM_E_LIMIT:
	case CM_E_UNSUPPORTED:
	case CM_E_NOTFOUND:
		break;
	}
	return CM_EXIT_CANNOT;
}

/* C0, DEL, C1, and the characters that turn the direction of writing
 * (U+200E, U+200F, U+202A..E, U+2066..9) or break lines (U+2028, U+2029). */
static bool
harmless(const uint8_t *p, size_t len)
{
	if (len == 1)
		return p[0] >= 0x20 && p[0] != 0x7f;
	if (len == 2)
		return p[0] != 0xc2 || p[1] >= 0xa0;
	if (len == 3 && p[0] == 0xe2 && p[1] == 0x80)
		return p[2] != 0x8e && p[2] != 0x8f && (p[2] < 0xa8 || p[2] > 0xae);
	if (len == 3 && p[0] == 0xe2 && p[1] == 0x81)
		return p[2] < 0xa6 || p[2] > 0xa9;
	return true;
}

void
cm_cli_text(FILE *f, struct cm_span text)
{
	size_t from = 0, at = 0, len, i;

	while (at < text.len) {
		len = cm_utf8_len(cm_span_part(text, at, text.len - at));
		if (len > 0 && harmless(text.ptr + at, len)) {
			at += len;
			continue;
		}
		fwrite(text.ptr + from, 1, at - from, f);
		len = len == 0 ? 1 : len;
		for (i = 0; i < len; i++)
			fprintf(f, "\\x%02x", text.ptr[at + i]);
		at += len;
		from = at;
	}
	if (at > from)
		fwrite(text.ptr + from, 1, at - from, f);
}

/* "x has more than 9 bytes", "x: could not be read whole" */
static bool
begins_with_file(const char *text, const char *file)
{
	size_t len = strlen(file);

	return len > 0 && strncmp(text, file, len) == 0 && (text[len] == ' ' || text[len] == ':');
}

enum cm_exit
cm_cli_error(const struct cm_context *ctx, const char *file, const struct cm_err *err, const char *rest)
{
	/* A failure that nobody described is one to describe which there was no memory. */
	const char *text = err->code == CM_OK ? "out of memory" : cm_result_word(err->code);

	fprintf(ctx->err, "%s: ", ctx->program);
	if (file != NULL && !begins_with_file(err->text, file)) {
		cm_cli_text(ctx->err, cm_span_str(file));
		fputs(": ", ctx->err);
	}
	if (err->has_offset)
		fprintf(ctx->err, "offset %llu: ", (unsigned long long)err->offset);
	cm_cli_text(ctx->err, cm_span_str(err->text[0] != 0 ? err->text : text));
	if (rest != NULL) {
		fputs("; ", ctx->err);
		cm_cli_text(ctx->err, cm_span_str(rest));
	}
	fputc('\n', ctx->err);
	return err->code == CM_OK ? CM_EXIT_CANNOT : cm_exit_of(err->code);
}

enum cm_exit
cm_cli_json(const struct cm_context *ctx, struct cm_buf *b)
{
	enum cm_exit code = CM_EXIT_OK;

	cm_buf_add_str(b, "\n");
	if (cm_buf_ok(b)) {
		fwrite(b->ptr, 1, b->len, ctx->out);
	} else {
		cm_cli_say(ctx, "out of memory");
		code = CM_EXIT_CANNOT;
	}
	cm_buf_release(b);
	return code;
}

enum cm_exit
cm_cli_settled(const struct cm_context *ctx, const char *name, const char *value, bool json)
{
	struct cm_buf b = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&b, 0);

	if (json) {
		cm_jsonw_object(&w);
		cm_jsonw_kstr(&w, name, value);
		cm_jsonw_object_end(&w);
		return cm_cli_json(ctx, &b);
	}
	fprintf(ctx->out, "%-14s ", name);
	cm_cli_text(ctx->out, cm_span_str(value));
	fputc('\n', ctx->out);
	return CM_EXIT_OK;
}

void
cm_cli_say(const struct cm_context *ctx, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(ctx->err, "%s: ", ctx->program);
	cm_cli_text(ctx->err, cm_span_str(text));
	fputc('\n', ctx->err);
}

enum cm_exit
cm_cli_finish(const struct cm_context *ctx, enum cm_exit code)
{
	bool failed = ferror(ctx->out) != 0;

	errno = 0;
	if (fflush(ctx->out) == 0 && !failed)
		return code;
	cm_cli_say(ctx, "standard output did not take all of the result%s%s; what has arrived is incomplete",
	    errno != 0 ? ": " : "", errno != 0 ? strerror(errno) : "");
	return CM_EXIT_CANNOT;
}

struct cm_paint
cm_paint_of(bool colour)
{
	if (!colour)
		return (struct cm_paint) { "", "", "", "", "", "" };
	return (struct cm_paint) { .bold = "\033[1m", .dim = "\033[2m", .red = "\033[31m",
		.green = "\033[32m", .yellow = "\033[33m", .plain = "\033[0m" };
}
