internal import Formats

/// A digest of everything a document's bytes depend on. Equal fingerprints mean: nothing to do.
enum Fingerprint {
    /// Bump when rendering, encoding or signing changes the bytes of the same plan.
    private static let renderer = 3

    /// - Parameters:
    ///   - signers: fingerprints of the OpenPGP keys that sign companions.
    ///   - keys: the site's keys that seal documents of this repository.
    static func of(_ plan: DocumentPlan, in state: ScopeState?, signers: [String], keys: [SiteKey], segmentBytes: Int?) -> [UInt8]
    {
        var hash = Hash()
        hash.add("\(renderer) \(segmentBytes ?? 0) \(plan.path) \(plan.naming)")
        for encoding in plan.encodings { hash.add(encoding.segmentRecipe) }
        for companion in plan.companions {
            hash.add("\(companion)")
            if case .sealed = companion { for key in keys { hash.add(key.der) } }
            if !companion.isSignature { continue }
            for signer in signers { hash.add(signer) }
            // A signature is dated by its scope's last change.
            if let state { hash.add("\(state.view.changed.seconds)") }
        }
        for algorithm in plan.digests { hash.add("digest \(algorithm.rawValue)") }
        for piece in plan.body { hash.add(piece, in: state, withRevisions: true) }
        return hash.finish()
    }

    /// A digest of what decides the bytes of a scope's plan, under whatever name: two plans with one are one document.
    static func content(of plan: DocumentPlan, in state: ScopeState) -> [UInt8] {
        var hash = Hash()
        for encoding in plan.encodings { hash.add(encoding.segmentRecipe) }
        for piece in plan.body { hash.add(piece, in: state, withRevisions: true) }
        return hash.finish()
    }

    /// A digest of what decides the bytes of a plan besides its entries and its literals: of two documents of one shape, a segment with
    /// the same entries and the same literals is the same.
    static func shape(of plan: DocumentPlan, in state: ScopeState?, segmentBytes: Int?) -> [UInt8] {
        var hash = Hash()
        // Earlier versions said "head" of the first literal and nothing of others.
        hash.add("\(renderer) \(segmentBytes ?? DocumentWriter.segmentBytes(for: plan.encodings)) literals apart")
        for encoding in plan.encodings { hash.add(encoding.segmentRecipe) }
        for piece in plan.body {
            if case .literal = piece { hash.add("literal") } else { hash.add(piece, in: state, withRevisions: false) }
        }
        return hash.finish()
    }

    private struct Hash {
        private var hash = SHA256()

        mutating func add(_ bytes: [UInt8]) {
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update($0) }
            hash.update(bytes)
        }

        mutating func add(_ text: String) { add(Array(text.utf8)) }

        mutating func add(_ piece: Piece, in state: ScopeState?, withRevisions: Bool) {
            switch piece {
            case .literal(let bytes):
                add("literal")
                add(bytes)
            case .run(let run):
                add("run \(run.slot.name) \(run.distinct)")
                if let firstOf = run.firstOf { add("first of \(firstOf.name)") }
                if let filling = run.filling {
                    add("filling")
                    add(filling)
                }
                add(run.separator)
                if let grouping = run.grouping {
                    add("grouping \(grouping.heading.name)")
                    add(grouping.closing)
                    add(grouping.separator)
                }
                for partition in run.partitions {
                    add("\(partition.scope) \(partition.name)")
                    if withRevisions { add("\(state?.partitions[partition]?.revision ?? 0)") }
                }
            }
        }

        func finish() -> [UInt8] { hash.finish() }
    }
}
