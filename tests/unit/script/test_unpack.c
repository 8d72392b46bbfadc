/* What each way of hiding text becomes, and what is left as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "say.h"

struct becomes {
	const char *text, *unpacked;
};

static void
check(const struct becomes *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(say_unpacked(b[i].text), b[i].unpacked);
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))
#define FORM "eval(function(p,a,c,k,e,d){return p}("

static void
a_packed_script_has_the_words_of_its_list(void **state)
{
	static const struct becomes rows[] = {
		{ FORM "'0 1=\\'2\\'',62,3,'var|x|y'.split('|'),0,{}));z", "var x='y';z" },
		{ "eval(function(p,a,c,k,e,r){}('0(1)',10,2,'f|g'.split('|'),0,{}))", "f(g)" },
		/* Z is 61, 10 is 62 */
		{ FORM "'Z 10 11',62,64,'||||||||||||||||||||||||||||||||||||||||||||||||||||||||||"
		       "|||a|b|c'.split('|')))",
		    "a b c" },
		/* An empty word, a number beyond the list, one with a nought in front, and another base. */
		{ FORM "'0 1 2 01 00 a A',62,2,'|x'.split('|'),0,{}))", "0 x 2 01 00 a A" },
		{ FORM "'a A',36,11,'||||||||||x'.split('|'),0,{}))", "x A" },
		/* Words stand alone. */
		{ FORM "'0x x0 _0 $0 0.0',62,1,'w'.split('|'),0,{}))", "0x x0 _0 $w w.w" },
		{ FORM "'\xc2\xa1 \xc2\xa2=\xc2\xa1\xc2\xa2',95,2,'a|b'.split('|'),0,{}))",
		    "a b=\xc2\xa1\xc2\xa2" },
		{ FORM "'\xa1 \xa2',95,2,'a|b'.split('|'),0,{}))", "a b" },
		/* Not evaluated: a literal. */
		{ "x=function(p,a,c,k,e,d){}('0',62,1,'y\"z'.split('|'),0,{})", "x=\"y\\\"z\"" },
		{ "x((function(p,a,c,k,e,d){})('0',62,1,'y'.split('|')))", "x(\"y\")" },
	};

	(void)state;
	CHECK(rows);
}

static void
what_only_looks_packed_is_left_alone(void **state)
{
	static const struct becomes rows[] = {
		{ FORM "'0',62,1,w.split('|'),0,{}))", FORM "'0',62,1,w.split('|'),0,{}))" },
		{ FORM "'0',62,'w'.split('|'),0,{}))", FORM "'0',62,'w'.split('|'),0,{}))" },
		{ FORM "'0',1,1,'w'.split('|'),0,{}))", FORM "'0',1,1,'w'.split('|'),0,{}))" },
		{ FORM "'0',62,1,'w", FORM "'0',62,1,'w" },
		/* It says it has 2^31 words, or none, and has one. */
		{ FORM "'0 1',62,2147483648,'w'.split('|'),0,{}))", "w 1" },
		{ FORM "'0 1',62,0,'w'.split('|'),0,{}))", "0 1" },
	};

	(void)state;
	CHECK(rows);
}

static void
packed_in_packed_comes_out(void **state)
{
	(void)state;
	assert_string_equal(
	    say_unpacked(FORM "'0(1(2){}(\\'3\\',4,5,\\'6\\'.7(\\'|\\'),3,{}))',62,8,"
			      "'eval|function|p,a,c,k,e,d|0|10|1|x|split'.split('|'),0,{}))"),
	    "x");
}

static void
literals_are_decoded(void **state)
{
	static const struct becomes rows[] = {
		{ "'\\x68\\u0074\\164\\u{70}\\:\\/\\/'", "\"http://\"" },
		{ "\"a\\n\\\"\\t\"", "\"a\\n\\\"\\t\"" },
		{ "'\\ud83d\\ude00\\ud83d'", "\"\xf0\x9f\x98\x80\xef\xbf\xbd\"" },
		{ "unescape('%68%u0074%%7')", "\"ht%%7\"" },
		{ "decodeURIComponent('%C3%A9%zz')", "\"\xc3\xa9%zz\"" },
		{ "unescape('%E9')", "\"\xc3\xa9\"" },
		{ "String.fromCharCode(104,0x74, 100+16,117-5,1^59)", "\"http:\"" },
		{ "String.fromCharCode(n,104)", "String.fromCharCode(n,104)" },
		{ "String.fromCharCode(104,", "String.fromCharCode(104," },
		{ "atob('aHR0cA==')+atob(\"aHR0cA\")", "\"httphttp\"" },
		{ "atob('not base64!')", "atob('not base64!')" },
		{ "atob(x)", "atob(x)" },
	};

	(void)state;
	CHECK(rows);
}

