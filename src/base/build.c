#include "base/build.h"
#include "comity-source.h"

const char *
cm_build_name(void)
{
	return "comity";
}

const char *
cm_build_version(void)
{
	return CM_VERSION;
}

const char *
cm_build_source(void)
{
	return CM_SOURCE_DIGEST;
}
