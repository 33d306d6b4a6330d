internal import Formats

extension Quota {
    /// Nil where there is room for one more package, which consists of files of these sizes (its sidecars with it).
    ///
    /// - Parameter usage: what is there already.
    func refusal(of sizes: [Int], beside usage: Usage, owner: String, type: String) -> Refusal? {
        let whose = isOfRepository ? "\(owner)/\(type)" : owner
        let remedy = "remove packages and wait until they are pruned, or have the quota raised (quotas in indexgen.yaml)"
        if let files, usage.files + 1 > files {
            return Refusal(
                .quota,
                "\(whose) has \(usage.files) of the \(files) files that it may have, and this would be one more",
                remedy: remedy)
        }
        let size = sizes.reduce(0, +)
        if let bytes, usage.bytes + size > bytes {
            return Refusal(
                .quota, "\(whose) has \(usage.bytes) of the \(bytes) bytes that it may have, and this would be \(size) more",
                remedy: remedy)
        }
        return nil
    }
}
