/* traffic/services.h -- UDP services that answer more than they were asked.
 * Private to src/traffic. */
#ifndef CM_TRAFFIC_SERVICES_H
#define CM_TRAFFIC_SERVICES_H

#include <stddef.h>
#include <stdint.h>

struct cm_service {
	uint16_t port;
	uint16_t big; /* mean IP length from which answers are amplified; 0: nobody gets many of any size */
	const char *name;
};

/* The service whose answers come from UDP port ${port}; NULL: none. */
const struct cm_service *cm_service_of(uint16_t port);

/* ${port} if the service of that port has this ${name}, which may be NULL; else 0. */
uint16_t cm_service_port(const char *name, uint16_t port);

/* Cheap: false says that there is none. */
static inline int
cm_service_maybe(uint16_t port)
{
	return port < 2000 || (port >= 3000 && port < 12000) || port >= 27000;
}

#endif
