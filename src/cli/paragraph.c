#include <string.h>

#include "cli/cli.h"
#include "cli/paragraph.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 100 };

struct cm_paragraph
cm_paragraph_of(FILE *f, int width)
{
	struct cm_paragraph p = { .f = f, .width = WIDTH_MIN };

	if (width > WIDTH_MIN)
		p.width = width > WIDTH_MAX ? WIDTH_MAX : (size_t)width;
	return p;
}

static size_t
word_len(struct cm_span s)
{
	const uint8_t *space = s.len == 0 ? NULL : memchr(s.ptr, ' ', s.len);

	return space == NULL ? s.len : (size_t)(space - s.ptr);
}

static bool
is_plain(struct cm_span s)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] > ' ' && s.ptr[i] < 0x7f)
		i++;
	return i == s.len;
}

static void
write_lines(struct cm_paragraph *p)
{
	p->lost |= !cm_buf_ok(&p->lines);
	fwrite(p->lines.ptr, 1, p->lines.len, p->f);
	cm_buf_clear(&p->lines);
}

static void
put_word(struct cm_paragraph *p, struct cm_span word)
{
	if (is_plain(word)) {
		cm_buf_add_span(&p->lines, word);
		return;
	}
	write_lines(p);
	cm_cli_text(p->f, word);
}

static void
put_spaces(struct cm_paragraph *p, size_t n)
{
	uint8_t *to = cm_buf_grow(&p->lines, n);

	if (to != NULL)
		memset(to, ' ', n);
}

void
cm_paragraph_end(struct cm_paragraph *p, size_t first, size_t hang)
{
	struct cm_span left = cm_buf_span(&p->text);
	size_t column = first, len;
	bool begun = false;

	p->lost |= !cm_buf_ok(&p->text);
	put_spaces(p, first);
	for (; left.len > 0; left = cm_span_part(left, len + 1, left.len)) {
		len = word_len(left);
		if (begun && column + 1 + len > p->width) {
			cm_buf_add_u8(&p->lines, '\n');
			put_spaces(p, hang);
			column = hang;
		} else if (begun) {
			cm_buf_add_u8(&p->lines, ' ');
			column++;
		}
		put_word(p, cm_span_part(left, 0, len));
		column += len;
		begun = true;
	}
	cm_buf_add_u8(&p->lines, '\n');
	write_lines(p);
	cm_buf_clear(&p->text);
}

void
cm_paragraph_fini(struct cm_paragraph *p)
{
	cm_buf_release(&p->text);
	cm_buf_release(&p->lines);
}
