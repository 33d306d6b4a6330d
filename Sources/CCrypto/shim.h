// OpenSSL 3 would have everybody use EVP, whose contexts live behind a pointer and cannot be copied without an allocation. The functions
// below work on plain structs, which is what we want of them; they stay for the sake of ABI. Their deprecation is silenced here alone.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>
// Keys are another matter: they are few. Those over curves are asked for more than EVP gives (RFC 6979).
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
