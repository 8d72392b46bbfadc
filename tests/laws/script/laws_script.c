/* Laws of unpacking: bounded, linear, of one mind about the same text.
 *
 * Texts are made of the pieces that passes look for, in any order, whole and not, so that passes
 * meet each other's output; and of one piece over and over, up to megabytes of it, so that
 * whatever is looked at twice for each byte shows. */
#include <stdlib.h>
#include <string.h>

#include "../gen.h"
#include "base/buf.h"
#include "script/layers.h"
#include "script/script.h"

static const char *const pieces[] = {
	"eval(",
	"eval(function(p,a,c,k,e,d){",
	"function(a,",
	"}(",
	"('0 1',62,2,'",
	"|",
	"'.split('|'),0,{}))",
	"'0 1 0 1',36,2,'a|b'.split('|')",
	"'",
	"\"",
	"`",
	"\\",
	"\\'",
	"'a'",
	"\"b\"",
	"'\\x68'",
	"\"\\u0074\"",
	"+",
	" + ",
	"'a'+",
	"[",
	"['a',",
	"]",
	"(",
	")",
	"{",
	"}",
	",",
	";",
	"=",
	"\n",
	" ",
	"/",
	"//",
	"/*",
	"*/",
	"/x/g",
	".",
	".join('')",
	".split('').reverse().join('')",
	".replace(/a/g,'b')",
	".replace('a','bb')",
	".concat('c')",
	".concat('c',",
	"unescape(",
	"unescape('%68%u0074')",
	"decodeURIComponent('%",
	"String.fromCharCode(104,",
	"String.fromCharCode(104)",
	"atob('aHR0cA==')",
	"atob(",
	"window['eval']",
	"x['",
	"var x=",
	"var x='y';",
	"x",
	"x=",
	"t=['http://a.example/','u'];",
	"t[1]",
	"t[0]",
	"x=>",
	"function f(x){",
	"document.write('<b>')",
	"document.write('a',",
	"document.write(",
	".innerHTML='",
	"setTimeout('f()',2E3)",
	"setInterval(",
	"2000",
	"*",
	"data:text/html;base64,PGI+",
	"data:text/html,",
	"javascript:",
	"onload='",
	"&#104;",
	"&#",
	"&amp;",
	"&",
	"<",
	">",
	"<script src='",
	"<meta http-equiv=refresh content='0;url=",
	"http://",
	"http://victim.example/",
	"http://victim.example/?t=",
	"'//b.example/'",
	"Date",
	"new Date().getTime()",
	"i.src=",
	"\xc2\xa1",
	"\xff",
	"%68",
	"((((",
	"f(f(f(",
};

#define PIECES (sizeof(pieces) / sizeof(pieces[0]))

static struct cm_buf
some_text(struct gen *g)
{
	uint64_t n = 1 + gen_below(g, g->size);
	struct cm_buf b = { 0 };

	for (uint64_t i = 0; i < n; i++)
		cm_buf_add_str(&b, pieces[gen_below(g, PIECES)]);
	if (!cm_buf_ok(&b))
		abort();
	return b;
}

static struct cm_buf
again_and_again(const char *begin, const char *one, const char *other, size_t bytes)
{
	struct cm_buf b = { 0 };

	cm_buf_add_str(&b, begin);
	while (b.len < bytes) {
		cm_buf_add_str(&b, one);
		cm_buf_add_str(&b, other);
	}
	if (!cm_buf_ok(&b))
		abort();
	return b;
}

struct reading {
	struct cm_arena arena;
	struct cm_script s;
};

static void
read_it(struct cm_span body, struct reading *r)
{
	*r = (struct reading) { 0 };
	if (cm_script_read(body, &r->arena, &r->s) != CM_OK)
		abort();
}

