/* store/witness_journal.h -- the bytes of a witness's journal.
 *
 *	journal  "comity witness journal v1\n" | u64 id | u64 whole | sum | record...
 *	record   u32 magic | u32 n | u64 synced | n bytes | sum
 *	sum      16 bytes of SHA-256 ( u64 id | u64 where this part begins | all of it before the sum )
 *
 * A journal gets its name when `whole` bytes of it are on disk.  `synced` says how many were when
 * the record was written.  So where the records stop making sense: if that place is known to have
 * been on disk, then the disk or somebody damaged it, and something may be missing that others
 * were told; if not, it is the end of a group that was never synced, of which nobody was told.
 * (Damage to the last group of all looks like that too, unless an empty record behind it says
 * otherwise, which a witness that ends in peace leaves.)  Id and place are in the sum, so that a
 * record can not stand where it was not written. */
#ifndef CM_STORE_WITNESS_JOURNAL_H
#define CM_STORE_WITNESS_JOURNAL_H

#include "base/buf.h"
#include "base/result.h"
#include "base/span.h"

#define CM_JOURNAL_HEAD 58u
#define CM_JOURNAL_OVER 32u /* bytes of a record beside its own */
#define CM_JOURNAL_RECORD_MAX ((uint32_t)1 << 20)

/* Appends the beginning of a journal. */
void cm_journal_begin(uint64_t id, uint64_t whole, struct cm_buf *out);

/* Appends a record that will stand at ${at}. */
void cm_journal_put(
    uint64_t id, uint64_t at, uint64_t synced, struct cm_span bytes, struct cm_buf *out);

struct cm_journal_read {
	uint64_t id;
	uint64_t end; /* of the last record that holds */
};

/* Hands each record to ${one}, which may refuse.  CM_E_MALFORMED with the offset: damaged, not torn. */
CM_RESULT cm_journal_read(struct cm_span journal,
    enum cm_result (*one)(void *arg, struct cm_span bytes, struct cm_err *err), void *arg,
    struct cm_journal_read *out, struct cm_err *err);

#endif
