internal import Formats

extension Renderer {
    /// Makes what is published with a document.
    ///
    /// - Parameter time: of signatures.
    func accompany(
        _ document: inout RenderedDocument, _ plan: DocumentPlan, replacing old: DocumentRow?, at time: Timestamp
    ) throws {
        if plan.companions.isEmpty { return }
        precondition(plan.naming != .digestPrefixed, "companions have the names of documents that are replaced in place")
        let variants = document.row.artifacts.filter { $0.role == .variant }.map { artifact in
            guard let content = document.staged[artifact.path] else { preconditionFailure("every variant is staged") }
            return (artifact: artifact, content: content)
        }
        var digests: [Int: Digests] = [:]
        let algorithms = Set(
            plan.companions.compactMap { if case .checksum(let algorithm, _) = $0 { algorithm } else { nil } })
        for (position, companion) in plan.companions.enumerated() {
            switch companion {
            case .clearsigned(let path):
                publish(try sign(variants[0].content, as: .clear, at: time), at: path, .companion, position, with: &document)
            case .detached(let path, let count):
                var signature = try sign(variants[0].content, as: .detached(isArmored: true), at: time)
                if count > 0 {
                    var signatures = DetachedSignatures(signature)
                    signatures.append(earlier(than: document.row, old), atMost: count)
                    signature = signatures.bytes
                    document.row.signatures = signature
                    document.isSignatureFirst = true
                }
                publish(signature, at: path, .companion, position, with: &document)
            case .variantSignature(let suffix, let isArmored):
                for (position, variant) in variants.enumerated() {
                    let path = plan.served(plan.encodings[position]) + suffix
                    let signature = try sign(variant.content, as: .detached(isArmored: isArmored), at: time)
                    publish(signature, at: path, .signature, position, with: &document)
                }
            case .checksum(let algorithm, let suffix):
                for (position, variant) in variants.enumerated() {
                    let path = plan.served(plan.encodings[position]) + suffix
                    let all = try digests[position] ?? Digester.digests(of: variant.content.open(), algorithms)
                    digests[position] = all
                    publish(Array(Hex.string(all[algorithm]).utf8), at: path, .checksum, position, with: &document)
                }
            case .sealed(let path):
                guard let sealer else { preconditionFailure("documents are sealed for repositories only") }
                publish(try sealer.sealed(variants[0].content.path()), at: path, .sealed, position, with: &document)
            case .folderLink(let path):
                let target = Files.relative(Files.folder(of: plan.path), from: Files.folder(of: path))
                let staged = site.staging.next()
                try staged.becomeLink(to: target)
                let bytes = [UInt8](target.utf8)
                document.row.artifacts.append(
                    Artifact(
                        path: prefix + path, role: .link, position: position, sha256: SHA256Digest.of(linkTo: bytes),
                        size: bytes.count))
                document.staged[prefix + path] = staged
            }
        }
    }

    private func sign(_ content: StagedFile, as form: Keyring.Form, at time: Timestamp) throws -> [UInt8] {
        guard let keyring else { preconditionFailure("signatures are planned for signed sites only") }
        return try Meter.measure(.sign) { try keyring.sign(content.path(), as: form, at: time) }
    }

    /// - Parameter path: below the repository.
    private func publish(
        _ bytes: [UInt8], at path: String, _ role: Artifact.Role, _ position: Int, with document: inout RenderedDocument
    ) {
        let staged = site.staging.next()
        staged.hold(bytes)
        document.row.artifacts.append(
            Artifact(path: prefix + path, role: role, position: position, sha256: SHA256Digest.of(bytes), size: bytes.count))
        document.staged[prefix + path] = staged
    }

    /// The signatures of the versions before a document's, newest first.
    private func earlier(than row: DocumentRow, _ old: DocumentRow?) -> ArraySlice<ArraySlice<UInt8>> {
        guard let old else { return [] }
        let known = DetachedSignatures(old.signatures).all
        return old.open == row.open ? known.dropFirst() : known[...]
    }

    /// Those that a plan asks for, one behind the other.
    func digests(of document: RenderedDocument, _ plan: DocumentPlan) throws -> [UInt8] {
        if plan.digests.isEmpty { return [] }
        let first = document.row.artifacts.first { $0.role == .variant && $0.position == 0 }
        guard let content = first.flatMap({ document.staged[$0.path] }) else { preconditionFailure("every variant is staged") }
        let all = try Digester.digests(of: content.open(), Set(plan.digests))
        return plan.digests.flatMap { all[$0] }
    }
}
