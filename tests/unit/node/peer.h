/* tests/unit/node/peer.h -- the other end of a connection, for tests: bytes in, bytes out, on loopback. */
#ifndef TEST_NODE_PEER_H
#define TEST_NODE_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Connects; the test fails if it can not. */
int peer_dial(uint16_t port);
bool peer_send(int fd, const void *bytes, size_t len); /* false: the other side is gone */
bool peer_say(int fd, const char *text);

/* Reads to the end of the connection, or ${ms} at most; ends ${out} with a NUL.  How many bytes. */
size_t peer_rest(int fd, char *out, size_t max, unsigned ms);
/* Reads one answer with a Content-Length, head and body. */
size_t peer_answer(int fd, char *out, size_t max);
/* Hung up on within ${ms}? */
bool peer_is_gone(int fd, unsigned ms);

/* A server that says these bytes to whoever asks, once, and hangs up; NULL: says nothing.  Its port. */
struct peer_server {
	int pid;
	uint16_t port;
};
struct peer_server peer_serve(const char *bytes, size_t len);
/* One byte each ${ms}, for ever, behind ${head}. */
struct peer_server peer_drip(const char *head, unsigned ms);
void peer_end(struct peer_server s);

int64_t peer_now_ms(void);

#endif
