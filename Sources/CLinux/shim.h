// Declarations of glibc that its headers show under _GNU_SOURCE only.
int syncfs(int descriptor);