static void
strings_are_put_together(void **state)
{
	static const struct becomes rows[] = {
		{ "x='a'+\"b\"+'c'+y", "x=\"abc\"+y" },
		{ "x+'a'+'b'", "x+\"ab\"" },
		{ "'a'+80+'/'", "\"a80/\"" },
		{ "'a'+1*2", "'a'+1*2" },
		{ "'a'+'b'.length", "'a'+'b'.length" },
		{ "f('a')+('b')+'c'", "f('a')+\"bc\"" },
		{ "['a','b',].join()", "\"a,b\"" },
		{ "['a','b'].join('-')", "\"a-b\"" },
		{ "x['a','b'].join('-')", "x['a','b'].join('-')" },
		{ "return['a'].join('')", "return\"a\"" },
		{ "'a'.concat('b',\"c\")", "\"abc\"" },
		{ "'ptth'.split('').reverse().join('')", "\"http\"" },
		{ "'hxtxtxp'.replace(/x/g,'')+'a.b'.replace('.','')", "\"httpab\"" },
		{ "'a.a'.replace(/a/,'b')", "\"b.a\"" },
		{ "'a.b'.replace(/./g,'')", "'a.b'.replace(/./g,'')" },
		{ "'a.b'.replace(/\\./g,'$1')", "'a.b'.replace(/\\./g,'$1')" },
		{ "'a|b'.split('|').join('/')", "\"a/b\"" },
	};

	(void)state;
	CHECK(rows);
}

static void
a_name_given_one_literal_once_is_that_literal(void **state)
{
	static const struct becomes rows[] = {
		{ "var h='a';f(h+'b')", "var h='a';f(\"ab\")" },
		{ "h='a';f(h);h='b'", "h='a';f(h);h='b'" },
		{ "h='a';h+='b';f(h)", "h='a';h+='b';f(h)" },
		{ "h='a';function f(h){return h}", "h='a';function f(h){return h}" },
		{ "h='a';f=(g,h)=>h", "h='a';f=(g,h)=>h" },
		{ "h='a';f=h=>h", "h='a';f=h=>h" },
		{ "h='a';for(h in x)f(h)", "h='a';for(h in x)f(h)" },
		{ "h='a';x.h;({h:1});h()", "h='a';x.h;({h:1});h()" },
		{ "var t=['a','b'];f(t[1],t[0x0],t[2],t.length)",
		    "var t=['a','b'];f('b','a',t[2],t.length)" },
		{ "var t=['a'];t.push('b');t[0]", "var t=['a'];t.push('b');t[0]" },
		{ "var t=['a'];turn(t);t[0]", "var t=['a'];turn(t);t[0]" },
		{ "var t=['a'];t[0]='b';f(t[0])", "var t=['a'];t[0]='b';f(t[0])" },
		/* Markup has attributes, which are no names. */
		{ "<a href='x'>href</a>", "<a href='x'>href</a>" },
	};

	(void)state;
	CHECK(rows);
}

static void
what_would_be_run_or_written_is_code_and_markup(void **state)
{
	static const struct becomes rows[] = {
		{ "eval('f(\"x\")');", " f(\"x\") ;" },
		{ "window['ev'+'al']('y')", "window. y " },
		{ "document.write('<a',' b>');document.writeln(\"c\");d", " <a b>c ;d" },
		{ "document.write(x,'a')", "document.write(x,'a')" },
		{ "setTimeout('f()',9)", "setTimeout(function(){f()},9)" },
		{ "setTimeout(f,9)", "setTimeout(f,9)" },
		{ "e.innerHTML='<b>'", "e.innerHTML= <b> " },
		{ "<b onload='f(\"x\")'>", "<b onload= f(\"x\") >" },
		{ "<a href=\"javascript:f('x')\">", "<a href= f('x') >" },
		{ "<i src='data:text/html;base64,PGI+'>", "<i src= <b> >" },
		{ "<i src=data:text/html,%3Cb%3E>", "<i src= <b> >" },
		{ "<i src='data:image/png;base64,PGI+'>", "<i src='data:image/png;base64,PGI+'>" },
		{ "&#104;&#x74;&amp;&lt;&#60;&#1;&#x110000;", "ht&&lt;&#60;&#1;&#x110000;" },
	};

	(void)state;
	CHECK(rows);
}

static void
strings_comments_and_expressions_hide_quotes(void **state)
{
	static const struct becomes rows[] = {
		{ "/\"/;x='a'+'b'", "/\"/;x=\"ab\"" },
		{ "/[/\"]/.test(y);'a'+'b'", "/[/\"]/.test(y);\"ab\"" },
		{ "// don't\n'a'+'b'", "// don't\n\"ab\"" },
		{ "/* ' */'a'+'b'", "/* ' */\"ab\"" },
		{ "it's <b>'a'+'b'</b>", "it's <b>\"ab\"</b>" },
		{ "a/b;'a'+'b';c/d", "a/b;\"ab\";c/d" },
		{ "'a\\\nb'+'c'", "\"abc\"" },
		{ "'a\nb'+'c'", "'a\nb'+'c'" },
		{ "`a`+`b`+`${c}`", "\"ab\"+`${c}`" },
	};

	(void)state;
	CHECK(rows);
}

static void
layers_are_said_in_order(void **state)
{
	(void)state;
	assert_string_equal(say_layers("f(x)"), "");
	assert_string_equal(say_layers("eval(unescape('%61'+'%62'))"), "joined percent written");
	assert_string_equal(
	    say_layers(FORM "'0(\\'\\\\1\\')',62,2,'f|x61'.split('|'),0,{}))"), "packer escapes");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packed_script_has_the_words_of_its_list),
		cmocka_unit_test(what_only_looks_packed_is_left_alone),
		cmocka_unit_test(packed_in_packed_comes_out),
		cmocka_unit_test(literals_are_decoded),
		cmocka_unit_test(strings_are_put_together),
		cmocka_unit_test(a_name_given_one_literal_once_is_that_literal),
		cmocka_unit_test(what_would_be_run_or_written_is_code_and_markup),
		cmocka_unit_test(strings_comments_and_expressions_hide_quotes),
		cmocka_unit_test(layers_are_said_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
