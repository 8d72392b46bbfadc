/* statement/disclosure.h -- disclosure/v1: what was shown, of which seals (docs/formats.md 2.4).
 *
 * The one statement that binds all other files of a dossier.  Reading is total
 * and bounded; all pointers belong to the arena handed in. */
#ifndef CM_STATEMENT_DISCLOSURE_H
#define CM_STATEMENT_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/result.h"
#include "codec/json_read.h"
#include "codec/json_write.h"
#include "statement/terms.h"

#define CM_DISCLOSURE_LAYOUT 1
#define CM_DISCLOSURE_FILES_MAX 4096
#define CM_SHOWS_COLUMNS_MAX 64

/* What the owner asked to hide. */
enum cm_hide { CM_HIDE_ADDRESSES = 1, CM_HIDE_PAYLOAD = 2 };

/* Counts of what is open of one exhibit. */
struct cm_shows {
	bool capture; /* capture/1: the first eight; else only rows and columns */
	uint64_t rows;	  /* with a cell that is not shut */
	uint64_t packets; /* among them: `headers` open and a packet */
	uint64_t headers, mask, payload;
	uint64_t src_named, src_tied, dst_named, dst_tied;
	size_t n_columns;
	struct {
		const char *name;
		uint64_t open;
	} columns[CM_SHOWS_COLUMNS_MAX];
};

struct cm_disclosed_file {
	const char *name;
	uint64_t bytes;
	uint8_t sha256[32];
};

struct cm_disclosure {
	uint8_t (*seals)[32];
	size_t n_seals;
	uint8_t (*findings)[32];
	size_t n_findings;
	uint8_t (*traffic)[32]; /* this and the next two: not written if there are none */
	size_t n_traffic;
	uint8_t (*chains)[32];
	size_t n_chains;
	uint8_t (*assessments)[32];
	size_t n_assessments;
	struct cm_disclosed_file *files;
	size_t n_files;
	struct cm_shows *shows; /* one for each seal */
	uint8_t hides;		/* enum cm_hide */
	uint64_t leaks_accepted;
	const char *tool_name, *tool_version; /* the program that made the dossier; */
	uint8_t tool_source[32];	      /* its source digest */
	bool has_terms;	       /* statements made before there were charters have none */
	struct cm_terms terms;
};

/* Members of a disclosure/v1 predicate besides the common ones; ends with NULL. */
extern const char *const cm_disclosure_members[];

/* Writes them into the object ${w} stands in. */
void cm_disclosure_write(struct cm_jsonw *w, const struct cm_disclosure *d);

/* Reads them out of ${predicate}.  CM_E_MALFORMED with the member; CM_E_NOMEM. */
CM_RESULT cm_disclosure_read(struct cm_json predicate, struct cm_arena *arena,
    struct cm_disclosure *out, struct cm_err *err);

/* Writes one item of `shows`. */
void cm_shows_write(struct cm_jsonw *w, const struct cm_shows *s);

bool cm_shows_eq(const struct cm_shows *a, const struct cm_shows *b);

#endif