static bool
same_target(const struct cm_script_target *a, const struct cm_script_target *b)
{
	return strcmp(a->scheme, b->scheme) == 0 && strcmp(a->host, b->host) == 0 &&
	       a->port == b->port && strcmp(a->path, b->path) == 0 &&
	       strcmp(a->query, b->query) == 0 && a->how == b->how;
}

static bool
same_targets(const struct cm_script *a, const struct cm_script *b)
{
	if (a->n_targets != b->n_targets)
		return false;
	for (size_t i = 0; i < a->n_targets; i++)
		if (!same_target(a->targets + i, b->targets + i))
			return false;
	return true;
}

static bool
same_uses(const struct cm_script *a, const struct cm_script *b)
{
	return a->repeats == b->repeats && a->period_ms == b->period_ms &&
	       a->busts_caches == b->busts_caches && a->is_script == b->is_script &&
	       a->redirects == b->redirects;
}

/* Unpacked text read again is not unpacked further, and asks for the same. */
static bool
unpacked_is_unpacked(struct gen *g)
{
	struct cm_buf text = some_text(g);
	struct reading first, again;
	struct cm_layers l;
	bool ok = true;

	read_it(cm_buf_span(&text), &first);
	if (cm_layers_make(cm_buf_span(&text), &l) != CM_OK)
		abort();
	read_it(l.text[l.n - 1], &again);
	if (first.s.cut == NULL && (again.s.n_layers != 0 || !same_uses(&first.s, &again.s) ||
				       !same_targets(&first.s, &again.s)))
		ok = gen_fail(g, "again %u layers, %zu targets, not %zu: %.200s", again.s.n_layers,
		    again.s.n_targets, first.s.n_targets, cm_buf_cstr(&text));
	cm_layers_release(&l);
	cm_arena_fini(&first.arena);
	cm_arena_fini(&again.arena);
	cm_buf_release(&text);
	return ok;
}

static size_t
bytes_of(const struct cm_layers *l)
{
	size_t n = 0;

	for (unsigned i = 0; i < l->n; i++)
		n += l->text[i].len;
	return n;
}

/* Bytes looked at for each byte of each text, by all passes together. */
#define WORK 100u

static bool
reads_in_linear_time(struct gen *g, struct cm_buf *text)
{
	struct cm_layers l;
	struct reading r;
	bool ok = true;

	read_it(cm_buf_span(text), &r);
	if (cm_layers_make(cm_buf_span(text), &l) != CM_OK)
		abort();
	if (r.s.looked > WORK * (bytes_of(&l) + 64))
		ok = gen_fail(g, "%zu bytes, %zu in all texts, %llu looked at: %.80s", text->len,
		    bytes_of(&l), (unsigned long long)r.s.looked, cm_buf_cstr(text));
	if (l.made > CM_SCRIPT_BYTES || l.n > CM_SCRIPT_LAYERS + 1)
		ok = gen_fail(g, "%zu bytes in %u layers: %.80s", l.made, l.n, cm_buf_cstr(text));
	cm_layers_release(&l);
	cm_arena_fini(&r.arena);
	cm_buf_release(text);
	return ok;
}

/* Each piece by itself, and behind what may leave a pass waiting for an end. */
static bool
work_on_each_piece_is_linear(struct gen *g)
{
	static const char *const begins[] = { "", "'", "\"", "`", "x=/", "/*", "eval(", "x=['a'," };

	for (size_t i = 0; i < PIECES; i++)
		for (size_t j = 0; j < sizeof(begins) / sizeof(begins[0]); j++) {
			struct cm_buf text = again_and_again(begins[j], pieces[i], "", g->size);

			if (!reads_in_linear_time(g, &text))
				return false;
		}
	return true;
}

static bool
work_is_linear(struct gen *g)
{
	const char *one = pieces[gen_below(g, PIECES)], *other = pieces[gen_below(g, PIECES)];
	struct cm_buf text = again_and_again("", one, other, 4096);

	return reads_in_linear_time(g, &text);
}

