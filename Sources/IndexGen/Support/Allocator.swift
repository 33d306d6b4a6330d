internal import CLinux

/// The C library's allocator.
enum Allocator {
    /// Has all threads share two arenas. Every thread gets one of its own otherwise (up to eight for each processor), and keeps what it
    /// frees: a server of many threads grows by the fragments of all. To be called before there are threads.
    static func bound() { _ = mallopt(mostArenas, 2) }

    /// M_ARENA_MAX of malloc.h.
    private static let mostArenas: Int32 = -8
}
