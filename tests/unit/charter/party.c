#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/sha256.h"
#include "party.h"

static const char *const names[PARTIES] = { "A", "B", "U", "V", "X" };
static const char *const roles[PARTIES] = { "government", "government", "academic", "victim", "private" };

struct cm_key *
party_key(unsigned who)
{
	static struct cm_key keys[PARTIES];
	uint8_t seed[32] = { (uint8_t)(who + 1), 77 };

	assert_int_equal(cm_key_of_seed(seed, &keys[who]), CM_OK);
	return &keys[who];
}

const char *
party_print(unsigned who)
{
	static char prints[PARTIES][CM_FINGERPRINT_LEN + 1];

	cm_ssh_fingerprint(&party_key(who)->pub, prints[who]);
	return prints[who];
}

void
party_text(unsigned members, const char *says, struct cm_buf *out)
{
	cm_buf_printf(out, "# The case of the flood\n\n%s\n\n## Members\n", says);
	for (unsigned i = 0; i < PARTIES; i++) {
		if ((members >> i & 1) == 0)
			continue;
		cm_buf_printf(out, "- \"%s\", %s, ", names[i], roles[i]);
		cm_ssh_public_text(&party_key(i)->pub, out);
		cm_buf_add_str(out, "\n");
	}
	cm_buf_add_str(out, "\n## Rules\nallow R1: release types N1 to government.\n");
	assert_true(cm_buf_ok(out));
}

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct cm_key_print *)a)->text, ((const struct cm_key_print *)b)->text);
}

struct party_charter
party_charter(unsigned members, const char *says, const struct party_charter *before, unsigned old, unsigned signers)
{
	struct party_charter c = { 0 };
	struct cm_key_print by[PARTIES];
	struct cm_buf text = { 0 };
	struct cm_statement head = { .type = CM_PREDICATE_CHARTER, .n_subject = 1, .signers = by, .nonce = { 4 },
		.made = before == NULL ? 1795475200 : 1795475300 };
	struct cm_jsonw w = cm_jsonw_of(&c.json, 2);
	struct cm_charter_v1 body;
	struct cm_subject subject;

	party_text(members, says, &text);
	body.text = cm_buf_span(&text);
	subject = cm_charter_v1_subject(body.text);
	head.subject = &subject;
	for (unsigned i = 0; i < PARTIES; i++)
		if (((members | old) >> i & 1) != 0)
			memcpy(by[head.n_signers++].text, party_print(i), CM_FINGERPRINT_LEN + 1);
	qsort(by, head.n_signers, sizeof(by[0]), compare);
	head.has_supersedes = before != NULL;
	if (before != NULL)
		memcpy(head.supersedes, before->digest, 32);
	cm_statement_begin(&w, &head);
	cm_charter_v1_write(&w, &body);
	cm_statement_end(&w);
	assert_true(cm_buf_ok(&c.json));
	cm_sha256(c.json.ptr, c.json.len, c.digest);
	cm_buf_release(&text);
	for (unsigned i = 0; i < PARTIES; i++)
		if ((signers >> i & 1) != 0)
			party_sign(&c, i);
	return c;
}

void
party_sign(struct party_charter *c, unsigned who)
{
	struct cm_signer signer = cm_key_signer(party_key(who));
	struct cm_buf armour = { 0 }, next = { 0 };
	struct cm_sigs sigs;
	struct cm_sig mine = { 0 };
	struct cm_arena a;

	cm_arena_init(&a, 0);
	assert_int_equal(cm_sshsig_sign(&signer, cm_buf_span(&c->json), &armour, NULL), CM_OK);
	memcpy(mine.by.text, party_print(who), sizeof(mine.by.text));
	mine.armour = cm_buf_span(&armour);
	assert_int_equal(cm_sigs_read(cm_buf_span(&c->sigs), &a, &sigs, NULL), CM_OK);
	assert_int_equal(cm_sigs_with(&sigs, &mine, &next, NULL), CM_OK);
	cm_buf_release(&c->sigs);
	c->sigs = next;
	cm_buf_release(&armour);
	cm_arena_fini(&a);
}

struct cm_team_charter_text
party_charter_text(const struct party_charter *c)
{
	return (struct cm_team_charter_text) { cm_buf_span(&c->json), cm_buf_span(&c->sigs) };
}

void
party_charter_end(struct party_charter *c)
{
	cm_buf_release(&c->json);
	cm_buf_release(&c->sigs);
}

struct party_said
party_say(unsigned by, const struct cm_statement *head, const uint8_t charter[32],
    void (*body)(void *, struct cm_jsonw *), void *arg)
{
	static uint64_t number = 1;
	struct cm_signer signer = cm_key_signer(party_key(by));
	struct cm_subject subject = cm_under_subject(charter);
	struct cm_statement h = *head;
	struct party_said s = { 0 };
	struct cm_jsonw w = cm_jsonw_of(&s.json, 2);

	memcpy(h.by, party_print(by), sizeof(h.by));
	h.subject = &subject;
	h.n_subject = 1;
	h.number = ++number;
	cm_statement_begin(&w, &h);
	body(arg, &w);
	cm_statement_end(&w);
	assert_true(cm_buf_ok(&s.json));
	cm_sha256(s.json.ptr, s.json.len, s.digest);
	assert_int_equal(cm_sshsig_sign(&signer, cm_buf_span(&s.json), &s.sig, NULL), CM_OK);
	return s;
}

struct cm_team_said_text
party_said_text(const struct party_said *s)
{
	return (struct cm_team_said_text) { cm_buf_span(&s->json), cm_buf_span(&s->sig) };
}

void
party_said_end(struct party_said *s)
{
	cm_buf_release(&s->json);
	cm_buf_release(&s->sig);
}
