/* dossier/model.h -- a dossier as the program sees it once everything is read.
 *
 * One struct that the writers of pcapng, facts and report, the planner and the
 * verifier share.  All that it points to belongs to the arena of whoever filled
 * it (dossier/build); nothing in here owns.  Row numbers stand in struct cm_ids
 * as cm_packet_id_of(seal, row), seals counted from 0 in the order of the files
 * of the capture.  Texts are the statements' own, UTF-8, from a sender who may
 * lie: whoever prints them escapes them. */
#ifndef CM_DOSSIER_MODEL_H
#define CM_DOSSIER_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assess/rows.h"
#include "base/span.h"
#include "capture/packet.h"
#include "capture/record.h"
#include "dossier/recount.h"
#include "seal/plan.h"
#include "seal/schema.h"
#include "statement/assessment_v1.h"
#include "statement/chain_v1.h"
#include "statement/disclosure.h"
#include "statement/finding.h"
#include "statement/traffic_v1.h"

#define CM_CAPTURE_COLUMNS 5
#define CM_DOSSIER_TRAFFIC_MAX 512 /* statements */
#define CM_DOSSIER_CHAINS_MAX 16
#define CM_DOSSIER_ASSESSMENTS_MAX 16

struct cm_pseudonym {
	uint8_t addr[16];
	uint8_t len; /* 4, 16; 0: none, the address is there */
};

/* A row of a capture of which at least one cell is not shut.  Spans lie in the arena or in
 * the dossier's bytes; of a row of a pass (dossier/view.h) they live until the next one,
 * except packet.payload, which lies in the dossier's bytes. */
struct cm_shown_row {
	uint64_t row;
	uint8_t cell[CM_CAPTURE_COLUMNS]; /* enum cm_cell_state */
	bool is_packet;	     /* `headers` is open and says packet: `record` is filled */
	bool has_packet;     /* ... and the detectors understand it: `packet` too */
	uint64_t frame;	     /* in seal-K.pcapng, from 1; 0: not there */
	struct cm_record record; /* as cm_join_packet gives it: zeros where shut */
	struct cm_packet packet; /* id = cm_packet_id_of(seal, row) */
	uint32_t cut, payload_len; /* where the payload lies in record.bytes */
	struct cm_span src, dst;   /* the address if it is known (named, or tied to a named one), else
				    * the tie (32 bytes), else empty */
	uint32_t src_host, dst_host; /* equal: the same host of this exhibit; 0: shut */
	uint32_t src_at, dst_at;   /* in record.bytes; */
	uint32_t addr_len;	   /* 0: no addresses */
	struct cm_pseudonym alias_src, alias_dst; /* what the pcapng shows in place of a tied or shut one */
};

/* A packet that a statement counts (traffic/v1, chain/v1), without its bytes but the payload, which
 * lies in the dossier's. */
struct cm_counted_row {
	struct cm_packet packet; /* id = cm_packet_id_of(seal, row) */
	struct cm_pseudonym alias_src, alias_dst; /* len 0: the address is there */
};

/* A row of a text, of records or of a blob of which at least one cell is open. */
struct cm_shown_cells {
	uint64_t row;
	cm_columns open;	     /* one bit a column */
	const struct cm_span *value; /* of those that are open, ascending */
};

/* A text claimed in a statement: one of the two is there. */
struct cm_claim {
	const char *name; /* "by", "vantage", ... */
	const char *text;
	const char *shut; /* hexadecimal commitment */
};

/* Rows that are shown of one host. */
struct cm_host_rows {
	uint64_t open; /* with headers */
	uint64_t shut; /* without, but with this host tied or named */
};

/* Two hosts of an exhibit between which a finding accuses packets, or of which the dossier says how many
 * rows they have (dossier/pairs.h). */
struct cm_shown_pair {
	uint8_t key[CM_HASH_LEN];
	uint64_t row;	  /* the first that shows them */
	uint64_t known;	  /* rows that show that they are theirs, */
	uint64_t headers, payload; /* and of these with that open */
	bool proven;	  /* how many there are: */
	uint64_t rows;
};

struct cm_view;

/* One seal of the dossier and what is opened of it.  Memory is taken for the rows that a
 * finding of the dossier cites; the others are counted, and read again where all are
 * needed. */
