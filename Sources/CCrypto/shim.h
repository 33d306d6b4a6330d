// OpenSSL 3 would have everybody use EVP, whose contexts live behind a pointer and cannot be copied without an allocation. The functions
// below work on plain structs, which is what we want of them; they stay for the sake of ABI. Their deprecation is silenced here alone.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>
