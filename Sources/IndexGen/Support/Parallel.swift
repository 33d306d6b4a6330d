internal import Dispatch
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
}
