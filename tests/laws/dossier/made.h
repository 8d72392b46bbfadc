/* A whole dossier made in memory, by an honest sender or by a cheat: the pure parts of the
 * program, a fixed key, fixed nonces. */
#ifndef CM_LAWS_DOSSIER_MADE_H
#define CM_LAWS_DOSSIER_MADE_H

#include "base/buf.h"
#include "dossier/pack.h"
#include "dossier/verify.h"
#include "statement/statement.h"

struct made_how {
	uint8_t hides; /* enum cm_hide */
	bool leak_ok, whole_host, tie_all;
	bool index;		   /* the case has kept one */
	bool turned;		   /* of two things that need no order the other is done first */
	const struct cm_ids *rows; /* opened besides, by number */
	bool frames;		   /* of frames */
	/* A cheat's door: the finding before it is signed.  NULL: honest. */
	void (*finding)(struct cm_finding *f);
	/* Another: what every statement says of itself, before it is signed. */
	void (*head)(struct cm_statement *s);
	/* A hand-over is stated, too; its subject may be changed. */
	bool custody;
	struct cm_span receipt, stamp; /* carried beside the seal; may be empty */
	void (*handed)(struct cm_subject *s);
	/* Another: files before they are listed and zipped; may change what they point to. */
	void (*files)(struct cm_zip_entry *e, size_t n);
	uint64_t fork;	  /* this statement gets the number of the one before it; 0: none */
	uint64_t only_to; /* the detectors see frames up to this one only; 0: all */
	bool blind;	  /* the detectors take every checksum for right */
	bool counted;	  /* what is counted is stated, too */
	bool (*skip)(uint64_t row); /* a cheat leaves such rows out of the draw; */
	bool blind_too;		    /* and looks at nothing but the others */
	void (*traffic)(struct cm_traffic_v1 *t); /* another's door: before it is signed */
};

struct made {
	struct cm_buf dossier;
	size_t findings, traffic;
	uint64_t leaks; /* != 0: it was refused for these */
	char why[400];	/* it could not be made */
};

/* False: it could not be made. */
bool made_dossier(struct cm_span capture, const struct made_how *how, struct made *out);
void made_release(struct made *m);

/* The line of verdict, the outcomes of findings. */
struct made_verdict {
	enum cm_result rc;
	enum cm_verify_end end;
	enum cm_outcome worst, best;
	size_t findings;
	char text[600];
	size_t traffic; /* of these: */
	enum cm_outcome counted; /* the worst, and what is said of it */
	char counted_text[900];
};
struct made_verdict made_verify(struct cm_span dossier, bool know_signer);

/* The file's bytes; empty if it cannot be read. */
struct cm_buf made_read(const char *path);

#endif