struct cm_shown_exhibit {
	uint8_t statement[32]; /* SHA-256 of the statement file */
	uint8_t exhibit[32], root[32];
	const char *kind, *by, *made;
	uint64_t table_rows;
	const struct cm_claim *collected;
	size_t n_collected;
	const struct cm_shown_row *rows; /* those that are cited; ascending; of a capture/1 only */
	size_t n_rows;
	const struct cm_counted_row *counted; /* those that are counted, as far as headers show; ascending */
	size_t n_counted;
	const struct cm_schema *schema;	    /* NULL only in tests, of a capture/1 */
	const struct cm_shown_cells *cells; /* ascending; of all other kinds */
	size_t n_cells;
	struct cm_view *view; /* all rows that are shown of a capture/1; NULL: no more than `rows` */
	const struct cm_host_rows *hosts; /* of each host by its number; [0] is nobody's */
	size_t n_hosts;	   /* hosts have the numbers below */
	bool pcap;	   /* the first packet shown is one of a pcap file, */
	bool file_header;  /* of which the first row is open */
	uint64_t told;	   /* rows of which it shows whose they are, or that they are nobody's */
	bool has_pairs; /* its seal has a table of pairs */
	const struct cm_shown_pair *pairs; /* ascending by key */
	size_t n_pairs, n_pairs_opened;
	bool has_opening;
	bool whole; /* all of it is open, and agrees with the sealed digest of the file */
	struct cm_shows shows; /* counted from the opening */
};

struct cm_handover {
	uint8_t statement[32];
	const char *by, *made, *at; /* `at` NULL if shut or absent */
	const struct cm_claim *claims; /* "from", "to_whom", "how" */
	size_t n_claims;
};

struct cm_shown_finding {
	uint8_t statement[32];
	const char *by, *made;
	const struct cm_finding *body;
};

/* Row sets of these go by the exhibits of the dossier, and `range` has one for each. */
struct cm_shown_traffic {
	uint8_t statement[32];
	const char *by, *made;
	const struct cm_traffic_v1 *body;
	uint64_t rows;	/* in its ranges */
	uint64_t drawn; /* of them the draw gives so many, or about so many */
	bool drawn_known;
};

struct cm_shown_chain {
	uint8_t statement[32];
	const char *by, *made;
	const struct cm_chain_v1 *body;
	const size_t *findings; /* of each script, by number in the dossier */
	const size_t *traffic;	/* of each flood */
	const uint32_t *clock;	/* of each exhibit of the dossier; UINT32_MAX: not of this chain */
};

/* Its rows are those of an exhibit of the dossier; what is read of them is what is open. */
struct cm_shown_assessment {
	uint8_t statement[32];
	const char *by, *made;
	const struct cm_assessment_v1 *body;
	const uint8_t *supersedes; /* digest of a statement; NULL: none */
	size_t exhibit;
	uint64_t frame_open, items_open, results_open; /* rows */
	const struct cm_assess_read *read; /* NULL: it can not be computed, */
	const char *trouble;		   /* and why */
};

struct cm_dossier {
	const char *by;	  /* of the disclosure: "SHA256:..." */
	const char *made; /* RFC 3339 */
	const char *to;	  /* or NULL */
	const char *version; /* of the program that made it */
	const struct cm_shown_exhibit *exhibits;
	size_t n_exhibits;
	const struct cm_shown_finding *findings;
	size_t n_findings;
	const struct cm_shown_traffic *traffic;
	size_t n_traffic;
	const struct cm_shown_chain *chains;
	size_t n_chains;
	const struct cm_shown_assessment *assessments;
	size_t n_assessments;
	const struct cm_handover *handovers;
	size_t n_handovers;
	uint8_t hides; /* enum cm_hide */
	uint64_t leaks_accepted;
	const struct cm_terms *terms; /* NULL: it says nothing of them */
};

/* The row with that number, or NULL. */
const struct cm_shown_row *cm_shown_row_find(const struct cm_shown_exhibit *x, uint64_t row);

/* The same by id; NULL also if there is no such exhibit. */
const struct cm_shown_row *cm_dossier_row(const struct cm_dossier *d, cm_packet_id id);

/* A row that is counted, of a capture or a log.  False: there is none, or it is not open. */
bool cm_dossier_counted(const struct cm_dossier *d, cm_packet_id id, struct cm_counted *out);
const struct cm_counted_row *cm_dossier_counted_row(const struct cm_dossier *d, cm_packet_id id);

/* Sorts numbers, ascending, each once; how many these are. */
size_t cm_numbers_sort(uint64_t *number, size_t n);

#endif
