/* Checking a dossier takes memory for what findings cite and for hosts, not for what is open:
 * ten times as many opened rows, the same peak. */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made.h"

static size_t live, peak;

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t size);
void __real_free(void *ptr);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t size);
void __wrap_free(void *ptr);

static void *
met(void *p)
{
	live += p == NULL ? 0 : malloc_usable_size(p);
	peak = live > peak ? live : peak;
	return p;
}

void *
__wrap_malloc(size_t size)
{
	return met(__real_malloc(size));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return met(__real_calloc(n, size));
}

void *
__wrap_realloc(void *ptr, size_t size)
{
	size_t was = ptr == NULL ? 0 : malloc_usable_size(ptr);
	void *p = __real_realloc(ptr, size);

	if (p != NULL)
		live -= was;
	return met(p);
}

void
__wrap_free(void *ptr)
{
	live -= ptr == NULL ? 0 : malloc_usable_size(ptr);
	__real_free(ptr);
}

enum { PACKET = 16 + 14 + 40 + 800, HOSTS = 100 };

static void
put_packet(struct cm_buf *b, uint32_t i)
{
	uint8_t *p = cm_buf_grow(b, PACKET), *ip;

	if (p == NULL)
		abort();
	memset(p, (int)(i % 251), PACKET);
	cm_put32le(p, i / 1000);
	cm_put32le(p + 4, i % 1000);
	cm_put32le(p + 8, PACKET - 16);
	cm_put32le(p + 12, PACKET - 16);
	ip = p + 16 + 14;
	cm_put16(ip - 2, 0x0800);
	ip[0] = 0x45;
	cm_put16(ip + 2, PACKET - 16 - 14);
	cm_put16(ip + 4, (uint16_t)i);
	cm_put16(ip + 6, 0);
	ip[9] = 6;
	cm_put32(ip + 12, 0xc6336400 + i % HOSTS);
	cm_put32(ip + 16, 0xcb007100 + i % HOSTS);
	cm_put32(ip + 24, i / HOSTS * 800);
	ip[32] = 0x50;
	ip[33] = 0x10;
}

/* The most that is live at once while a dossier is checked that opens ${n} packets; and how
 * long the dossier is. */
static size_t
peak_of(uint32_t n, size_t *len)
{
	static const uint8_t head[24] = { 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, [18] = 4, [20] = 1 };
	cm_packet_id *id = malloc((n + 1) * sizeof(*id));
	struct cm_ids rows = { id, n };
	struct made_how how = { .rows = &rows, .index = true };
	struct cm_buf capture = { 0 };
	struct made_verdict v;
	struct made m;
	size_t before;
	uint32_t i;

	if (id == NULL)
		abort();
	cm_buf_add(&capture, head, sizeof(head));
	for (i = 0; i < n; i++) {
		put_packet(&capture, i);
		id[i] = i + 1;
	}
	if (!made_dossier(cm_buf_span(&capture), &how, &m)) {
		printf("no dossier: %s\n", m.why);
		exit(1);
	}
	cm_buf_release(&capture);
	before = peak = live;
	v = made_verify(cm_buf_span(&m.dossier), true);
	if (v.rc != CM_OK || v.end == CM_VERIFY_REFUSED) {
		printf("refused: %s\n", v.text);
		exit(1);
	}
	*len = m.dossier.len;
	made_release(&m);
	free(id);
	return peak - before;
}

int
main(void)
{
	size_t small, large, small_len, large_len;

	small = peak_of(2000, &small_len);
	large = peak_of(20000, &large_len);
	printf("%zu KiB for a dossier of %zu KiB, %zu KiB for one of %zu KiB\n", small >> 10,
	    small_len >> 10, large >> 10, large_len >> 10);
	if (large > small + (64 << 10) || large > 4 << 20) {
		puts("FAIL memory grows with what is open");
		return 1;
	}
	puts("ok memory does not grow with what is open");
	return 0;
}
