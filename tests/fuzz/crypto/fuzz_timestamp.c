/* A response of a TSA: an error that says which, or a stamp that says something. */
#include <string.h>

#include "crypto/timestamp.h"
#include "fuzz.h"

/* A root and a signer of a test; their keys are gone. */
static const char pem[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBeDCCAR6gAwIBAgIUMrgm+yQ4LRZH707IHzmJorB46QcwCgYIKoZIzj0EAwIw\n"
    "GTEXMBUGA1UEAwwOUm9vdCBvZiBhIHRlc3QwIBcNMjYxMTI2MjIwNTI1WhgPMjEy\n"
    "NjExMDIyMjA1MjVaMBkxFzAVBgNVBAMMDlJvb3Qgb2YgYSB0ZXN0MFkwEwYHKoZI\n"
    "zj0CAQYIKoZIzj0DAQcDQgAEL3/bzZfLueafthrSRtd699XHWE1r/4mCsa8kyXP0\n"
    "n3sTNLTvwSTuSN87+FvICvHWWddmxLEeyR6FqEKU5lnwpKNCMEAwDwYDVR0TAQH/\n"
    "BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwHQYDVR0OBBYEFLFHjsxc1TAKGAmtkQeJ\n"
    "5iDfqpf4MAoGCCqGSM49BAMCA0gAMEUCICmdGWTjKS6qRm7t9LR5fjY+HCsiztF1\n"
    "P5wGUeg5mClxAiEA8CbLwcFHlpsMpzpE83C/LA01ba1c/MysJQsMMOOBpGE=\n"
    "-----END CERTIFICATE-----\n"
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBjDCCATKgAwIBAgIBAjAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5Sb290IG9m\n"
    "IGEgdGVzdDAgFw0yNjExMjYyMjA1MjVaGA8yMTI2MTEwMjIyMDUyNVowGDEWMBQG\n"
    "A1UEAwwNVFNBIG9mIGEgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIhG\n"
    "6hS//YW85sK7ALVT+lZMKhaOpFUja9lIUlJjiwl7hQfiD/ZGLt/rYz+cjSsO4o+v\n"
    "5agTMYD0KNwjSHA54Q6jajBoMA4GA1UdDwEB/wQEAwIHgDAWBgNVHSUBAf8EDDAK\n"
    "BggrBgEFBQcDCDAdBgNVHQ4EFgQUqz7Mvc7UeS39JCrDEpsojJ8Fu0swHwYDVR0j\n"
    "BBgwFoAUsUeOzFzVMAoYCa2RB4nmIN+ql/gwCgYIKoZIzj0EAwIDSAAwRQIhAJfQ\n"
    "q1k9zeQ/Gmf3dTegnHvsQxcjDR62wuhtAvJwY2DBAiBIG9bPcXnmtsaKLteM/LhY\n"
    "74IO/FwQfMeBqXCawhZuqA==\n"
    "-----END CERTIFICATE-----\n";

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cm_timestamp_ca *ca = NULL;
	struct cm_timestamp t;
	struct cm_err err = { 0 };
	enum cm_result rc = cm_timestamp_ca_new(cm_span_str(pem), &ca, &err);

	must(rc == CM_OK);
	if (rc != CM_OK)
		return 0;
	rc = cm_timestamp_verify(cm_span_of(data, size), cm_span_str("hello"), NULL, ca, &t, &err);
	if (rc == CM_OK) {
		/* nobody else can have signed, and he named himself and his policy always alike */
		must(strcmp(t.tsa, "CN=TSA of a test") == 0 && strcmp(t.policy, "1.2.3.4") == 0);
		must(t.accuracy == 1 && t.not_later == t.time + 1);
	} else {
		must(rc == CM_E_NOMEM || err.code == rc);
	}
	cm_timestamp_ca_free(ca);
	return 0;
}
