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
	size_t len = 0;

	while (len < s.len && s.ptr[len] != ' ')
		len++;
	return len;
}

void
cm_paragraph_end(struct cm_paragraph *p, size_t first, size_t hang)
{
	struct cm_span left = cm_buf_span(&p->text);
	size_t column = first;
	bool begun = false;

	p->lost |= !cm_buf_ok(&p->text);
	fprintf(p->f, "%*s", (int)first, "");
	while (left.len > 0) {
		size_t len = word_len(left);

		if (begun && column + 1 + len > p->width) {
			fprintf(p->f, "\n%*s", (int)hang, "");
			column = hang;
		} else if (begun) {
			fputc(' ', p->f);
			column++;
		}
		cm_cli_text(p->f, cm_span_part(left, 0, len));
		column += len;
		begun = true;
		left = cm_span_part(left, len + 1, left.len);
	}
	fputc('\n', p->f);
	cm_buf_clear(&p->text);
}

void
cm_paragraph_fini(struct cm_paragraph *p)
{
	cm_buf_release(&p->text);
}
