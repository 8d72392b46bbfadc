#include "capture/record.h"

struct cm_span
cm_record_data(const struct cm_record *r)
{
	return cm_span_part(r->bytes, r->data_at, r->cap_len);
}
