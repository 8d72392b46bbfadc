/* A log's folder over HTTP: its checkpoint and its published tiles, and nothing else of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../log/made.h"
#include "node/http_client.h"
#include "node/log_site.h"
#include "os/private.h"

struct stage {
	char folder[64];
	struct cm_log_site *site;
	struct cm_http_site sites[1];
	struct cm_http_server *server;
	struct cm_http_client *client;
	unsigned troubles;
	char trouble[400];
};

static void
put(struct stage *g, const char *name, const char *text)
{
	const struct cm_write_mode mode = { CM_WRITE_REPLACE, 0600 };
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", g->folder, name);
	for (char *s = path + strlen(g->folder) + 1; (s = strchr(s, '/')) != NULL; s++) {
		*s = '\0';
		(void)mkdir(path, 0700);
		*s = '/';
	}
	assert_int_equal(cm_whole_write(path, cm_span_str(text), mode, NULL), CM_OK);
}

static void
publish(struct stage *g, uint64_t size)
{
	struct made_key log = made_key("log.example/a", CM_NOTE_ED25519, 1);
	struct cm_buf text = { 0 }, note = { 0 };

	made_text("log.example/a", size, 3, &text);
	made_note(cm_buf_span(&text), &log, &note);
	put(g, "checkpoint", cm_buf_cstr(&note));
	cm_buf_release(&text);
	cm_buf_release(&note);
}

static void
on_trouble(void *arg, const struct cm_err *err)
{
	struct stage *g = arg;

	g->troubles++;
	snprintf(g->trouble, sizeof(g->trouble), "%s", err->text);
}

static struct stage *
open_stage(void)
{
	struct stage *g = calloc(1, sizeof(*g));
	struct cm_http_client_new client = { 0 };
	struct cm_http_server_new server = { .address = "127.0.0.1", .n_sites = 1 };
	struct cm_log_site_new site = { .disk = cm_disk_here() };

	assert_non_null(g);
	strcpy(g->folder, "/tmp/comity-test-XXXXXX");
	assert_non_null(mkdtemp(g->folder));
	publish(g, 70000);
	site.folder = g->folder;
	site.trouble = (struct cm_trouble) { on_trouble, g };
	assert_int_equal(cm_log_site_new(&site, &g->site, NULL), CM_OK);
	g->sites[0] = (struct cm_http_site) { "/a", cm_log_site_handle, g->site };
	server.site = g->sites;
	assert_int_equal(cm_http_server_start(&server, &g->server, NULL), CM_OK);
	assert_int_equal(cm_http_client_new(&client, &g->client, NULL), CM_OK);
	return g;
}

static void
close_stage(struct stage *g)
{
	char command[96];

	cm_http_client_free(g->client);
	cm_http_server_stop(g->server);
	cm_log_site_free(g->site);
	snprintf(command, sizeof(command), "rm -r %s", g->folder);
	assert_int_equal(system(command), 0);
	free(g);
}

static struct cm_http_reply
get(struct stage *g, const char *path, const char *post)
{
	struct cm_http_reply r = { 0 };
	struct cm_http_ask a = { .post = post, .answer_max = 1 << 20, .total_ms = 10000 };
	char url[200];

	snprintf(
	    url, sizeof(url), "http://127.0.0.1:%u/a/%s", cm_http_server_port(g->server), path);
	a.url = url;
	assert_int_equal(cm_http_client_all(g->client, &a, 1, &r, NULL), CM_OK);
	assert_int_equal(r.end, CM_HTTP_ANSWERED);
	return r;
}

static int
status(struct stage *g, const char *path)
{
	struct cm_http_reply r = get(g, path, NULL);

	cm_buf_release(&r.body);
	return r.status;
}

static void
assert_is(struct stage *g, const char *path, const char *type, const char *text)
{
	struct cm_http_reply r = get(g, path, NULL);

	if (r.status != 200)
		fail_msg("%s: %d", path, r.status);
	assert_string_equal(r.type, type);
	assert_true(cm_span_eq(cm_buf_span(&r.body), cm_span_str(text)));
	cm_buf_release(&r.body);
}

static void
checkpoint_and_tiles_are_served(void **state)
{
	struct stage *g = open_stage();
	const char *bin = "application/octet-stream";
	struct cm_http_reply r;

	(void)state;
	put(g, "tile/0/x000/000", "no such spelling");
	put(g, "tile/0/000", "first tile");
	put(g, "tile/0/272", "last full tile");
	put(g, "tile/0/273.p/112", "partial");
	put(g, "tile/1/000", "level 1");
	put(g, "tile/1/001.p/17", "level 1, partial");
	put(g, "tile/2/000.p/1", "level 2");
	put(g, "tile/entries/273.p/112", "entries");
	assert_is(g, "tile/0/000", bin, "first tile");
	assert_is(g, "tile/0/272", bin, "last full tile");
	assert_is(g, "tile/0/273.p/112", bin, "partial");
	assert_is(g, "tile/1/000", bin, "level 1");
	assert_is(g, "tile/1/001.p/17", bin, "level 1, partial");
	assert_is(g, "tile/2/000.p/1", bin, "level 2");
	assert_is(g, "tile/entries/273.p/112", bin, "entries");
	assert_int_equal(status(g, "tile/0/x000/000"), 404);
	r = get(g, "checkpoint", NULL);
	assert_int_equal(r.status, 200);
	assert_string_equal(r.type, "text/plain; charset=utf-8");
	assert_non_null(strstr(cm_buf_cstr(&r.body), "log.example/a\n70000\n"));
	cm_buf_release(&r.body);
	assert_int_equal(g->troubles, 0);
	close_stage(g);
}

static void
nothing_else_of_the_folder_is_served(void **state)
{
	static const char *const name[] = { "key", "key.pub", "vkey", "lock", "seat", "head",
		"history", "checkpoint.tmp", "tile/0/000.tmp", "tile/0/0", "tile/0/0000",
		"tile/8/000", "tile/00/000", "tile/0/000.p/256", "tile/0/000.p/0",
		"tile/0/000.p/01", "tile/-1/000", "tile/entries/000.p", "tile/entries/0",
		"tile/key", "tile/0", "forks/key", "" };
	struct stage *g = open_stage();

	(void)state;
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		if (name[i][0] != '\0' && strcmp(name[i], "tile/0") != 0)
			put(g, name[i], "secret");
		if (status(g, name[i]) != 404)
			fail_msg("%s", name[i]);
	}
	assert_int_equal(status(g, "tile/../key"), 404);
	assert_int_equal(status(g, "%6bey"), 404);
	assert_int_equal(status(g, "tile/0/..%2f..%2fkey"), 404);
	assert_int_equal(g->troubles, 0);
	close_stage(g);
}

static void
what_is_not_published_is_not_served(void **state)
{
	struct stage *g = open_stage();

	(void)state;
	put(g, "tile/0/273.p/113", "left by a crash");
	put(g, "tile/entries/273", "left by a crash");
	put(g, "tile/0/273.p/111", "of a smaller log");
	assert_int_equal(status(g, "tile/0/273.p/113"), 404);
	assert_int_equal(status(g, "tile/entries/273"), 404);
	assert_int_equal(status(g, "tile/0/273.p/111"), 200);
	assert_int_equal(status(g, "tile/0/005"), 404); /* published, but not there */
	publish(g, 70001);
	assert_int_equal(status(g, "tile/0/273.p/113"), 200);
	assert_int_equal(status(g, "tile/entries/273"), 404);
	close_stage(g);
}

