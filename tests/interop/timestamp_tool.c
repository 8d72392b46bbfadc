/* Time stamps from the command line, for test_timestamp.py.
 *
 *	timestamp_tool request NONCE <text	writes the request (NONCE decimal)
 *	timestamp_tool verify CA TEXT [NONCE] <response	prints time, last moment, serial, policy, TSA
 * Exit: 0, or 1 with the reason on stderr. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/timestamp.h"

static void
read_all(FILE *f, struct cm_buf *out)
{
	char part[4096];
	size_t n;

	while (f != NULL && (n = fread(part, 1, sizeof(part), f)) > 0)
		cm_buf_add(out, part, n);
	if (f != NULL)
		fclose(f);
}

static enum cm_result
request(char **a)
{
	struct cm_buf text = { 0 }, out = { 0 };
	enum cm_result rc;

	read_all(stdin, &text);
	rc = cm_timestamp_request(cm_buf_span(&text), strtoull(a[0], NULL, 10), &out);
	if (rc == CM_OK)
		fwrite(out.ptr, 1, out.len, stdout);
	cm_buf_release(&text);
	cm_buf_release(&out);
	return rc;
}

static enum cm_result
verify(int n, char **a, struct cm_err *err)
{
	struct cm_buf pem = { 0 }, text = { 0 }, response = { 0 };
	struct cm_timestamp_ca *ca = NULL;
	struct cm_timestamp t;
	uint64_t nonce = n > 2 ? strtoull(a[2], NULL, 10) : 0;
	enum cm_result rc;

	read_all(fopen(a[0], "rb"), &pem);
	read_all(fopen(a[1], "rb"), &text);
	read_all(stdin, &response);
	rc = cm_timestamp_ca_new(cm_buf_span(&pem), &ca, err);
	if (rc == CM_OK)
		rc = cm_timestamp_verify(cm_buf_span(&response), cm_buf_span(&text), n > 2 ? &nonce : NULL, ca, &t, err);
	if (rc == CM_OK)
		printf("%" PRId64 "\n%" PRId64 "\n%s\n%s\n%s\n", t.time, t.not_later, t.serial, t.policy, t.tsa);
	cm_timestamp_ca_free(ca);
	cm_buf_release(&pem);
	cm_buf_release(&text);
	cm_buf_release(&response);
	return rc;
}

int
main(int argc, char **argv)
{
	struct cm_err err = { 0 };
	enum cm_result rc = CM_E_USAGE;

	if (argc == 3 && strcmp(argv[1], "request") == 0)
		rc = request(argv + 2);
	else if (argc >= 4 && strcmp(argv[1], "verify") == 0)
		rc = verify(argc - 2, argv + 2, &err);
	if (rc != CM_OK)
		fprintf(stderr, "%s: %s\n", cm_result_word(rc), err.text);
	return rc == CM_OK ? 0 : 1;
}
