/* gen/odd.h -- what is no ordinary flow: probes, tunnels that nobody looks into, broken packets. */
#ifndef GEN_ODD_H
#define GEN_ODD_H

#include "host.h"

/* A SYN to a port that is shut, or an echo; answered or not. */
void gen_odd_probe(struct gen_sim *s, struct gen_host *client, struct gen_host *server);

/* A few datagrams inside GRE, IP in IP or VXLAN. */
void gen_odd_tunnel(struct gen_sim *s, struct gen_host *client, struct gen_host *server);

/* One packet that breaks a rule: a length that lies, a header cut short, options without end, a
 * checksum that is wrong, a version that is none. */
void gen_odd_broken(struct gen_sim *s, struct gen_host *client, struct gen_host *server);

/* A datagram in pieces that overlap with other bytes, leave holes or repeat themselves. */
void gen_odd_pieces(struct gen_sim *s, struct gen_host *client, struct gen_host *server);

#endif
