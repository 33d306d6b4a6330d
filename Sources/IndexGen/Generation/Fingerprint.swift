internal import Crypto
internal import Formats

/// A digest of everything a document's bytes depend on. Equal fingerprints mean: nothing to do.
enum Fingerprint {
    /// Bump when rendering, encoding or signing changes the bytes of the same plan.
    private static let renderer = 2

    /// - Parameter signers: fingerprints of the keys that sign companions.
    static func of(_ plan: DocumentPlan, in state: ScopeState?, signers: [String]) -> [UInt8] {
        var hash = SHA256()
        func add(_ bytes: [UInt8]) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: bytes)
        }
        func add(_ text: String) { add(Array(text.utf8)) }
        add("\(renderer) \(plan.path) \(plan.naming) \(plan.encodings)")
        for companion in plan.companions {
            add("\(companion)")
            for signer in signers { add(signer) }
            // A signature is dated by its scope's last change.
            if let state { add("\(state.view.changed.seconds)") }
        }
        for piece in plan.body {
            switch piece {
            case .literal(let bytes):
                add("literal")
                add(bytes)
            case .run(let run):
                add("run \(run.slot.name) \(run.distinct)")
                add(run.separator)
                if let grouping = run.grouping {
                    add("grouping \(grouping.heading.name)")
                    add(grouping.closing)
                    add(grouping.separator)
                }
                for partition in run.partitions {
                    add("\(partition.scope) \(partition.name) \(state?.partitions[partition]?.revision ?? 0)")
                }
            }
        }
        return Array(hash.finalize())
    }
}
