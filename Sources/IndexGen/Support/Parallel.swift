internal import Dispatch
internal import Glibc
internal import Synchronization

/// Blocking work spread over the machine's cores.
enum Parallel {
    /// Applies `transform` to every element at once on as many threads as there are cores; results keep the order of the elements.
    static func map<Element: Sendable, Result: Sendable>(
        _ elements: [Element], _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        let results = Mutex<[Result?]>(Array(repeating: nil, count: elements.count))
        DispatchQueue.concurrentPerform(iterations: elements.count) { index in
            let result = transform(elements[index])
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }.map { result in
            guard let result else { preconditionFailure("concurrentPerform ran every iteration") }
            return result
        }
    }

    /// Does something to every element at once, each on a thread of its own however many there are, and waits for all: for work that
    /// waits more than it computes.
    static func each<Element: Sendable>(_ elements: [Element], _ body: @escaping @Sendable (Element) -> Void) {
        var threads: [pthread_t] = []
        for element in elements {
            let work = Unmanaged.passRetained(Work { body(element) })
            var thread = pthread_t()
            let fault = pthread_create(
                &thread, nil,
                { argument in
                    if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                    return nil
                }, work.toOpaque())
            if fault == 0 {
                threads.append(thread)
            } else {
                // No thread is to be had: then one after another.
                work.takeRetainedValue().body()
            }
        }
        for thread in threads { pthread_join(thread, nil) }
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
