#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library (compiler-rt: "Using libFuzzer as a library"); no header declares it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
