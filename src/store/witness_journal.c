#include <string.h>

#include "crypto/sha256.h"
#include "store/witness_journal.h"

#define FIRST_LINE "comity witness journal v1\n"
#define FIRST_LEN 26u
#define MAGIC 0xc3571e55u /* no text has it */
#define FRONT 16u         /* magic, n, synced */
#define SUM 16u

static void
sum_of(uint64_t id, uint64_t at, struct cm_span record, uint8_t out[CM_SHA256_LEN])
{
	struct cm_sha256 h;
	uint8_t head[16];

	cm_put64(head, id);
	cm_put64(head + 8, at);
	cm_sha256_init(&h);
	cm_sha256_add(&h, head, sizeof(head));
	cm_sha256_add(&h, record.ptr, record.len);
	cm_sha256_end(&h, out);
}

/* Behind what was put since ${begun}, which stands at ${at}. */
static void
put_sum(uint64_t id, uint64_t at, size_t begun, struct cm_buf *out)
{
	uint8_t sum[CM_SHA256_LEN];

	if (!cm_buf_ok(out))
		return;
	sum_of(id, at, cm_span_of(out->ptr + begun, out->len - begun), sum);
	cm_buf_add(out, sum, SUM);
}

void
cm_journal_begin(uint64_t id, uint64_t whole, struct cm_buf *out)
{
	size_t begun = out->len;

	cm_buf_add_str(out, FIRST_LINE);
	cm_buf_add_u64(out, id);
	cm_buf_add_u64(out, whole);
	put_sum(id, 0, begun, out);
}

void
cm_journal_put(uint64_t id, uint64_t at, uint64_t synced, struct cm_span bytes, struct cm_buf *out)
{
	size_t begun = out->len;

	cm_buf_add_u32(out, MAGIC);
	cm_buf_add_u32(out, (uint32_t)bytes.len);
	cm_buf_add_u64(out, synced);
	cm_buf_add_span(out, bytes);
	put_sum(id, at, begun, out);
}

static bool
sum_holds(uint64_t id, uint64_t at, struct cm_span part, struct cm_span sum)
{
	uint8_t want[CM_SHA256_LEN];

	sum_of(id, at, part, want);
	return cm_span_eq(sum, cm_span_of(want, SUM));
}

struct record {
	uint64_t synced;
	struct cm_span bytes;
	size_t len; /* of all of it */
};

static bool
read_record(struct cm_span journal, uint64_t id, size_t at, struct record *out)
{
	struct cm_cursor c = cm_cursor_of(cm_span_part(journal, at, journal.len));
	uint32_t magic = cm_cursor_u32(&c), n = cm_cursor_u32(&c);
	struct cm_span sum;

	out->synced = cm_cursor_u64(&c);
	if (c.bad || magic != MAGIC || n > CM_JOURNAL_RECORD_MAX)
		return false;
	out->bytes = cm_cursor_take(&c, n);
	sum = cm_cursor_take(&c, SUM);
	if (c.bad)
		return false;
	out->len = FRONT + n + SUM;
	return sum_holds(id, at, cm_span_part(journal, at, FRONT + n), sum);
}

/* Does some record behind ${bad} say that this place was on disk? */
static bool
is_damaged(struct cm_span journal, uint64_t id, size_t bad)
{
	uint8_t magic[4];
	struct record r;
	const uint8_t *p;

	cm_put32(magic, MAGIC);
	for (size_t at = bad + 1; at < journal.len; at++) {
		p = memmem(journal.ptr + at, journal.len - at, magic, sizeof(magic));
		if (p == NULL)
			return false;
		at = (size_t)(p - journal.ptr);
		if (read_record(journal, id, at, &r) && r.synced > bad)
			return true;
	}
	return false;
}

static enum cm_result
read_head(struct cm_span journal, uint64_t *id, uint64_t *whole, struct cm_err *err)
{
	struct cm_cursor c = cm_cursor_of(journal);
	struct cm_span line = cm_cursor_take(&c, FIRST_LEN), sum;

	*id = cm_cursor_u64(&c);
	*whole = cm_cursor_u64(&c);
	sum = cm_cursor_take(&c, SUM);
	if (c.bad || !cm_span_eq(line, cm_span_str(FIRST_LINE)) ||
	    !sum_holds(*id, 0, cm_span_part(journal, 0, CM_JOURNAL_HEAD - SUM), sum))
		return cm_err_at(err, CM_E_MALFORMED, 0, "no journal of a witness, or damaged");
	if (journal.len < *whole)
		return cm_err_at(err, CM_E_MALFORMED, journal.len, "cut short");
	return CM_OK;
}

enum cm_result
cm_journal_read(struct cm_span journal,
    enum cm_result (*one)(void *arg, struct cm_span bytes, struct cm_err *err), void *arg,
    struct cm_journal_read *out, struct cm_err *err)
{
	size_t at = CM_JOURNAL_HEAD;
	struct record rec;
	uint64_t whole;
	enum cm_result r = read_head(journal, &out->id, &whole, err);

	while (r == CM_OK && read_record(journal, out->id, at, &rec)) {
		r = one(arg, rec.bytes, err);
		at += rec.len;
	}
	out->end = at;
	if (r == CM_OK && at < journal.len && (at < whole || is_damaged(journal, out->id, at)))
		return cm_err_at(err, CM_E_MALFORMED, at, "damaged where it was on disk already");
	return r;
}