static void
a_log_is_only_read(void **state)
{
	struct stage *g = open_stage();
	struct cm_http_reply r = get(g, "checkpoint", "text/plain");

	(void)state;
	assert_int_equal(r.status, 405);
	cm_buf_release(&r.body);
	close_stage(g);
}

static void
what_is_wrong_with_the_folder_is_told_to_the_operator_only(void **state)
{
	struct stage *g = open_stage();
	struct cm_log_site *site = NULL;
	struct cm_log_site_new in = { .disk = cm_disk_here(), .folder = "/nonexistent/log" };
	struct cm_err err = { 0 };
	struct cm_http_reply r;

	(void)state;
	put(g, "checkpoint", "nonsense");
	r = get(g, "checkpoint", NULL);
	assert_int_equal(r.status, 500);
	assert_string_equal(cm_buf_cstr(&r.body), "the file of the log can not be read\n");
	cm_buf_release(&r.body);
	assert_int_equal(g->troubles, 1);
	assert_int_not_equal(strlen(g->trouble), 0);
	assert_int_equal(status(g, "tile/0/999"), 404);
	assert_int_equal(cm_log_site_new(&in, &site, &err), CM_E_NOTFOUND);
	assert_non_null(strstr(err.text, "/nonexistent/log/checkpoint"));
	close_stage(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(checkpoint_and_tiles_are_served),
		cmocka_unit_test(nothing_else_of_the_folder_is_served),
		cmocka_unit_test(what_is_not_published_is_not_served),
		cmocka_unit_test(a_log_is_only_read),
		cmocka_unit_test(what_is_wrong_with_the_folder_is_told_to_the_operator_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