static bool
work_is_linear_up_to_megabytes(struct gen *g)
{
	const char *one = pieces[gen_below(g, PIECES)], *other = pieces[gen_below(g, PIECES)];
	struct cm_buf text = again_and_again("", one, other, (size_t)1 << 20);

	return reads_in_linear_time(g, &text);
}

/* What stands behind the bound changes nothing. */
static bool
nothing_behind_the_cut_matters(struct gen *g)
{
	struct cm_buf text = some_text(g), more;
	struct reading first, other;
	size_t pad = CM_SCRIPT_BYTES - text.len;
	bool ok;

	/* A text that touches the bound, with a URL across it now and then. */
	if (gen_one_in(g, 2))
		pad -= 12;
	memset(cm_buf_grow(&text, pad), ' ', pad);
	cm_buf_add_str(&text, "'http://victim.example/'");
	read_it(cm_buf_span(&text), &first);
	text.len = CM_SCRIPT_BYTES;
	more = some_text(g);
	cm_buf_add_u8(&text, 'x');
	cm_buf_add_span(&text, cm_buf_span(&more));
	read_it(cm_buf_span(&text), &other);
	ok = first.s.cut != NULL && other.s.cut != NULL && same_targets(&first.s, &other.s) &&
	     same_uses(&first.s, &other.s);
	if (!ok)
		gen_fail(g, "%zu and %zu targets", first.s.n_targets, other.s.n_targets);
	cm_arena_fini(&first.arena);
	cm_arena_fini(&other.arena);
	cm_buf_release(&text);
	cm_buf_release(&more);
	return ok;
}

/* Markup around a script that ends its lines takes nothing away from what it asks for. */
static bool
prose_around_it_hides_nothing(struct gen *g)
{
	static const char *const prose[] = { "It's a page.\n", "<p>don't \"quote\" me</p>\n",
		"5\" by 6\"\n", "<a b=c>it's</a> ", "1/2 and 3/4\n", "<br/>" };
	static const char script[] =
	    "<script>var h='victim.example';setInterval(function(){new "
	    "Image().src='http'+'://'+h+'/?'+Math.random()},2000)</script>";
	struct cm_buf text = { 0 };
	struct reading r;
	bool ok;

	for (uint64_t n = gen_below(g, 8); n > 0; n--)
		cm_buf_add_str(&text, prose[gen_below(g, 6)]);
	cm_buf_add_str(&text, script);
	for (uint64_t n = gen_below(g, 8); n > 0; n--)
		cm_buf_add_str(&text, prose[gen_below(g, 6)]);
	read_it(cm_buf_span(&text), &r);
	ok = r.s.n_targets == 1 && strcmp(r.s.targets[0].host, "victim.example") == 0 &&
	     r.s.targets[0].how == CM_SCRIPT_REPEATED && r.s.period_ms == 2000 && r.s.busts_caches;
	if (!ok)
		gen_fail(g, "%zu targets: %s", r.s.n_targets, cm_buf_cstr(&text));
	cm_arena_fini(&r.arena);
	cm_buf_release(&text);
	return ok;
}

int
main(void)
{
	static const struct law laws[] = {
		{ "unpacked text is not unpacked again, and asks for the same",
		    unpacked_is_unpacked, 3000, 60 },
		{ "work on each piece again and again is linear", work_on_each_piece_is_linear, 1,
		    4096 },
		{ "work on two pieces in turn is linear, and layers are bounded", work_is_linear,
		    1000, 1 },
		{ "and so it is in texts of a mebibyte", work_is_linear_up_to_megabytes, 4, 1 },
		{ "what stands behind the bound changes nothing", nothing_behind_the_cut_matters, 4,
		    40 },
		{ "prose around a script hides nothing", prose_around_it_hides_nothing, 500, 1 },
	};

	return laws_hold(laws, sizeof(laws) / sizeof(laws[0]));
}
