/* The room age by itself, for test_age.py:
 *
 *	age_tool encrypt RECIPIENT... <text >file
 *	age_tool decrypt IDENTITY-FILE... <file >text
 *	age_tool recipient IDENTITY-FILE
 *	age_tool identity		prints a new identity file
 *
 * With AGE_TOOL_MEMORY set, the most memory it used goes to stderr, too, as the system says it (VmHWM).
 * What is wrong goes to stderr in one line; the exit code is the result's number. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age/decrypt.h"
#include "age/encrypt.h"
#include "os/file.h"
#include "os/private.h"
#include "os/random.h"
#include "statement/key.h"

static struct cm_err err;

static enum cm_result
to_stdout(void *arg, const void *ptr, size_t len)
{
	return fwrite(ptr, 1, len, arg) == len ? CM_OK : CM_E_IO;
}

static enum cm_result
encrypt(char **name, int n)
{
	struct cm_sink out = { to_stdout, stdout };
	struct cm_age_recipient *to = calloc((size_t)n + 1, sizeof(*to));
	uint8_t *random = malloc(CM_AGE_RANDOM(n));
	struct cm_age_encrypt in = { .to = to, .n = (size_t)n, .random = random, .out = &out };
	struct cm_file *file = NULL;
	enum cm_result r = to != NULL && random != NULL ? CM_OK : CM_E_NOMEM;

	for (int i = 0; r == CM_OK && i < n; i++)
		r = cm_age_recipient_parse(cm_span_str(name[i]), &to[i], &err);
	if (r == CM_OK)
		r = cm_random(random, CM_AGE_RANDOM(n));
	if (r == CM_OK)
		r = cm_file_open("-", &file, &err);
	if (r == CM_OK) {
		in.in = cm_file_raw(file);
		r = cm_age_encrypt(&in, &err);
	}
	cm_file_close(file);
	free(random);
	free(to);
	return r;
}

static enum cm_result
read_identities(const char *path, struct cm_age_identities *out)
{
	static const char openssh[] = "-----BEGIN OPENSSH";
	struct cm_buf text = { 0 };
	struct cm_key key;
	enum cm_result r = cm_private_read(path, CM_AGE_IDENTITIES_BYTES, &text, &err);

	if (r == CM_OK && cm_span_eq(cm_span_part(cm_buf_span(&text), 0, strlen(openssh)), cm_span_str(openssh))) {
		r = cm_key_parse(cm_buf_span(&text), &key, &err);
		if (r == CM_OK)
			r = cm_age_identity_of_seed(key.seed, &out->item[0]);
		out->n = 1;
	} else if (r == CM_OK) {
		r = cm_age_identities_parse(cm_buf_span(&text), out, &err);
	}
	cm_private_wipe(&text);
	return r;
}

static enum cm_result
decrypt(char **name, int n)
{
	static struct cm_age_identities one, all;
	struct cm_sink out = { to_stdout, stdout };
	struct cm_age_decrypt in = { .identity = all.item, .out = &out };
	struct cm_age_decrypted done;
	struct cm_file *file = NULL;
	enum cm_result r = CM_OK;

	for (int i = 0; r == CM_OK && i < n; i++) {
		r = read_identities(name[i], &one);
		for (size_t k = 0; r == CM_OK && k < one.n && all.n < CM_AGE_IDENTITIES; k++)
			all.item[all.n++] = one.item[k];
	}
	in.n = all.n;
	if (r == CM_OK)
		r = cm_file_open("-", &file, &err);
	if (r == CM_OK) {
		in.in = cm_file_raw(file);
		r = cm_age_decrypt(&in, &done, &err);
	}
	cm_file_close(file);
	return r;
}

static enum cm_result
recipient(const char *path)
{
	static struct cm_age_identities all;
	char text[CM_AGE_RECIPIENT_TEXT];
	enum cm_result r = read_identities(path, &all);

	for (size_t i = 0; r == CM_OK && i < all.n; i++) {
		cm_age_recipient_text(&all.item[i].to, text);
		puts(text);
	}
	return r;
}

static enum cm_result
identity(void)
{
	char text[CM_AGE_IDENTITY_TEXT];
	struct cm_age_identity k;
	uint8_t secret[32];
	enum cm_result r = cm_random(secret, sizeof(secret));

	if (r == CM_OK)
		r = cm_age_identity_of_secret(secret, &k);
	if (r != CM_OK)
		return r;
	cm_age_identity_text(&k, text);
	printf("# one of ours\n\n%s\n", text);
	return CM_OK;
}

static void
say_memory(void)
{
	FILE *f = fopen("/proc/self/status", "r");
	char line[200];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmHWM:", 6) == 0)
			fputs(line, stderr);
	if (f != NULL)
		fclose(f);
}

int
main(int argc, char **argv)
{
	enum cm_result r = CM_E_USAGE;

	if (argc > 2 && strcmp(argv[1], "encrypt") == 0)
		r = encrypt(argv + 2, argc - 2);
	else if (argc > 2 && strcmp(argv[1], "decrypt") == 0)
		r = decrypt(argv + 2, argc - 2);
	else if (argc == 3 && strcmp(argv[1], "recipient") == 0)
		r = recipient(argv[2]);
	else if (argc == 2 && strcmp(argv[1], "identity") == 0)
		r = identity();
	if (r != CM_OK) {
		fprintf(stderr, "%s: ", cm_result_word(r));
		if (err.has_offset)
			fprintf(stderr, "offset %llu: ", (unsigned long long)err.offset);
		fprintf(stderr, "%s\n", err.text);
	}
	if (getenv("AGE_TOOL_MEMORY") != NULL)
		say_memory();
	return (int)r;
}
