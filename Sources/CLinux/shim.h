#include <spawn.h>

// Declarations of glibc that its headers show under _GNU_SOURCE only.
int syncfs(int descriptor);
int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags);
int pipe2(int ends[2], int flags);
int memfd_create(const char *name, unsigned int flags);
int pidfd_open(int process, unsigned int flags);
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
int setresuid(unsigned int real, unsigned int effective, unsigned int saved);
int setresgid(unsigned int real, unsigned int effective, unsigned int saved);
int setfsuid(unsigned int user);
int setfsgid(unsigned int group);
// glibc 2.34.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
// And one of malloc.h.
int mallopt(int parameter, int value);
